import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { yamlScalar } from '../../server/yaml-scalar.ts';

const TEXTS = [
  ...['a.png', 'a b.png', "it's.png", 'say "a".png', 'é.png', 'C:\\a.png'],
  ...[
    'a, b.png',
    'a, [b].png',
    '{a}.png',
    '[a]',
    'a: b',
    'a #b',
    '#a',
    '- a',
    '? a',
    ' a',
    'a ',
    '*a',
    '&a',
    '!a',
    '%a',
    '@a',
    '`a',
  ],
  ...['2024', '1e3', '0x10', 'true', 'null', '~', '', '2024-01-01'],
  ...['a\nb.png', 'a\r\nb', '\n', 'a\n'],
];

it.each(TEXTS)('%j is the same text on one line, alone and in braces', (text) => {
  const [alone, inBraces] = [yamlScalar(text), yamlScalar(text, true)];
  expect(alone + inBraces).not.toMatch(/[\r\n]/);
  expect(parse(`key: ${alone}\nother: 1`)).toEqual({ key: text, other: 1 });
  expect(parse(`key: {a: ${inBraces}, b: 1}`)).toEqual({ key: { a: text, b: 1 } });
});

it.each(['a.png', 'a b.png', "it's.png", 'é.png'])('%j needs no quotes', (text) => {
  expect([yamlScalar(text), yamlScalar(text, true)]).toEqual([text, text]);
});
