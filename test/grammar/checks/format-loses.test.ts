import { describe, expect, it } from 'vitest';
import { checkTravel } from '../../../grammar/language.ts';
import { testEnvironment } from '../environment.ts';

const lost = (settings: string) =>
  checkTravel(`---\n${settings}\n---\na\n`, testEnvironment()).problems.flatMap(({ code, severity, message }) =>
    code === 'travel/format-loses' ? [`${severity}: ${message}`] : [],
  );

describe('what formats lose', () => {
  it('is reported once for each format that loses it', () => {
    const settings = 'video: {source: a.mp4}\naudio: keep\nloop: 2\nsave: [mp4, gif, webp, webm, png, txt]';
    expect(lost(settings)).toEqual([
      'information: `mp4` files have no loop count. `loop` acts on `gif` and `webp` only.',
      'information: `gif` files have no sound. `audio` acts on `mp4` and `webm` only.',
      'information: `webp` files have no sound. `audio` acts on `mp4` and `webm` only.',
      'information: `webm` files have no loop count. `loop` acts on `gif` and `webp` only.',
    ]);
  });

  it('is not reported if nothing is lost, or if no format has it', () => {
    for (const settings of [
      'save: [mp4, gif]',
      'loop: 2\nsave: [mp4, webm]',
      'loop: 2\nsave: [gif, png]',
      'audio: keep\nsave: [mp4, gif]',
      'audio: keep\nvideo: {path: frames}\nsave: [mp4, gif]',
    ]) {
      expect([settings, lost(settings)]).toEqual([settings, []]);
    }
  });
});
