import { describe, expect, it } from 'vitest';
import { FORMAT_NAMES, type FormatName, type Source } from '../../exchange/format.ts';
import { importTravel } from '../../exchange/import.ts';
import { ImportError } from '../../exchange/notes.ts';

const WORKFLOW = JSON.stringify({
  '1': { class_type: 'CLIPTextEncode', inputs: { text: 'a fox\nSteps: 20, Sampler: Euler' } },
  '2': { class_type: 'KSampler', inputs: { positive: ['1', 0], seed: 1 } },
  '3': { class_type: 'SaveImage', inputs: { images: ['2', 0] } },
});
const INFOTEXT = 'a fox\nSteps: 20, Sampler: Euler a, Size: 64x64';

function outcome(sources: readonly Source[], format: FormatName): string {
  try {
    return importTravel(sources, { format }).travel;
  } catch (error) {
    if (!(error instanceof ImportError)) throw error;
    return error.message;
  }
}

/** The texts in images and videos, and the formats that each can be read as. */
const FIELDS: readonly (readonly [field: string, text: string, formats: readonly FormatName[]])[] = [
  ['travel', '---\nframes: 8\n---\na fox\n', ['travel']],
  ['prompt', WORKFLOW, ['comfy']],
  ['workflow', WORKFLOW, ['comfy']],
  ['parameters', INFOTEXT, ['infotext', 'a1111-prompt']],
  ['parameters', 'a fox', ['infotext', 'a1111-prompt']],
  ['parameters', '{"prompt_map": {"0": "a fox"}}', ['cli']],
  ['comment', 'a fox', ['infotext', 'a1111-prompt']],
  ['comment', INFOTEXT, ['infotext', 'a1111-prompt']],
  ['comment', JSON.stringify({ prompt: WORKFLOW }), ['comfy']],
  ['comment', '{"0": "a fox", "8": "a bear"}', ['fizz']],
  ['description', INFOTEXT, ['infotext']],
  ['software', 'a fox', []],
];

describe.each(FIELDS)('the metadata %s with the text %j', (field, text, formats) => {
  it.each(FORMAT_NAMES)('read as %s is a clip, or an error that it has no such text', (format) => {
    const result = outcome([{ field, text }], format);
    if (formats.includes(format)) expect(result).toContain('a fox');
    else expect(result).toBe(`There is no text of the format ${format} in its metadata, which has only: ${field}.`);
  });
});

describe('of several texts', () => {
  const all: readonly Source[] = [
    { field: 'workflow', text: WORKFLOW },
    { field: 'software', text: 'GIMP' },
    { field: 'parameters', text: 'a bear\nSteps: 20, Sampler: Euler a, Size: 64x64' },
  ];

  it.each([
    ['infotext', /\na bear\n$/],
    ['a1111-prompt', /^a bear\n/],
    ['comfy', /\na fox/],
    ['travel', /has only: parameters, workflow, software\.$/],
  ] as const)('the one of the format %s is read', (format, expected) => {
    expect(outcome(all, format)).toMatch(expected);
  });

  it('a damaged workflow says why it cannot be read', () => {
    expect(outcome([{ field: 'workflow', text: WORKFLOW.slice(0, 50) }], 'comfy')).toMatch(
      /^The text “workflow”.* damaged/,
    );
  });
});
