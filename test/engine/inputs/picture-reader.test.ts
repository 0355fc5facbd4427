import { expect, it } from 'vitest';
import { PictureReader } from '../../../engine/inputs/picture-reader.ts';

/** 3.1 MB: 43 of them are more than the reader keeps. */
const [WIDTH, HEIGHT] = [1280, 816];

function readerOf(order: readonly number[]) {
  const decoded: number[] = [];
  let open = 0;
  // As a decoder does.
  const rgb = new Uint8Array(WIDTH * HEIGHT * 3);
  const reader = new PictureReader(order, async function* (wanted) {
    open++;
    try {
      for (const index of [...wanted].sort((a, b) => a - b)) {
        decoded.push(index);
        rgb[0] = index;
        yield { indices: [index], width: WIDTH, height: HEIGHT, rgb };
      }
    } finally {
      open--;
    }
  });
  return { reader, decoded, isOpen: () => open > 0 };
}

it('decodes a picture when it is needed, and the program that decodes ends', async () => {
  const { reader, decoded, isOpen } = readerOf([0, 1, 2, 3, 4, 5]);
  expect(decoded).toEqual([]);
  const [second, first] = await Promise.all([reader.get(1), reader.get(2)]);
  expect([first[0], second[0]]).toEqual([2, 1]);
  expect(decoded).toEqual([1, 2]);
  expect(isOpen()).toBe(true);
  await reader.close();
  expect(isOpen()).toBe(false);
});

it('reads a video again for a picture that was passed and dropped', async () => {
  const { reader, decoded } = readerOf(Array.from({ length: 100 }, (_, i) => i));
  await reader.get(0);
  await reader.get(99);
  expect(decoded).toHaveLength(100);
  expect((await reader.get(98))[0]).toBe(98);
  expect(decoded).toHaveLength(100);
  expect((await reader.get(3))[0]).toBe(3);
  expect(decoded.slice(100)).toEqual([3]);
  await reader.close();
});

it('reads again after it was closed, and the program ends once more', async () => {
  const { reader, decoded, isOpen } = readerOf([0, 1, 2]);
  await reader.get(0);
  await reader.close();
  expect((await reader.get(1))[0]).toBe(1);
  expect([decoded, isOpen()]).toEqual([[0, 1], true]);
  await reader.close();
  expect(isOpen()).toBe(false);
});
