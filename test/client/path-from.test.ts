import { expect, it } from 'vitest';
import { pathFrom } from '../../client/exchange/path-from.ts';

it('has a path from the folder of the document', () => {
  expect(pathFrom('/home/me/clips/a.travel', '/home/me/clips/in/b.mp4')).toBe('in/b.mp4');
  expect(pathFrom('/home/me/clips/a.travel', '/home/me/b.mp4')).toBe('../b.mp4');
  expect(pathFrom('/home/me/clips/a.travel', '/mnt/b.mp4')).toBe('/mnt/b.mp4');
});
