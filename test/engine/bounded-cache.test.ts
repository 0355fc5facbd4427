import { expect, it } from 'vitest';
import { BoundedCache } from '../../engine/bounded-cache.ts';

const bytes = (count: number) => new Uint8Array(count);

it('keeps the values that were used last, within its bytes', () => {
  const cache = new BoundedCache<string, Uint8Array>(() => 10);
  for (const key of ['a', 'b']) cache.set(key, bytes(4));
  cache.get('a');
  cache.set('c', bytes(5));
  expect(['a', 'b', 'c'].map((key) => cache.get(key)?.length)).toEqual([4, undefined, 5]);
  cache.set('a', bytes(1));
  expect(cache.bytes).toBe(6);
  cache.set('too large', bytes(11));
  expect([cache.get('too large'), cache.get('a')?.length, cache.bytes]).toEqual([undefined, 1, 6]);
});

it('drops values when its limit has become lower', () => {
  let most = Number.POSITIVE_INFINITY;
  const cache = new BoundedCache<number, Uint8Array>(() => most);
  for (let i = 0; i < 5; i++) cache.set(i, bytes(100));
  expect(cache.bytes).toBe(500);
  most = 250;
  cache.set(5, bytes(100));
  expect(cache.bytes).toBe(200);
});
