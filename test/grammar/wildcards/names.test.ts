import { expect, it } from 'vitest';
import { checkTravel } from '../../../grammar/language.ts';
import { testEnvironment } from '../environment.ts';

const FILES: Readonly<Record<string, readonly string[]>> = {
  Animal: ['fox'],
  'color/base': ['red'],
  'dark/light': ['dusk'],
  'a/b/light': ['dawn'],
};

const environment = testEnvironment({
  wildcard: (name) => FILES[name] ?? null,
  wildcardNames: () => Object.keys(FILES),
});

it.each([
  ['__Animal__', ['fox']],
  ['__animal__', ['fox']],
  ['__COLOR/Base__', ['red']],
  ['__color/*__', ['red']],
  ['__*/light__', ['dusk']],
  ['__**/light__', ['dusk', 'dawn']],
  ['__*ima*__', ['fox']],
  ['__a/**__', ['dawn']],
])('%s is one of %j', (written, expected) => {
  const outcomes = Array.from({ length: 40 }, (_, seed) => {
    const { plan } = checkTravel(`---\nseed: ${seed}\n---\n${written}`, environment);
    return plan?.prompts[0]?.text;
  });
  expect(new Set(outcomes)).toEqual(new Set(expected));
});

it.each(['__*/nothing__', '__light__', '__color/*x__'])('%s is not found', (written) => {
  expect(checkTravel(written, environment).problems.map(({ code }) => code)).toEqual(['travel/unknown-wildcard']);
});
