import { describe, expect, it } from 'vitest';
import type { Environment } from '../../../grammar/clip/environment.ts';
import { CachedEnvironment } from '../../../server/documents/cached-environment.ts';

const disk: Environment = {
  resolveModel: () => null,
  modelNames: () => ['a model'],
  readTravelFile: () => null,
  wildcard: (name) => [name],
  outputFolder: '/',
  fileName: 'test',
  now: new Date(0),
  randomSeed: () => 0,
};

/** A disk that answers when it is told to. */
function slowDisk() {
  let answer: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => {
    answer = resolve;
  });
  return {
    answer,
    host: {
      settle: async <T>(_: string, work: (host: Environment) => T): Promise<T> => {
        await promise;
        return work(disk);
      },
      tokenizer: async () => null,
    },
  };
}

/** A host whose disk answers at once. */
const settleOn = (host: Environment) => ({
  settle: async <T>(_: string, work: (host: Environment) => T) => work(host),
  tokenizer: async () => null,
});

describe('CachedEnvironment', () => {
  it('has nothing to find out where nothing was asked', async () => {
    expect(await new CachedEnvironment('file:///a.travel', 1).learn(slowDisk().host)).toBe(false);
  });

  it('lets everybody who asks meanwhile wait for what is being found out', async () => {
    const answers = new CachedEnvironment('file:///a.travel', 1);
    const { host, answer } = slowDisk();
    expect(answers.wildcard('colour')).toBeNull();
    const first = answers.learn(host);
    let secondIsDone = false;
    const second = answers.learn(host).then((learned) => {
      secondIsDone = true;
      return learned;
    });
    await Promise.resolve();
    expect(secondIsDone).toBe(false);
    answer();
    expect(await Promise.all([first, second])).toEqual([true, true]);
    expect(answers.wildcard('colour')).toEqual(['colour']);
    expect(await answers.learn(host)).toBe(false);
  });

  it('comes to an end with several who check at once', async () => {
    const answers = new CachedEnvironment('file:///a.travel', 1);
    const { host, answer } = slowDisk();
    answer();
    const checkUntilSettled = async () => {
      let rounds = 0;
      do answers.wildcard('colour');
      while ((await answers.learn(host)) && ++rounds < 20);
      return rounds;
    };
    const rounds = await Promise.all([checkUntilSettled(), checkUntilSettled(), checkUntilSettled()]);
    expect(Math.max(...rounds)).toBeLessThan(3);
  });

  it('takes an input on trust until it is known, and where nobody knows', async () => {
    const answers = new CachedEnvironment('file:///a.travel', 1);
    const missing = { found: 'nothing', names: ['b'] } as const;
    const knowing: Environment = { ...disk, missingInput: (path) => (path === 'a' ? missing : null) };
    expect(answers.missingInput('a', 'file')).toBeNull();
    await answers.learn(settleOn(knowing));
    expect(answers.missingInput('a', 'file')).toEqual(missing);
    answers.forget();
    expect(answers.missingInput('a', 'file')).toBeNull();
    await answers.learn(settleOn(disk));
    expect(answers.missingInput('a', 'file')).toBeNull();
    expect(await answers.learn(settleOn(knowing))).toBe(false);
  });

  it('says how much memory there is once it has asked', async () => {
    const answers = new CachedEnvironment('file:///a.travel', 1);
    expect(answers.memory).toBeNull();
    await answers.learn(settleOn({ ...disk, memory: 8e9 }));
    expect(answers.memory).toBe(8e9);
  });

  it('can be asked again after a disk that failed', async () => {
    const answers = new CachedEnvironment('file:///a.travel', 1);
    answers.wildcard('colour');
    const failing = { settle: () => Promise.reject(new Error('gone')), tokenizer: async () => null };
    await expect(answers.learn(failing)).rejects.toThrow('gone');
    answers.modelNames('lora');
    const { host, answer } = slowDisk();
    answer();
    expect(await answers.learn(host)).toBe(true);
    expect(answers.modelNames('lora')).toEqual(['a model']);
  });
});
