import { describe, expect, it } from 'vitest';
import { checkTravel } from '../../../grammar/language.ts';
import { testEnvironment } from '../environment.ts';

const warnings = (output: string, fileName = 'clip', overridden = false) =>
  checkTravel(
    overridden ? 'a fox' : `---\noutput: '${output}'\n---\na fox`,
    testEnvironment({ fileName, outputRoot: null }),
    overridden ? { overrides: { output } } : {},
  ).problems.filter(({ code }) => code === 'travel/output-windows-name');

const characters = [...'?:*"<>|'];
const devices = ['con', 'PRN', 'Aux', 'nul', ...Array.from('123456789', (n) => [`com${n}`, `LPT${n}`]).flat()];
const paths = (name: string) => [
  name,
  `renders/${name}`,
  `${name}/clip`,
  `a\\${name}\\b`,
  `~/${name}`,
  `C:\\${name}`,
  `/x/${name}`,
];

describe('a name that Windows cannot have is one warning', () => {
  it.each([
    ...characters.flatMap((character) => [`ab${character}`, `${character}b`, `a${character}b`]),
    ...devices.flatMap((device) => [device, `${device}.log`, `${device}.tar.gz`]),
    'a.',
    'a ',
    '...',
    'scene 1: dawn?',
    '12:30',
  ])('%s', (name) => {
    for (const output of paths(name)) {
      const found = warnings(output);
      expect([output, found.map(({ severity }) => severity)]).toEqual([output, ['warning']]);
      expect(found[0]!.message).toContain(`“${name}”`);
      expect(found[0]!.span.end).toBeGreaterThan(found[0]!.span.start);
    }
  });

  it('after placeholders', () => {
    expect(warnings('renders/{name}', 'con')).toHaveLength(1);
    expect(warnings('renders/{name}/x', 'what?')).toHaveLength(1);
    expect(warnings('renders/', 'aux')).toHaveLength(1);
    expect(warnings('{name}{name}', 'con')).toEqual([]);
    expect(warnings('{name}n', 'co')).toHaveLength(1);
  });

  it('from the command line, except in an absolute path of this computer', () => {
    expect(warnings('a?', 'clip', true)).toHaveLength(1);
    expect(warnings('C:\\a?', 'clip', true)).toHaveLength(1);
    expect(warnings('/mnt/a:b/c', 'clip', true)).toEqual([]);
  });
});

it.each([
  ...[
    'console',
    'auxiliary',
    'com',
    'com10',
    'lpt0',
    'nullify',
    'a.con',
    '.hidden',
    'a.b',
    'a b',
    "it''s (1) [2], é",
  ].flatMap(paths),
  'C:\\clips\\{name}',
  'c:/clips/{name}',
  './a',
  '../clip',
  'renders/{name}/{date}-{time}-{seed}',
  'renders/',
])('%s is fine', (output) => {
  expect(warnings(output)).toEqual([]);
});
