import { expect, it } from 'vitest';
import { css, keyRgb, mixRgb, textOn } from '../../webview/colour.ts';

it('converts the colours of keyframes', () => {
  expect(keyRgb(0)).toEqual([215, 66, 66]);
  expect(css(keyRgb(0), 0.5)).toBe('rgb(215 66 66 / 0.5)');
  expect(mixRgb([0, 100, 200], [100, 100, 0], 0.25)).toEqual([25, 100, 150]);
});

it('writes numbers on keyframes with a contrast of at least 4.5', () => {
  const channel = (value: number) => (value <= 10 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  for (let index = 0; index < 400; index++) {
    const [r, g, b] = keyRgb(index);
    const luminance = 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
    const contrast = textOn([r, g, b]) === '#fff' ? 1.05 / (luminance + 0.05) : (luminance + 0.05) / 0.05;
    expect(contrast).toBeGreaterThan(4.5);
  }
});
