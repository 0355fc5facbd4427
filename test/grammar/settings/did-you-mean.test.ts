import { describe, expect, it } from 'vitest';
import { checkTravel } from '../../../grammar/language.ts';
import { didYouMean } from '../../../grammar/settings/did-you-mean.ts';
import { choicesOf, kindOf, partsOf } from '../../../grammar/settings/inspect.ts';
import { SETTING_KEYS, Settings } from '../../../grammar/settings/schema.ts';
import { NAMED_EASINGS } from '../../../plan/easing.ts';
import { testEnvironment } from '../environment.ts';

const ON = ['true', 'yes', 'on', 'y', '1', 'all', 'always', 'enable', 'enabled'];
const OFF = ['false', 'no', 'off', 'none', 'n', '0', 'never', 'disable', 'disabled'];
const variants = (word: string) => [word, word.toUpperCase(), `${word.charAt(0).toUpperCase()}${word.slice(1)}`];

/** Every closed set of values, with the path of its setting. */
const enums = SETTING_KEYS.flatMap((key) =>
  [
    [key, Settings.shape[key]] as const,
    ...Object.entries(partsOf(Settings.shape[key])).map(([name, type]) => [`${key}.${name}`, type] as const),
  ].flatMap(([path, type]) => {
    const choices = choicesOf(type);
    return choices ? [{ path, choices, isList: kindOf(type) === 'list' }] : [];
  }),
);

const isOff = (choice: string) => OFF.includes(choice.toLowerCase());
const isOn = (choice: string) => ON.includes(choice.toLowerCase());

describe('“Did you mean” never offers the opposite', () => {
  it.each(enums)('of a switch or a number, for $path', ({ path, choices }) => {
    for (const written of ON.flatMap(variants)) {
      expect([path, written, choices.filter((c) => c === didYouMean(written, choices) && isOff(c))]).toEqual([
        path,
        written,
        [],
      ]);
    }
    for (const written of [...OFF.flatMap(variants), '-1']) {
      expect([path, written, choices.filter((c) => c === didYouMean(written, choices) && isOn(c))]).toEqual([
        path,
        written,
        [],
      ]);
    }
  });

  it.each([...ON, 'True', 'ON', 'Yes', '2', 'R', 'P', 'RP', 'loop', 'closed', 'x', '~'])(
    'of a closed loop: closed_loop: %s',
    (written) => {
      const { problems } = checkTravel(`---\nframes: 32\nclosed_loop: ${written}\n---\na fox`, testEnvironment());
      expect(problems.length).toBe(1);
      expect(problems[0]!.message).not.toContain('Did you mean “N”');
      for (const { title } of problems[0]!.fixes ?? []) expect(title).not.toContain('“N”');
    },
  );

  it.each(['n', 'no', 'R_P', 'r+p', 'R+p', 'a', 'R-PP'])('but still corrects %s', (written) => {
    expect(didYouMean(written, ['N', 'R-P', 'R+P', 'A'])).not.toBeNull();
  });

  it.each([
    ['positive_prompt', 'negative_prompt'],
    ['load_models', 'unload_models'],
    ['first_frame', 'last_frame'],
    ['latent_power_first', 'latent_power_last'],
    ['remove_head', 'remove_tail'],
    ['remove_first', 'remove_last'],
    ['ease-in', 'ease-out'],
    ['ease_in', 'ease-out'],
    ['zoom_out', 'zoom_in'],
    ['pan-left', 'pan-right'],
    ['gpu', 'cpu'],
    ['cpu', 'gpu'],
    ['day_on', 'day_no'],
  ])('%s is not a misspelled %s', (written, opposite) => {
    expect(didYouMean(written, [opposite])).toBeNull();
    expect(didYouMean(opposite, [written])).toBeNull();
  });

  it.each([
    ['ease-in-ou', 'ease-in-out'],
    ['easein', 'ease-in'],
    ['ease-inn', 'ease-in'],
    ['ease-uot', 'ease-out'],
  ])('the transition %s may still be %s', (written, meant) => {
    expect(didYouMean(written, [...NAMED_EASINGS.keys()])).toBe(meant);
  });
});
