import { describe, expect, it } from 'vitest';
import { inputEdit, pathFrom } from '../../client/exchange/dropped-input.ts';
import { checkTravel } from '../../grammar/language.ts';
import { SURE_VIDEO_ENDING } from '../../plan/input-endings.ts';
import { testEnvironment } from '../grammar/environment.ts';

/** The document after a drop at `‸`. */
function dropped(marked: string, path: string, kind: 'video' | 'folder' = 'video'): string | null {
  const offset = marked.indexOf('‸');
  const text = marked.replace('‸', '');
  const edit = inputEdit(text, offset, path, kind);
  if (!edit) return null;
  const result = text.slice(0, edit.offset) + edit.text + text.slice(edit.offset);
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

  it('is quoted if YAML would read its name in another way', () => {
    expect(dropped('a‸', 'a, b: #1.mp4')).toBe('---\nvideo: {source: "a, b: #1.mp4"}\n---\na');
    expect(dropped('a‸', '[1].mp4')).toBe('---\nvideo: {source: "[1].mp4"}\n---\na');
  });

  it('becomes the input of the ControlNet unit at the cursor', () => {
    expect(dropped('---\ncontrolnet: [{model: canny, ‸preprocessor: canny}]\n---\na', 'b.mp4')).toBe(
      '---\ncontrolnet: [{model: canny, preprocessor: canny, video: b.mp4}]\n---\na',
    );
    expect(dropped('---\ncontrolnet:\n  - model: canny\n    pre‸processor: canny\nfps: 8\n---\na', 'f', 'folder')).toBe(
      '---\ncontrolnet:\n  - model: canny\n    preprocessor: canny\n    batch: f\nfps: 8\n---\na',
    );
    expect(dropped('---\ncontrolnet: [{model: canny}]\nfps: ‸8\n---\na', 'b.mp4')).toBe(
      '---\ncontrolnet: [{model: canny}]\nfps: 8\nvideo: {source: b.mp4}\n---\na',
    );
  });

  it('replaces nothing', () => {
    expect(dropped('---\nvideo: {source: a.mp4}\n---\na‸', 'b.mp4')).toBeNull();
    expect(dropped('---\ncontrolnet: [{model: canny, ‸image: a.png}]\n---\na', 'b.mp4')).toBeNull();
  });
});

it.each([
  ['a.MP4', true],
  ['b.gif', true],
  ['c.apng', true],
  ['d.wmv', true],
  ['e.m2ts', true],
  // Most are still images.
  ['f.webp', false],
  // In an editor, TypeScript.
  ['g.ts', false],
  ['h.mts', false],
  ['i.png', false],
  ['j.txt', false],
])('is known by its name: %s', (name, expected) => {
  expect(SURE_VIDEO_ENDING.test(name)).toBe(expected);
});

it('has a path from the folder of the document', () => {
  expect(pathFrom('/home/me/clips/a.travel', '/home/me/clips/in/b.mp4')).toBe('in/b.mp4');
  expect(pathFrom('/home/me/clips/a.travel', '/home/me/b.mp4')).toBe('../b.mp4');
  expect(pathFrom('/home/me/clips/a.travel', '/mnt/b.mp4')).toBe('/mnt/b.mp4');
});
