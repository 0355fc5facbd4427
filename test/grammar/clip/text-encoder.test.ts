import { describe, expect, it } from 'vitest';
import type { Environment } from '../../../grammar/clip/environment.ts';
import { checkTravel } from '../../../grammar/language.ts';
import type { ModelDescription } from '../../../plan/model.ts';
import { modelFiles } from '../../../plan/model-files.ts';
import { checkpoint, testEnvironment } from '../environment.ts';

const { textEncoder: _, ...unet } = { ...checkpoint, hasTextEncoder: false };
const noLayer = { component: 'textEncoder', tensor: 'encoder.layers.0.layer_norm1.weight', has: null, expected: [768] };

const FILES: Readonly<Record<string, ModelDescription>> = {
  unet,
  tiny: { ...checkpoint, textEncoder: { width: 768, layers: 2 } },
  damaged: { ...checkpoint, textEncoder: { width: 768, layers: 0 }, defects: [noLayer] } as ModelDescription,
  sdxl: { ...checkpoint, family: 'sdxl', textEncoder: { width: 768, layers: 2 } },
  clip_1: { kind: 'text-encoder', width: 768, layers: 1 },
  clip_l: { kind: 'text-encoder', width: 768, layers: 12 },
  clip_g: { kind: 'text-encoder', width: 1280, layers: 32 },
  t5xxl: { kind: 'unsupported', what: 'a text encoder' },
  toonyou: checkpoint,
};

const environment: Partial<Environment> = {
  resolveModel: (_, name) => {
    const description = FILES[name];
    return description
      ? { name, description, file: { path: `/models/${name}.safetensors`, size: 1, mtimeMs: 1 } }
      : null;
  },
};

const checked = (settings: string) =>
  checkTravel(`---\nmotion_module: none\n${settings}\n---\na\n`, testEnvironment(environment));
const problemsOf = (settings: string) =>
  checked(settings).problems.map(({ code, message }) => [code.slice('travel/'.length), message]);

describe('`text_encoder`', () => {
  it('encodes the prompts of a checkpoint that has none, or has another one', () => {
    for (const name of ['unet', 'toonyou']) {
      const { plan, problems } = checked(`checkpoint: ${name}\ntext_encoder: clip_l`);
      expect(problems).toEqual([]);
      expect(plan!.models.textEncoder?.path).toBe('/models/clip_l.safetensors');
      expect(modelFiles(plan!).map(({ path }) => path)).toContain('/models/clip_l.safetensors');
    }
    expect(checked('checkpoint: toonyou').plan!.models).not.toHaveProperty('textEncoder');
  });

  it.each([
    ['checkpoint: unet', 'unusable-model', /Choose one with the setting `text_encoder`/],
    ['checkpoint: unet\ntext_encoder: missing', 'unknown-model', /“missing” was not found|missing/],
    ['checkpoint: unet\ntext_encoder: clip_g', 'unusable-model', /encodes a token as 1280 values.* needs 768/],
    ['checkpoint: unet\ntext_encoder: toonyou', 'wrong-model-kind', /“toonyou” is a checkpoint, not a text encoder/],
    ['checkpoint: unet\ntext_encoder: t5xxl', 'wrong-model-kind', /“t5xxl” is a text encoder, which is not supported/],
    ['checkpoint: clip_l', 'wrong-model-kind', /“clip_l” is a text encoder, not a checkpoint/],
  ])('with %j, is reported', (settings, code, message) => {
    expect(problemsOf(settings)).toEqual([[code, expect.stringMatching(message)]]);
  });
});

describe('`clip_skip` above the layers of the text encoder', () => {
  it.each([
    ['checkpoint: tiny', 2, '“tiny” has 2 layers, but `clip_skip` is 3. Set `clip_skip` to 2 or less.'],
    ['checkpoint: tiny\ntext_encoder: clip_1', 1, '“clip_1” has 1 layer, but `clip_skip` is 3. Set `clip_skip` to 1.'],
    ['checkpoint: unet\ntext_encoder: clip_1', 1, '“clip_1” has 1 layer, but `clip_skip` is 3. Set `clip_skip` to 1.'],
  ])('is an error with a fix: %j', (settings, most, message) => {
    const { plan, problems, document } = checked(`${settings}\nclip_skip: 3`);
    expect(plan).toBeNull();
    expect(problems).toMatchObject([
      { code: 'travel/clip-skip-beyond-layers', severity: 'error', message: `The text encoder of ${message}` },
    ]);
    const [{ span, fixes }] = problems as [(typeof problems)[number]];
    expect(document.text.slice(span.start, span.end)).toBe('3');
    expect(fixes).toMatchObject([{ edits: [{ span, text: `${most}` }] }]);
    expect(checked(`${settings}\nclip_skip: ${most}`).problems).toEqual([]);
  });

  it.each([
    ['checkpoint: toonyou', 12],
    ['checkpoint: tiny\ntext_encoder: clip_l', 12],
  ])('is not reported with enough layers: %j', (settings, clipSkip) => {
    expect(checked(`${settings}\nclip_skip: ${clipSkip}`).problems).toEqual([]);
  });

  it.each([
    ['checkpoint: unet', 'unusable-model'],
    ['checkpoint: damaged', 'unusable-model'],
    ['checkpoint: sdxl', 'not-available-yet'],
    ['checkpoint: tiny\ntext_encoder: clip_g', 'unusable-model'],
    ['checkpoint: tiny\ntext_encoder: missing', 'unknown-model'],
  ])('is not reported of a text encoder that cannot be used: %j', (settings, code) => {
    expect(problemsOf(`${settings}\nclip_skip: 12`).map(([found]) => found)).toEqual([code]);
  });

  it('is reported at the model if the file does not set it', () => {
    const environmentOf = testEnvironment(environment);
    const text = '---\nmotion_module: none\ncheckpoint: tiny\n---\na\n';
    const { problems } = checkTravel(text, environmentOf, { overrides: { clip_skip: 5 } });
    expect(problems.map(({ code, span }) => [code, text.slice(span.start, span.end)])).toEqual([
      ['travel/clip-skip-beyond-layers', 'tiny'],
    ]);
  });
});
