import { describe, expect, it } from 'vitest';
import { checkTravel } from '../../../grammar/language.ts';
import { testEnvironment } from '../environment.ts';

const environment = testEnvironment({
  wildcard: (name) => (name === 'list' ? ['<lora:nope:1>'] : name === 'nested' ? ['__nowhere__'] : null),
  readTravelFile: (path) => (path === 'base.travel' ? { path, text: '---\ndefine: {a: __nowhere__}\n---\n' } : null),
});

it.each([
  ['unknown-lora', '---\ndefine: {a: "<lora:nope:1>"}\n---\n0: $a', '"<lora:nope:1>"'],
  ['unknown-lora', 'x\n0: a __list__', '__list__'],
  ['unknown-lora', 'x\n0: a <lora:nope:1>', 'nope'],
  ['unknown-wildcard', 'x\n0: a __nowhere__', '__nowhere__'],
  ['unknown-wildcard', 'x\n0: a __nested__', '__nested__'],
  ['unknown-wildcard', 'x\n0: a {b|__nowhere__}', '__nowhere__'],
  ['unknown-wildcard', '---\ndefine: {a: __nowhere__}\n---\n0: $a', '__nowhere__'],
  ['unknown-wildcard', '---\nnegative_prompt: __nowhere__\n---\n0: b', '__nowhere__'],
  ['unknown-wildcard', '---\nextends: base.travel\n---\n0: $a', 'base.travel'],
])('%s in %j points at %j', (code, text, pointed) => {
  const { problems } = checkTravel(text, environment);
  expect(
    problems.filter((problem) => problem.code === `travel/${code}`).map(({ span }) => text.slice(span.start, span.end)),
  ).toEqual([pointed]);
});

describe('a wildcard in the settings that is not found', () => {
  it.each([
    ['negative_prompt: a __missing__', '__missing__'],
    ['negative_prompt: "a \\"b\\" __missing__, c"', '__missing__'],
    ["negative_prompt: 'it''s __missing__'", '__missing__'],
    ['negative_prompt: |\n  a,\n  b __missing__\n', '__missing__'],
    ['negative_prompt: a\n  b {__missing__|d} c', '__missing__'],
    ['define: {a: "x __missing__ y"}', '__missing__'],
    ['define:\n  a: x, __missing__', '__missing__'],
    ['define:\n  b: __missing__\n  a: $b', '__missing__'],
  ])('%s points at %s', (settings, pointed) => {
    const text = `---\nfps: 8\n${settings}\n---\n0: $a b\n8: c`;
    const found = checkTravel(text, environment).problems.filter(({ code }) => code === 'travel/unknown-wildcard');
    expect(found.map(({ span }) => text.slice(span.start, span.end))).toEqual([pointed]);
    expect(text.indexOf(pointed)).toBe(found[0]!.span.start);
  });
});

describe('a problem of a prompt in the settings of an extended file', () => {
  const bases: Readonly<Record<string, string>> = {
    'bracket.travel': 'negative_prompt: bad, (open',
    'definition.travel': 'define: {a: "x, (b:1,3)"}',
    'wildcard.travel': 'define: {a: __nowhere__}',
    'negative.travel': 'negative_prompt: a __nowhere__',
    'lora.travel': 'negative_prompt: <lora:detail:1>',
    'chain.travel': 'extends: bracket.travel\nfps: 8',
    'syntax.travel': 'negative_prompt: "a \\(b"',
    'fine.travel': 'negative_prompt: bad, (hands:1.2)\ndefine: {a: b}',
  };
  const withBases = testEnvironment({
    readTravelFile: (path) => (bases[path] ? { path, text: `---\n${bases[path]}\n---\n` } : null),
  });
  const found = (settings: string) => {
    const text = `---\n${settings}\n---\n0: $a b\n8: c`;
    return checkTravel(text, withBases)
      .problems.filter(({ severity }) => severity === 'error' || severity === 'warning')
      .map(({ code, message, span, fixes = [] }) => [
        code.slice('travel/'.length),
        /^In “(.+?)”: /.exec(message)?.[1],
        text.slice(span.start, span.end),
        fixes.length,
      ]);
  };

  it.each([
    ['bracket.travel', 'unclosed-bracket', 'bracket.travel'],
    ['definition.travel', 'weight-syntax', 'definition.travel'],
    ['wildcard.travel', 'unknown-wildcard', 'wildcard.travel'],
    ['negative.travel', 'unknown-wildcard', 'negative.travel'],
    ['lora.travel', 'lora-in-negative-prompt', 'lora.travel'],
    ['chain.travel', 'unclosed-bracket', 'bracket.travel'],
    ['syntax.travel', 'front-matter-syntax', 'syntax.travel'],
  ])('%s: %s is reported once, at `extends`, and names %s', (base, code, file) => {
    expect(found(`extends: ${base}`).filter(([found]) => found === code)).toEqual([[code, file, base, 0]]);
  });

  it('is not reported if there is none, or if this file sets another value', () => {
    expect(found('extends: fine.travel')).toEqual([]);
    expect(found('extends: bracket.travel\nnegative_prompt: bad')).toEqual([]);
    expect(found('extends: definition.travel\ndefine: {a: c}')).toEqual([]);
  });
});
