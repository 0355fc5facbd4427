import { describe, expect, it } from 'vitest';
import { effectiveSettings } from '../../../grammar/clip/effective-settings.ts';
import { parseTravel } from '../../../grammar/language.ts';
import type { GivenSettings } from '../../../grammar/settings/schema.ts';
import { testEnvironment } from '../environment.ts';

const effective = (lines: string, overrides: GivenSettings = {}, files: Readonly<Record<string, string>> = {}) =>
  effectiveSettings(
    parseTravel(`---\n${lines}\n---\na`),
    testEnvironment({ readTravelFile: (path) => (files[path] ? { path, text: files[path] } : null) }),
    overrides,
    parseTravel,
  );
const settingsOf = (...given: Parameters<typeof effective>) => effective(...given).settings;

describe('the effective settings of the webui dialect', () => {
  it('close the loop and overwrite windows', () => {
    expect(settingsOf('dialect: webui\nfuse: flat')).toMatchObject({ closed_loop: 'R-P', fuse: 'overwrite' });
    expect(settingsOf('dialect: travel')).toMatchObject({ closed_loop: 'N', fuse: 'pyramid' });
  });

  it('keep a loop that the file, an extended file, or the command line sets', () => {
    expect(settingsOf('dialect: webui\nclosed_loop: N').closed_loop).toBe('N');
    const files = { 'base.travel': '---\ndialect: webui\nclosed_loop: A\n---\n' };
    expect(settingsOf('extends: base.travel', {}, files)).toMatchObject({ closed_loop: 'A', fuse: 'overwrite' });
    expect(settingsOf('dialect: webui', { closed_loop: 'R+P' }).closed_loop).toBe('R+P');
  });
});

describe('a value that cannot be used', () => {
  it.each<[string, string, GivenSettings, GivenSettings]>([
    ['a choice', 'sampler: foo', { sampler: 'Euler' }, { steps: 3 }],
    ['a size', 'width: 100', { width: 128 }, { height: 128 }],
    ['a range', 'steps: -1', { steps: 3 }, { seed: 3 }],
    ['a type', 'steps: many', { steps: 3 }, { seed: 3 }],
    ['formats', 'save: []', { save: ['png'] }, { steps: 3 }],
    ['a part', 'video: {source: 5}', { video: { source: 'a.mp4' } as never }, { steps: 3 }],
  ])('is no problem if the command line has another one: %s', (_, line, other, elsewhere) => {
    const kindsOf = (overrides: GivenSettings, lines = line) =>
      effective(lines, overrides, { 'base.travel': `---\n${line}\n---\n` }).issues.map(({ kind }) => kind);
    const [kind] = kindsOf({});
    expect(kind).toBeDefined();
    expect(kindsOf(elsewhere)).toEqual(kindsOf({}));
    expect(kindsOf(other)).toEqual([]);
    expect(settingsOf(line, other)).toMatchObject(other);
    expect(kindsOf(elsewhere, 'extends: base.travel')).toEqual([kind]);
    expect(kindsOf(other, 'extends: base.travel')).toEqual([]);
  });

  it('is still one that the command line cannot have replaced', () => {
    const { issues } = effective('sampler: foo\nwidht: 3\nsampler: Euler', { sampler: 'Euler' });
    expect(issues.map(({ kind }) => kind).sort()).toEqual(['duplicate-setting', 'unknown-setting']);
  });
});
