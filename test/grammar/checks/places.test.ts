import { expect, it } from 'vitest';
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
