import { expect, it } from 'vitest';
import { OneAtATime } from '../../engine/one-at-a-time.ts';

it('starts work when the work before it has ended or failed, and gives each its own result', async () => {
  const turns = new OneAtATime();
  const log: string[] = [];
  let end: (value: number) => void = () => undefined;
  const first = new Promise<number>((resolve) => {
    end = resolve;
  });
  const results = [
    turns.run(() => {
      log.push('first');
      return first;
    }),
    turns.run(async () => {
      log.push('second');
      throw new Error('broken');
    }),
    turns.run(async () => {
      log.push('third');
      return 3;
    }),
  ];
  await Promise.resolve();
  expect(log).toEqual(['first']);
  end(1);
  expect(await Promise.allSettled(results)).toMatchObject([
    { value: 1 },
    { reason: { message: 'broken' } },
    { value: 3 },
  ]);
  expect(log).toEqual(['first', 'second', 'third']);
});
