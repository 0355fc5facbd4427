import { describe, expect, it } from 'vitest';
import type { Environment } from '../../../grammar/clip/environment.ts';
import { checkTravel } from '../../../grammar/language.ts';
import type { ModelDescription } from '../../../plan/model.ts';
import { checkpoint, lora, testEnvironment } from '../environment.ts';

const FILES: Readonly<Record<string, ModelDescription>> = {
  // Stable Diffusion 2's.
  fixer: { kind: 'embedding', vectors: 2, width: 1024 },
  'sub/fixer': { kind: 'embedding', vectors: 2, width: 1024 },
  good: { kind: 'embedding', vectors: 2, width: 768 },
};

const base = testEnvironment();
const environment: Partial<Environment> = {
  resolveModel(kind, name) {
    const description =
      kind === 'embedding' ? FILES[name.toLowerCase().replace(/\.pt$/, '')] : name === 'fixer' ? lora : undefined;
    if (!description) return base.resolveModel(kind, name);
    return { name, description, file: { path: `/models/${kind}/${name}.pt`, size: 1, mtimeMs: 1 } };
  },
  modelNames: (kind) => (kind === 'embedding' ? Object.keys(FILES) : base.modelNames(kind)),
  wildcard: (name) => (name === 'style' ? ['fixer'] : null),
  wildcardNames: () => ['style'],
  readTravelFile: (path) => ({ path, text: '---\nnegative_prompt: fixer\n---\n' }),
};

const check = (text: string, changes: Partial<Environment> = {}) =>
  checkTravel(text, testEnvironment({ ...environment, ...changes }));

describe('an embedding of another width than the text encoder', () => {
  it.each([
    ['in a prompt', 'a, fixer', 'fixer'],
    ['in another case', 'a, FIXER', 'FIXER'],
    ['with its ending', 'a, fixer.pt', 'fixer.pt'],
    ['with a weight', '(fixer:1.2)', 'fixer'],
    ['in step schedules', '[a:fixer:0.5]', 'fixer'],
    ['in its folder', 'a, sub/fixer', 'sub/fixer'],
    ['in a keyframe', '0: a\n8: b, fixer\n', 'fixer'],
    ['in a negative prompt', '0: a --neg fixer', 'fixer'],
    ['in the setting', '---\nnegative_prompt: fixer\n---\na', 'fixer'],
    ['in a definition', '---\ndefine:\n  look: fixer\n---\na, $look', 'fixer'],
    ['in a wildcard', 'a, __style__', '__style__'],
    ['in a choice', 'a, {fixer|fixer}', 'fixer'],
    ['in an extended file', '---\nextends: other.travel\n---\na', 'other.travel'],
    ['twice', '0: a, fixer\n8: b, fixer', 'fixer'],
  ])('is one error %s', (_, text, place) => {
    const { plan, problems } = check(text);
    const found = problems.filter(({ code }) => code === 'travel/embedding-family');
    expect(found).toMatchObject([
      {
        severity: 'error',
        message: expect.stringMatching(
          /does not fit the checkpoint\. Its vectors have 1024 values, but the text encoder needs 768\./,
        ),
      },
    ]);
    expect(text.slice(found[0]!.span.start, found[0]!.span.end)).toBe(place);
    expect(plan).toBeNull();
  });

  it.each([
    ['part of a word', 'a, fixers'],
    ['in a LoRA’s tag', 'a <lora:fixer:1>'],
    ['in a definition that is not used', '---\ndefine:\n  look: fixer\n---\na'],
  ])('is not used and not in the plan: %s', (_, text) => {
    const { plan, problems } = check(text);
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(plan!.embeddings).toEqual([]);
  });

  it('is compared with the text encoder that is used', () => {
    const description: ModelDescription = { kind: 'text-encoder', width: 1024, layers: 12 };
    const sd1 = { ...checkpoint, contextWidth: 1024, textEncoder: { width: 1024, layers: 12 } };
    const files: Readonly<Record<string, ModelDescription>> = { wide: sd1, clip: description };
    const changes: Partial<Environment> = {
      resolveModel(kind, name) {
        if (!files[name]) return testEnvironment(environment).resolveModel(kind, name);
        return { name, description: files[name], file: { path: `/models/${name}`, size: 1, mtimeMs: 1 } };
      },
    };
    const codes = (settings: string, prompt: string) =>
      check(`---\nmotion_module: none\n${settings}\n---\n${prompt}`, changes).problems.map(({ code }) => code);
    expect(codes('checkpoint: wide', 'fixer')).toEqual([]);
    expect(codes('checkpoint: wide', 'good')).toEqual(['travel/embedding-family']);
    expect(codes('checkpoint: wide\ntext_encoder: clip', 'good')).toEqual(['travel/embedding-family']);
  });

  it('leaves others of any name as they are', () => {
    const { plan, problems } = check('a good goods');
    expect(problems).toEqual([]);
    expect(plan!.embeddings.map(({ name }) => name)).toEqual(['good']);
    expect(check('a goods').plan!.embeddings.map(({ name }) => name)).toEqual(['good']);
  });
});
