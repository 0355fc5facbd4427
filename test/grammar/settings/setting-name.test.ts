import { describe, expect, it } from 'vitest';
import { checkTravel } from '../../../grammar/language.ts';
import { settingName } from '../../../grammar/settings/setting-name.ts';
import { testEnvironment } from '../environment.ts';

describe('the name of a setting', () => {
  it.each([
    ['fps', 'fps'],
    ['interpolate.x', 'interpolate › x'],
    ['controlnet.0.normalise', 'controlnet › 1 › normalise'],
    ['controlnet.11.weight.8', 'controlnet › 12 › weight › 8'],
    ['cfg_scale.0', 'cfg_scale › 0'],
  ])('%s is %s', (path, name) => {
    expect(settingName(path)).toBe(name);
  });

  it('counts units from 1 in every message', () => {
    const unit = '{model: canny, image: a.png, preprocessor: canny, normalise: clip}';
    const { problems } = checkTravel(`---\ncontrolnet: [${unit}]\n---\na`, testEnvironment());
    expect(problems.map(({ message }) => message).filter((message) => /controlnet › \d/.test(message))).toEqual([
      expect.stringContaining('“controlnet › 1 › normalise”'),
    ]);
  });
});
