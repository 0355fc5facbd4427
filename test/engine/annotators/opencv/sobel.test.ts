import { expect, it } from 'vitest';
import { sobelGradients } from '../../../../engine/annotators/opencv/sobel.ts';

/** The gradients in the middle of a picture of 3 × 3 pixels. */
function middle(...channels: readonly (readonly number[])[]) {
  const data = Uint8Array.from(
    { length: 9 * channels.length },
    (_, i) => channels[i % channels.length]![Math.floor(i / channels.length)]!,
  );
  const { both, magnitude } = sobelGradients({ width: 3, height: 3, channels: channels.length, data });
  const at = 2 * 5 + 2;
  return { x: both[at]! >> 16, y: (both[at]! << 16) >> 16, magnitude: magnitude[at] };
}

const right = [0, 0, 9, 0, 0, 9, 0, 0, 9];
const up = [9, 9, 9, 0, 0, 0, 0, 0, 0];
const up10 = up.map((value) => (value > 0 ? 10 : 0));

it('takes the channel with the largest magnitude, the first of equals', () => {
  expect(middle(right)).toEqual({ x: 36, y: 0, magnitude: 36 });
  expect(middle(right, up)).toEqual({ x: 36, y: 0, magnitude: 36 });
  expect(middle(up, right)).toEqual({ x: 0, y: -36, magnitude: 36 });
  expect(middle(right, up10, right)).toEqual({ x: 0, y: -40, magnitude: 40 });
});

it('repeats the border', () => {
  const { magnitude } = sobelGradients({ width: 2, height: 1, channels: 1, data: Uint8Array.of(0, 255) });
  expect([...magnitude.subarray(5, 7)]).toEqual([1020, 1020]);
});
