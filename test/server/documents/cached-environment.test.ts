import { describe, expect, it } from 'vitest';
import type { Environment } from '../../../grammar/clip/environment.ts';
import { CachedEnvironment } from '../../../server/documents/cached-environment.ts';

const disk: Environment = {
  resolveModel: () => null,
  modelNames: () => ['a model'],
  readTravelFile: () => null,
  wildcard: (name) => [name],
  wildcardNames: () => ['colour'],
  outputFolder: '/',
  fileName: 'test',
  now: new Date(0),
  randomSeed: () => 0,
};

/** A disk that answers once `answer` is called. */
function slowDisk() {
  let answer: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => {
    answer = resolve;
  });
  return {
    answer,
    host: {
      settle: async <T>(_: string, work: (environment: Environment) => T): Promise<T> => {
        await promise;
        return work(disk);
      },
      tokenizer: async () => null,
    },
  };
}

/** A host whose disk answers at once. */
const settleOn = (environment: Environment) => ({
  settle: async <T>(_: string, work: (environment: Environment) => T) => work(environment),
  tokenizer: async () => null,
});

describe('CachedEnvironment', () => {
  it('has nothing to look up if nothing was asked', async () => {
    expect(await new CachedEnvironment('file:///a.travel', 1).learn(slowDisk().host)).toBe(false);
  });

  it('makes callers wait for a lookup in progress', async () => {
    const environment = new CachedEnvironment('file:///a.travel', 1);
    const { host, answer } = slowDisk();
    expect(environment.wildcard('colour')).toBeNull();
    const first = environment.learn(host);
    let secondIsDone = false;
    const second = environment.learn(host).then((learned) => {
      secondIsDone = true;
      return learned;
    });
    await Promise.resolve();
    expect(secondIsDone).toBe(false);
    answer();
    expect(await Promise.all([first, second])).toEqual([true, true]);
    expect(environment.wildcard('colour')).toEqual(['colour']);
    expect(await environment.learn(host)).toBe(false);
  });

  it('learns the names of wildcards', async () => {
    const environment = new CachedEnvironment('file:///a.travel', 1);
    expect(environment.wildcardNames()).toEqual([]);
    expect(await environment.learn(settleOn(disk))).toBe(true);
    expect(environment.wildcardNames()).toEqual(['colour']);
  });

  it('settles with several callers at once', async () => {
    const environment = new CachedEnvironment('file:///a.travel', 1);
    const { host, answer } = slowDisk();
    answer();
    const checkUntilSettled = async () => {
      let rounds = 0;
      do environment.wildcard('colour');
      while ((await environment.learn(host)) && ++rounds < 20);
      return rounds;
    };
    const rounds = await Promise.all([checkUntilSettled(), checkUntilSettled(), checkUntilSettled()]);
    expect(Math.max(...rounds)).toBeLessThan(3);
  });

  it('assumes that an input exists until it is looked up, or if the environment does not know', async () => {
    const environment = new CachedEnvironment('file:///a.travel', 1);
    const missing = { found: 'nothing', names: ['b'] } as const;
    const knowing: Environment = { ...disk, missingInput: (path) => (path === 'a' ? missing : null) };
    expect(environment.missingInput('a', 'file')).toBeNull();
    await environment.learn(settleOn(knowing));
    expect(environment.missingInput('a', 'file')).toEqual(missing);
    environment.forget();
    expect(environment.missingInput('a', 'file')).toBeNull();
    await environment.learn(settleOn(disk));
    expect(environment.missingInput('a', 'file')).toBeNull();
    expect(await environment.learn(settleOn(knowing))).toBe(false);
  });

  it('knows the files that may be embeddings after they were looked up', async () => {
    const environment = new CachedEnvironment('file:///a.travel', 1);
    expect(environment.possibleEmbeddings()).toEqual([]);
    await environment.learn(settleOn({ ...disk, possibleEmbeddings: () => ['may be one'] }));
    expect(environment.possibleEmbeddings()).toEqual(['may be one']);
    environment.forget();
    environment.possibleEmbeddings();
    await environment.learn(settleOn(disk));
    expect(environment.possibleEmbeddings()).toEqual(['a model']);
  });

  it('has the size of the memory after it was looked up', async () => {
    const environment = new CachedEnvironment('file:///a.travel', 1);
    expect(environment.memory).toBeNull();
    await environment.learn(settleOn({ ...disk, memory: 8e9 }));
    expect(environment.memory).toBe(8e9);
  });

  it('can look up again after a failure', async () => {
    const environment = new CachedEnvironment('file:///a.travel', 1);
    environment.wildcard('colour');
    const failing = { settle: () => Promise.reject(new Error('gone')), tokenizer: async () => null };
    await expect(environment.learn(failing)).rejects.toThrow('gone');
    environment.modelNames('lora');
    const { host, answer } = slowDisk();
    answer();
    expect(await environment.learn(host)).toBe(true);
    expect(environment.modelNames('lora')).toEqual(['a model']);
  });
});
