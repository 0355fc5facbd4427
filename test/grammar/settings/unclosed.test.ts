import { describe, expect, it } from 'vitest';
import { applyEdits } from '../../../grammar/format/format.ts';
import { checkTravel } from '../../../grammar/language.ts';
import { testEnvironment } from '../environment.ts';

const check = (text: string) => checkTravel(text, testEnvironment());

describe('the fix of settings that are never closed', () => {
  it.each([
    ['---\nframes: 8\na fox\n0: b', '---\nframes: 8\n---\na fox\n0: b'],
    ['---\nframes: 8\n0: b\n', '---\nframes: 8\n---\n0: b\n'],
    ['---\nframes: 8\n...\na fox\n', '---\nframes: 8\n---\na fox\n'],
    ['---\nframes: 8\n—\na fox\n', '---\nframes: 8\n---\na fox\n'],
    ['---\nframes: 8\n...', '---\nframes: 8\n---'],
    ['---\nframes: 8', '---\nframes: 8\n---\n'],
    ['---\nframes: 8\n', '---\nframes: 8\n---\n'],
    ['---\na fox\n', '---\n---\na fox\n'],
    ['---\nsave: [\n  webp\n]\n# note\na fox\n', '---\nsave: [\n  webp\n]\n# note\n---\na fox\n'],
    ['---\nsave:\n- webp\n- gif\na fox\n', '---\nsave:\n- webp\n- gif\n---\na fox\n'],
    ['---\ndefine:\n  hero: a fox\n\nfps: 4\n$hero\n', '---\ndefine:\n  hero: a fox\n\nfps: 4\n---\n$hero\n'],
    ['---\nframes: 8\n(best quality:1.2), a fox\n', '---\nframes: 8\n---\n(best quality:1.2), a fox\n'],
  ])('%j', (text, fixed) => {
    for (const newline of ['\n', '\r\n']) {
      const written = text.replaceAll('\n', newline);
      const problem = check(written).problems.find(({ code }) => code === 'travel/front-matter-end');
      const after = applyEdits(written, problem!.fixes![0]!.edits);
      // The last line end of a file with a single line end is its own.
      expect(after.replaceAll('\r\n', '\n')).toBe(fixed);
      expect(check(after).problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    }
  });
});
