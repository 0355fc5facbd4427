import fc from 'fast-check';

const ATOMS = [
  ...['a', 'cat, ', ' ', '\n', '\t', '[', ']', '(', ')', ':', '|', '\\', '\\(', '\\]', ',', '<', '>', '=', '#'],
  ...['1.3', ':1.2)', ': .5 )', ':3]', ':0.5]', ':1.2.3)', '[a:b:2]', '[x|y]', '[c::0.5]', '(q:1.2)', '-1', '1e9'],
  ...['BREAK', ' BREAK ', 'AND', ' AND ', '<lora:x:1>', '<lora:', '日本', '🐈', 'é', '\u0000', '\ud800', '\u3000', '“'],
];

/** Prompts made of what prompts are made of, well formed or not, and of any characters at all. */
export const promptText = fc.oneof(
  fc.array(fc.constantFrom(...ATOMS), { maxLength: 30 }).map((atoms) => atoms.join('')),
  fc.string({ unit: 'binary', maxLength: 60 }),
);

const HALF_A_MEGABYTE = 500_000;
const fill = (piece: string) => piece.repeat(HALF_A_MEGABYTE / piece.length);

/** Half a megabyte each of what makes careless parsers quadratic, exponential or recurse. */
export const HUGE_TEXTS: readonly (readonly [name: string, text: string])[] = [
  '(',
  '[',
  '(a',
  '[a',
  '(a:1.2',
  '[(a',
  ')',
  '([)]',
  '[a:',
  '[a|',
  '[a|b]',
  '[a:b:3]',
  ':',
  ': ',
  ':1',
  '\\',
  ' ',
  '\n',
  'a ',
  'BREAK ',
  'AND ',
  'a AND ',
  '<lora:',
  '<a:<',
  '<',
  '#',
  'a',
  '🐈',
  'a, ',
].map((piece) => [JSON.stringify(piece), fill(piece)] as const);

/** Deep, and closed. */
export const DEEP_TEXTS: readonly (readonly [name: string, text: string])[] = [
  ['round', `${'('.repeat(100_000)}x${')'.repeat(100_000)}`],
  ['square', `${'['.repeat(100_000)}x${']'.repeat(100_000)}`],
  ['weighted', `${'(a'.repeat(100_000)}${':1.1)'.repeat(100_000)}`],
  ['scheduled', `${'[a:'.repeat(100_000)}b${':2]'.repeat(100_000)}`],
  ['alternating', `${'[a|'.repeat(100_000)}b${']'.repeat(100_000)}`],
];
