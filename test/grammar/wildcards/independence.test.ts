import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkTravel } from '../../../grammar/language.ts';
import { runs } from '../../property-runs.ts';
import { testEnvironment } from '../environment.ts';

const COLORS = ['red', 'green', 'blue', 'white', 'black', 'gold', 'pink', 'gray'];
const environment = testEnvironment({ wildcard: (name) => (name === 'color' ? COLORS : null) });

/** What is chosen from in these tests; the same text may occur several times. */
const ROLLABLE = ['{a|b|c|d|e|f}', '{g|h|__color__|{i|j|k}}', '__color__', '{2::l|m|n|o|p}'] as const;

interface Line {
  readonly frame: number;
  readonly words: string;
  /** Written after the words; one of `ROLLABLE`, or nothing. */
  readonly rollable: string;
}

const line = (rollable: fc.Arbitrary<string>) =>
  fc.record({
    frame: fc.nat(63),
    words: fc.constantFrom('cat', 'dog', '(fox:1.2)', '$hero', '[a:b:0.5]', ''),
    rollable,
  });

const written = (frames: number, negative: string, lines: readonly Line[]) =>
  [
    '---',
    'seed: 7',
    `frames: ${frames}`,
    `negative_prompt: "${negative}"`,
    'define: {hero: "{t|u|v} knight"}',
    '---',
    'head {x|y|z}',
    ...lines.map(({ frame, words, rollable }) => `${frame}: ${words} ${rollable}`),
    '',
    'tail __color__',
  ].join('\n');

/** By what is written, what was chosen for each in order of appearance. */
function rolls(text: string): Map<string, string[]> {
  const { plan } = checkTravel(text, environment);
  const chosen = new Map<string, string[]>();
  for (const roll of plan!.rolled) chosen.set(roll.written, [...(chosen.get(roll.written) ?? []), roll.chosen]);
  return chosen;
}

/** Keyframes at one frame would replace one another. */
const atDistinctFrames = (lines: readonly Line[]) => lines.map((item, i) => ({ ...item, frame: (i * 37) % 64 }));

describe('a roll', () => {
  it('is not changed by any other text, keyframe, or wildcard', () => {
    fc.assert(
      fc.property(
        fc.array(line(fc.constantFrom(...ROLLABLE)), { minLength: 1, maxLength: 6 }),
        fc.array(line(fc.constantFrom('', '{other|another}', '__color__ {other|another}')), { maxLength: 4 }),
        fc.array(fc.nat(20), { minLength: 4, maxLength: 4 }),
        fc.constantFrom('', 'bad', '{worse|worst}'),
        fc.constantFrom('bird', 'a $hero', '{tall|small} tree'),
        (lines, inserted, places, negative, words) => {
          const own = atDistinctFrames(lines);
          const before = rolls(written(64, '', own));
          const edited = own.map((item, i) => (i % 2 === 0 ? { ...item, words } : item));
          for (const [i, item] of inserted.entries()) {
            edited.splice(places[i]! % (edited.length + 1), 0, item);
          }
          const after = rolls(written(64, negative, atDistinctFrames(edited)));
          for (const { rollable } of own) expect(new Set(after.get(rollable))).toEqual(new Set(before.get(rollable)));
        },
      ),
      runs(200),
    );
  });

  it('is the same for the same wildcard at every keyframe, whatever their number, frames and order', () => {
    const colors = (...frames: number[]) =>
      new Set(
        rolls(
          written(
            32,
            '',
            frames.map((frame) => ({ frame, words: 'cat', rollable: '__color__' })),
          ),
        ).get('__color__'),
      );
    const [color] = colors(0);
    for (const frames of [[8], [0, 16], [16, 0], [0, 16, 24], [0, 0]])
      expect(colors(...frames)).toEqual(new Set([color]));
  });

  it('differs within a prompt, so that the same wildcard can be used twice', () => {
    const pairs = Array.from({ length: 20 }, (_, seed) => {
      const { plan } = checkTravel(`---\nseed: ${seed}\n---\n__color__ hair, __color__ eyes`, environment);
      return plan!.rolled.map(({ chosen }) => chosen);
    });
    expect(pairs.every(([hair, eyes]) => hair === eyes)).toBe(false);
  });

  it('of a definition is not changed by the same choice in a prompt', () => {
    const knight = (body: string) => {
      const { plan } = checkTravel(`---\nseed: 3\ndefine: {hero: "{a|b|c|d|e|f} knight"}\n---\n${body}`, environment);
      return /(.) knight/.exec(plan!.prompts[0]!.text)?.[1];
    };
    const alone = knight('$hero');
    for (const body of ['{a|b|c|d|e|f}, $hero', '$hero, {a|b|c|d|e|f}', '{a|b|c|d|e|f} {a|b|c|d|e|f} $hero'])
      expect(knight(body)).toBe(alone);
  });

  it('depends on the seed', () => {
    const chosen = (seed: number) =>
      checkTravel(`---\nseed: ${seed}\n---\n__color__`, environment).plan!.rolled[0]!.chosen;
    expect(new Set(Array.from({ length: 50 }, (_, seed) => chosen(seed)))).toEqual(new Set(COLORS));
  });
});
