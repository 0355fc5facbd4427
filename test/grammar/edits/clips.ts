import fc from 'fast-check';
import { checkTravel } from '../../../grammar/language.ts';
import { type ClipTime, formatPosition, frameOf, type Position } from '../../../grammar/time/position.ts';
import type { Mix } from '../../../plan/plan.ts';
import { testEnvironment } from '../environment.ts';

/** What every frame of the clip shows: the share of each prompt, and the numbers that travel. */
export function shown(text: string): unknown[] {
  const { plan, problems } = checkTravel(text, testEnvironment());
  if (!plan) throw new Error(`There is no plan: ${problems.map(({ message }) => message).join(' ')}\n${text}`);
  const share = ({ from, to, t }: Mix) => {
    const shares = new Map<string, number>();
    for (const [prompt, part] of [
      [from, 1 - t],
      [to, t],
    ] as const) {
      const words = plan.prompts[prompt]!.text;
      const sum = (shares.get(words) ?? 0) + part;
      if (sum > 0) shares.set(words, sum);
    }
    return [...shares].map(([words, part]) => [words, rounded(part)]).sort();
  };
  return plan.frames.map(({ positive, negative, cfgScale, motionScale, loras }) => ({
    positive: share(positive),
    negative: share(negative),
    numbers: [cfgScale, motionScale, ...loras].map(rounded),
  }));
}

/** Equal for numbers that differ only in their last digits: no usual fraction is at the edge. */
const rounded = (number: number) => Math.floor(number * 1e6 + 1 / Math.PI);

/** The codes of the errors and warnings, in order. */
export function problemsOf(text: string): string[] {
  return checkTravel(text, testEnvironment())
    .problems.filter(({ severity }) => severity === 'error' || severity === 'warning')
    .map(({ code }) => code)
    .sort();
}

const TRANSITIONS = ['', '', '', ' cut', ' ease', ' ease-in', '\tlinear', ' cubic-bezier(0.3, 0, 0.7, 1)'] as const;
const PROMPTS = [
  'red hair',
  'a fox',
  'rain --neg fog',
  '(smile:1.3)  ',
  'a, b  # note',
  'long\n  text\n  # inside\n  goes on',
  '(over\nlines)',
  '',
] as const;
const GAPS = ['', '', '', '', '\n', '# above\n', '  # indented\n', '# below\n\n# above\n', '\n\n'] as const;
const MATTERS = [
  'cfg_scale: {0: 7, 50%: 9, -1: 3}\n',
  'cfg_scale: {4: 7, 1-3: 9}\n',
  'motion_scale:\n  "0": 1  # slow\n  2-3: 0.5\n',
  'transition: ease-in\n',
  'transition: cut\n',
  'closed_loop: R+P\ncontext: 2\n',
  '# about\n',
] as const;

/** A valid clip, as people write one, with all notations of positions. */
export const clip: fc.Arbitrary<string> = fc
  .record({
    frames: fc.integer({ min: 5, max: 33 }),
    fps: fc.constantFrom(8, 12, 10),
    places: fc.uniqueArray(fc.nat(32), { minLength: 1, maxLength: 6 }),
    notations: fc.array(fc.nat(4), { minLength: 12, maxLength: 12 }),
    holds: fc.array(fc.nat(5), { minLength: 6, maxLength: 6 }),
    transitions: fc.array(fc.constantFrom(...TRANSITIONS), { minLength: 6, maxLength: 6 }),
    prompts: fc.array(fc.constantFrom(...PROMPTS), { minLength: 6, maxLength: 6 }),
    gaps: fc.array(fc.constantFrom(...GAPS), { minLength: 6, maxLength: 6 }),
    matter: fc.uniqueArray(fc.constantFrom(...MATTERS), {
      selector: (line) => line.split(':')[0],
      maxLength: 3,
    }),
    around: fc.constantFrom(['', ''], ['head\n\n', '\ntail'], ['head\n', '\n# end\n'], ['', '\n\n']),
    newline: fc.constantFrom('\n', '\r\n'),
    isOrdered: fc.constantFrom(true, true, true, false),
  })
  .map(({ frames, fps, places, notations, holds, transitions, prompts, gaps, matter, around, newline, isOrdered }) => {
    const time: ClipTime = { frames, fps };
    const inside = [...new Set(places.map((place) => place % frames))];
    const sorted = [...inside].sort((a, b) => a - b);
    const lines = sorted.map((frame, i): string => {
      const room = (sorted[i + 1] ?? frames) - 1 - frame;
      const position = formatPosition(positionOf(notations[2 * i]!, frame, time));
      const length = Math.min(holds[i]!, room);
      const hold = length < 2 ? '' : `-${formatPosition(positionOf(notations[2 * i + 1]!, frame + length, time))}`;
      return `${gaps[i]}${position}${hold}${transitions[i]}: ${prompts[i]}`;
    });
    if (!isOrdered) lines.reverse();
    const settings = `---\nframes: ${frames}\nfps: ${fps}\n${matter.join('')}---\n`;
    return `${settings}${around[0]}${lines.join('\n')}${around[1]}`.replaceAll('\n', newline);
  });

/** A clip in the webui dialect. */
export const webuiClip: fc.Arbitrary<string> = fc
  .record({
    frames: fc.integer({ min: 4, max: 30 }),
    context: fc.constantFrom(2, 4, 16),
    loop: fc.constantFrom('N', 'R-P', 'R+P'),
    places: fc.uniqueArray(fc.nat(29), { minLength: 1, maxLength: 5 }),
    prompts: fc.array(fc.constantFrom('red', '(a:1.2)', 'b # c', 'x --neg y'), { minLength: 5, maxLength: 5 }),
    tail: fc.constantFrom('', '\n', '\ntail', '\n\ntail'),
    newline: fc.constantFrom('\n', '\r\n'),
  })
  .map(({ frames, context, loop, places, prompts, tail, newline }) => {
    const sorted = [...new Set(places.map((place) => place % frames))].sort((a, b) => a - b);
    const lines = sorted.map((frame, i) => `${frame}: ${prompts[i]} ${i}`);
    const settings = `---\ndialect: webui\nframes: ${frames}\ncontext: ${context}\nclosed_loop: ${loop}\n---\n`;
    return `${settings}head\n${lines.join('\n')}${tail}`.replaceAll('\n', newline);
  });

/** The frame in one of the notations; as a number if that one does not have it. */
function positionOf(notation: number, frame: number, time: ClipTime): Position {
  const position = (
    [
      { kind: 'frame', frame },
      { kind: 'from-end', count: time.frames - frame },
      { kind: 'percent', percent: Math.round((frame * 100) / (time.frames - 1)) },
      { kind: 'seconds', seconds: Math.round((frame * 100) / time.fps) / 100 },
      { kind: 'milliseconds', milliseconds: Math.round((frame * 1000) / time.fps) },
    ] as const
  )[notation]!;
  return frameOf(position, time) === frame ? position : { kind: 'frame', frame };
}
