import { describe, expect, it } from 'vitest';
import { clipContext } from '../../../grammar/clip/context.ts';
import { clipDifferences } from '../../../grammar/clip/differences.ts';
import { parseTravel } from '../../../grammar/language.ts';
import { runToEnd } from '../../../grammar/sliced-task.ts';
import { travelEnvironment } from '../../server/hosts.ts';

const resolve = (text: string, seed?: number) =>
  runToEnd(clipContext(parseTravel(text), travelEnvironment(), seed === undefined ? {} : { overrides: { seed } }));

const differences = (before: string, after: string) => clipDifferences(resolve(before), resolve(after));

const BODY = 'head\n0: a\n8: b\n12: c\ntail\n';
const withSettings = (settings: string, body = BODY) => `---\n${settings}\n---\n${body}`;

describe('differences', () => {
  it.each<[name: string, before: string, after: string, phrases: string[], frames: number[] | null]>([
    ['nothing', BODY, BODY, [], []],
    ['only the form', BODY, `# comment\n${BODY.replace('8: b', '8:    b')}`, [], []],
    ['a default that is written', BODY, withSettings('steps: 20'), [], []],
    ['a setting for all frames', withSettings('steps: 20'), withSettings('steps: 30'), ['steps 20 → 30'], null],
    [
      'settings without an effect on frames',
      withSettings('fps: 8'),
      withSettings('fps: 12\nsave: [gif, mp4]'),
      ['fps 8 → 12', 'save [webp] → [gif, mp4]'],
      [],
    ],
    ['a long value', BODY, withSettings(`negative_prompt: ${'ugly, '.repeat(9)}`), ['negative_prompt'], null],
    ['the head', BODY, BODY.replace('head', 'other'), ['head'], null],
    ['the tail', BODY, BODY.replace('tail', 'other'), ['tail'], null],
    ['a prompt', BODY, BODY.replace('8: b', '8: x'), ['keyframe 8: prompt'], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]],
    ['a transition', BODY, BODY.replace('12: c', '12 cut: c'), ['keyframe 12: transition'], [9, 10, 11]],
    [
      'a hold and a negative prompt',
      BODY,
      BODY.replace('12: c', '12-14: c --neg d'),
      ['keyframe 12: negative prompt, hold'],
      [9, 10, 11, 12, 13, 14, 15],
    ],
    ['a keyframe that moved', BODY, BODY.replace('12: c', '14: c'), ['keyframe 12 moved to 14'], [9, 10, 11, 12, 13]],
    [
      'keyframes that came and went',
      BODY,
      BODY.replace('12: c', '14: d'),
      ['keyframe 14 added', 'keyframe 12 removed'],
      [9, 10, 11, 12, 13, 14, 15],
    ],
    [
      'a definition',
      withSettings('define: {x: y}', '0: $x\n8: b\n'),
      withSettings('define: {x: z}', '0: $x\n8: b\n'),
      ['definition x'],
      [0, 1, 2, 3, 4, 5, 6, 7],
    ],
    [
      'a travelling number',
      BODY,
      withSettings('cfg_scale: {0: 7, 8: 9}'),
      ['cfg_scale 7 → {0:7, 8:9}'],
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    ],
    ['a longer clip', withSettings('frames: 16'), withSettings('frames: 18'), ['frames 16 → 18'], [16, 17]],
  ])('find %s', (_name, before, after, phrases, frames) => {
    expect(differences(before, after)).toEqual({ phrases, frames });
  });

  it('find another seed, whatever the file says', () => {
    expect(clipDifferences(resolve(BODY, 5), resolve(BODY, 7))).toEqual({ phrases: ['seed 5 → 7'], frames: null });
    expect(clipDifferences(resolve(withSettings('seed: 9'), 7), resolve(BODY, 7))).toEqual({ phrases: [], frames: [] });
  });

  it('list a dozen at most', () => {
    const keys = (prompt: string) =>
      Array.from({ length: 16 }, (_, frame) => `${frame}: ${prompt} ${frame}\n`).join('');
    const { phrases } = differences(keys('a'), keys('b'));
    expect(phrases).toHaveLength(13);
    expect(phrases.at(-1)).toBe('and 4 more');
  });
});
