import { expect, it } from 'vitest';
import { importTravel } from '../../exchange/import.ts';
import { meaningOf } from './meaning.ts';

const FIRST = 'a house\nNegative prompt: bad\nSteps: 20, Sampler: Euler a, Seed: 12';
const SECOND = 'another house\nNegative prompt: worse\nSteps: 30, Sampler: DDIM, Seed: 99';

it.each([
  ['after another', `${FIRST}\n\n${SECOND}`],
  ['pasted into a prompt', `${FIRST}\nSteps: 30, Sampler: DDIM, Seed: 99`],
  ['of Windows', `${FIRST}\n\n${SECOND}`.replaceAll('\n', '\r\n')],
])('an infotext %s is read as A1111 reads it, with a note that has the other parameters', (_, text) => {
  const { travel, notes } = importTravel([{ text }]);
  const { settings } = meaningOf(travel);
  expect([settings.steps, settings.seed]).toEqual([30, 99]);
  const messages = notes.map(({ message }) => message);
  expect(messages.filter((message) => message.includes('There are 2 lines of parameters.'))).toEqual([
    expect.stringMatching(/The others were: Steps: 20, Sampler: Euler a, Seed: 12$/),
  ]);
});

it.each([
  ['a line that only begins so', 'Steps: to the garden\na house\nSteps: 30, Sampler: DDIM, Seed: 99'],
  ['one', SECOND],
])('%s has no such note', (_, text) => {
  const { notes } = importTravel([{ text }]);
  expect(notes.map(({ message }) => message).join('\n')).not.toContain('lines of parameters');
});
