import { describe, expect, it } from 'vitest';
import type { Environment } from '../../../grammar/clip/environment.ts';
import { checkTravel } from '../../../grammar/language.ts';
import type { ModelDescription } from '../../../plan/model.ts';
import { modelFiles } from '../../../plan/model-files.ts';
import { checkpoint, testEnvironment } from '../environment.ts';

const FILES: Readonly<Record<string, ModelDescription>> = {
  unet: { ...checkpoint, hasTextEncoder: false },
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
