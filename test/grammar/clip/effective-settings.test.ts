import { describe, expect, it } from 'vitest';
import { effectiveSettings } from '../../../grammar/clip/effective-settings.ts';
import { parseTravel } from '../../../grammar/language.ts';
import type { GivenSettings } from '../../../grammar/settings/schema.ts';
import { testEnvironment } from '../environment.ts';

const settingsOf = (lines: string, overrides: GivenSettings = {}, files: Readonly<Record<string, string>> = {}) =>
  effectiveSettings(
    parseTravel(`---\n${lines}\n---\na`),
    testEnvironment({ readTravelFile: (path) => (files[path] ? { path, text: files[path] } : null) }),
    overrides,
    parseTravel,
  ).settings;

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
