import { describe, expect, it } from 'vitest';
import { checkTravel } from '../../../grammar/language.ts';
import { nameInputOf } from '../../../server/features/name-input.ts';
import { testEnvironment } from '../../grammar/environment.ts';
import { atCursor } from '../hosts.ts';

/** The document after a file was dropped at the cursor, whose settings are valid; null: nothing is offered. */
function dropped(marked: string, path: string, kind: 'video' | 'folder' = 'video'): string | null {
  const { analysis, position } = atCursor(marked);
  const { text } = analysis;
  const edit = nameInputOf(analysis, position, path, kind);
  if (!edit) return null;
  const offset = analysis.offsetAt(edit.position);
  const result = text.slice(0, offset) + edit.text + text.slice(offset);
  const issues = checkTravel(result, testEnvironment()).problems.filter(({ code }) => /setting|front/.test(code));
  expect(issues).toEqual([]);
  return result;
}

describe('a video that is dropped', () => {
  it('becomes the video of a document with and without settings', () => {
    expect(dropped('a cat‸', 'in/dance.mp4')).toBe('---\nvideo: {source: in/dance.mp4}\n---\na cat');
    expect(dropped('---\nframes: 16\n---\na c‸at', 'dance.mp4')).toBe(
      '---\nframes: 16\nvideo: {source: dance.mp4}\n---\na cat',
    );
    expect(dropped('---\r\nframes: 16\r\n---\r\na‸', 'frames/a', 'folder')).toBe(
      '---\r\nframes: 16\r\nvideo: {path: frames/a}\r\n---\r\na',
    );
  });

  it.each([
    ['a, b: #1.mp4', "'a, b: #1.mp4'"],
    ['[1].mp4', "'[1].mp4'"],
    ['{a}.mp4', "'{a}.mp4'"],
    ['C:\\clips\\new.mp4', 'C:\\clips\\new.mp4'],
    ["it's.mp4", "it's.mp4"],
    ['2024', "'2024'"],
    ['true', "'true'"],
    ['null', "'null'"],
    ['~', "'~'"],
    ['踊り.mp4', '踊り.mp4'],
  ])('is quoted if YAML would read its name in another way: %s', (path, written) => {
    expect(dropped('a‸', path, 'folder')).toBe(`---\nvideo: {path: ${written}}\n---\na`);
    expect(dropped('---\ncontrolnet: [{model: canny‸}]\n---\na', path)).toContain(`video: ${written}}`);
    expect(dropped('---\ncontrolnet:\n  - model: canny‸\n---\na', path)).toContain(`    video: ${written}\n`);
  });

  it.each([
    ['[{model: canny, ‸preprocessor: canny}]', '[{model: canny, preprocessor: canny, video: b.mp4}]'],
    ['[{model: canny, weight: {0: 1, ‸8: 0}}]', '[{model: canny, weight: {0: 1, 8: 0}, video: b.mp4}]'],
    ['[{model: a}, {model: b‸}]', '[{model: a}, {model: b, video: b.mp4}]'],
    ['\n  - model: canny\n    pre‸processor: canny', '\n  - model: canny\n    preprocessor: canny\n    video: b.mp4'],
    ['\n‸  - model: canny\n', '\n  - model: canny\n    video: b.mp4\n'],
    ['\n- model: canny ‸# image: later\n', '\n- model: canny # image: later\n  video: b.mp4\n'],
    [
      '\n  - model: a\n    weight:\n      0: 1\n      8‸: 0\n  - model: b\n',
      '\n  - model: a\n    video: b.mp4\n    weight:\n      0: 1\n      8: 0\n  - model: b\n',
    ],
  ])('becomes the input of the ControlNet unit at the cursor: %s', (units, expected) => {
    expect(dropped(`---\ncontrolnet: ${units}\nfps: 8\n---\na`, 'b.mp4')).toBe(
      `---\ncontrolnet: ${expected}\nfps: 8\n---\na`,
    );
    expect(dropped(`---\r\ncontrolnet: ${units.replaceAll('\n', '\r\n')}\r\nfps: 8\r\n---\r\na`, 'b.mp4')).toBe(
      `---\r\ncontrolnet: ${expected.replaceAll('\n', '\r\n')}\r\nfps: 8\r\n---\r\na`,
    );
  });

  it('is the folder of images of a unit', () => {
    expect(dropped('---\ncontrolnet: [{model: canny‸}]\n---\na', 'f', 'folder')).toBe(
      '---\ncontrolnet: [{model: canny, batch: f}]\n---\na',
    );
  });

  it('becomes the video of the document beside the units', () => {
    expect(dropped('---\ncontrolnet: [{model: canny}]\nfps: ‸8\n---\na', 'b.mp4')).toBe(
      '---\ncontrolnet: [{model: canny}]\nfps: 8\nvideo: {source: b.mp4}\n---\na',
    );
  });

  it.each([
    '---\nvideo: {source: a.mp4}\n---\na‸',
    '---\ncontrolnet: [{model: canny, ‸image: a.png}]\n---\na',
    '---\ncontrolnet: [{model: canny, ‸image: {0: a.png}}]\n---\na',
    '---\ncontrolnet: [{model: canny, ‸batch: a}]\n---\na',
    '---\ncontrolnet:\n  - model: ‸canny\n    image:\n      0: a.png\n      8: b.png\n---\na',
    '---\ncontrolnet: [{‸}]\n---\na',
    '---\nframes: 8\na‸',
  ])('replaces nothing, and guesses nothing: %s', (marked) => {
    expect(dropped(marked, 'b.mp4')).toBeNull();
  });
});
