import fc from 'fast-check';

const piece = fc.constantFrom(
  'red hair',
  '(smile:1.30)',
  '(x:',
  ':1.30)',
  '1.50)',
  '$closes',
  '((a))',
  '[b:c:0.5]',
  '[x|y]',
  'BREAK',
  'AND',
  '<lora:detail:0.8>',
  '<lora:',
  '$hero',
  '\\#1',
  '\\(',
  '__none__',
  '{a|b}',
  '(',
  ')',
  ']',
  ',',
  ':',
  '::',
  '0:',
  '12:30',
  '--neg bad',
  '-neg',
  '“q”',
  '（全',
  '\t',
  '#',
  '# note',
  ' ',
  '  ',
  '-',
  '|',
  'é',
  '\u{1f600}',
  '$',
  '_',
  '\\',
  '<',
  '"0": "a",',
  '\uFEFF',
  '\u2028',
);
const prompt = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(' '));
const key = fc.constantFrom(
  '0',
  '3',
  '0-4',
  '-1',
  '50%',
  '1s',
  '250ms',
  '99',
  '1.5',
  '7 ease',
  '9 cut',
  '5 cubic-bezier(0, 0, 1, 1)',
  '2 ',
  '4-2',
);
const line = fc.oneof(
  prompt,
  fc
    .tuple(fc.constantFrom('', ' ', '\t'), key, fc.constantFrom(':', ': ', ':  ', ' : '), prompt)
    .map((parts) => parts.join('')),
  prompt.map((text) => `  ${text}`),
  fc.constantFrom('', '# comment', '   # indented comment', '   '),
  fc.constantFrom('---', '---', ' ---', '--- ', 'seed: 2', 'emphasis: None', 'dialect: webui'),
);
const frontMatter = fc.constantFrom(
  '',
  '',
  '---\nframes: 12\nseed: 1\n---\n',
  '---\nseed: 1\ndefine: {hero: "a (b:1.50)", closes: "c)"}\nclosed_loop: R+P\n---\n',
  '---\nfps: 8\n',
  '---\nseed: 1\nemphasis: None\n---\n',
  '---\nextends: style.travel\n---\n',
  '---\ndialect: webui\nfuse: flat\ndefine: {hero: b}\n---\n',
);

/** Texts that resemble `.travel` files. */
export const travelText: fc.Arbitrary<string> = fc
  .tuple(frontMatter, fc.array(line, { maxLength: 12 }), fc.constantFrom('\n', '\r\n'), fc.boolean())
  .map(
    ([matter, lines, newline, last]) => matter.replaceAll('\n', newline) + lines.join(newline) + (last ? newline : ''),
  );
