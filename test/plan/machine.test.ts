import { describe, expect, it } from 'vitest';
import {
  MACHINE_KEYS,
  MACHINE_SETTINGS,
  type MachineKey,
  NO_MACHINE,
  onMachine,
  resolveMachine,
} from '../../plan/machine.ts';

/** Three valid values of each, as they are written, and what they mean. */
const VALUES: Readonly<Record<MachineKey, readonly (readonly [written: unknown, meaning: unknown])[]>> = {
  device: [
    ['cpu', 'cpu'],
    ['cuda', 'cuda'],
    ['auto', 'auto'],
  ],
  gpuMemory: [
    ['8', 8e9],
    ['6.5', 6.5e9],
    [24, 24e9],
  ],
  threads: [
    ['1', 1],
    ['4', 4],
    [16, 16],
  ],
  cacheFolder: [
    ['/a', '/a'],
    ['~/b', '~/b'],
    [' c ', 'c'],
  ],
  checkpoint: [
    ['a.safetensors', 'a.safetensors'],
    ['b', 'b'],
    ['/c.ckpt', '/c.ckpt'],
  ],
  ffmpeg: [
    ['/a/ffmpeg', '/a/ffmpeg'],
    ['C:\\b\\ffmpeg.exe', 'C:\\b\\ffmpeg.exe'],
    [' /c ', '/c'],
  ],
  outputRoot: [
    ['/a', '/a'],
    ['~/b', '~/b'],
    ['c', 'c'],
  ],
};

describe('resolveMachine', () => {
  it('has nothing if nothing is set', () => {
    expect(resolveMachine({})).toEqual({ machine: NO_MACHINE, wrong: [] });
  });

  it.each(MACHINE_KEYS)('takes %s from the flag, then from the variable, then from the setting', (key) => {
    const { variable, setting } = MACHINE_SETTINGS[key];
    const [first, second, third] = VALUES[key] as [
      readonly [unknown, unknown],
      readonly [unknown, unknown],
      readonly [unknown, unknown],
    ];
    const flags = { [key]: first[0] };
    const environment = { [variable]: String(second[0]) };
    const settings = { [setting]: third[0] };
    const get = (sources: Parameters<typeof resolveMachine>[0]) => resolveMachine(sources).machine[key];
    expect(get({ flags, environment, settings })).toBe(first[1]);
    expect(get({ environment, settings })).toBe(second[1]);
    expect(get({ settings })).toBe(third[1]);
    expect(get({ flags: { [key]: '' }, environment: { [variable]: ' ' }, settings })).toBe(third[1]);
    const others = MACHINE_KEYS.filter((other) => other !== key);
    expect(others.map((other) => resolveMachine({ flags }).machine[other])).toEqual(others.map(() => null));
  });

  it.each([
    ['device', 'gpu', /TRAVEL_DEVICE.*“gpu”/],
    ['gpuMemory', 'much', /TRAVEL_GPU_MEMORY.*“much”.*gigabytes/],
    ['gpuMemory', '-1', /TRAVEL_GPU_MEMORY.*expected more than 0\.$/],
    ['gpuMemory', 'Infinity', /TRAVEL_GPU_MEMORY.*expected a number of gigabytes\.$/],
    ['threads', '1.5', /TRAVEL_THREADS.*expected a whole number\.$/],
    ['threads', '1e300', /TRAVEL_THREADS.*expected a whole number\.$/],
    ['ffmpeg', 'bin/ffmpeg', /TRAVEL_FFMPEG.*“bin\/ffmpeg”.*absolute/],
  ] as const)('names a value that cannot be used, and goes on with the next one: %s=%s', (key, value, message) => {
    const { variable, setting } = MACHINE_SETTINGS[key];
    const [valid] = VALUES[key];
    const { machine, wrong } = resolveMachine({
      environment: { [variable]: value },
      settings: { [setting]: valid![0] },
    });
    expect(machine[key]).toBe(valid![1]);
    expect(wrong).toEqual([expect.stringMatching(message)]);
  });

  it.each([
    ['device', 5, /^travel\.device is ignored, because “5” cannot be used: expected auto, .*\.$/],
    ['gpuMemory', {}, /: expected a number of gigabytes\.$/],
    ['threads', [1, 2], /: expected a number of threads\.$/],
    ['cacheFolder', 5, /: expected text\.$/],
    ['checkpoint', {}, /: expected text\.$/],
    ['outputRoot', [], /: expected text\.$/],
    ['ffmpeg', true, /: expected text\.$/],
  ] as const)('explains in plain words that a setting has another type: %s: %j', (key, value, message) => {
    const { wrong } = resolveMachine({ settings: { [MACHINE_SETTINGS[key].setting]: value } });
    expect(wrong).toEqual([expect.stringMatching(message)]);
  });

  it('counts 0 as not set, as the editor shows it', () => {
    expect(resolveMachine({ settings: { gpuMemory: 0, device: '' } })).toEqual({ machine: NO_MACHINE, wrong: [] });
  });
});

describe('onMachine', () => {
  it.each([
    ['cuda', 'auto', 'auto'],
    ['auto', 'webgpu', 'webgpu'],
    ['cuda', null, 'cuda'],
    ['cpu', 'cuda', 'cpu'],
    ['cpu', 'auto', 'cpu'],
    ['auto', 'cpu', 'cpu'],
  ] as const)('a file with device %s on a computer with %s renders on %s', (device, ofComputer, expected) => {
    const file = { device, checkpoint: 'pocket' };
    expect(onMachine(file, true, { device: ofComputer, checkpoint: null }).device).toBe(expected);
  });

  it('keeps the checkpoint that a file names', () => {
    const machine = { device: null, checkpoint: 'mine' };
    expect(onMachine({ device: 'auto', checkpoint: 'pocket' }, true, machine).checkpoint).toBe('pocket');
    expect(onMachine({ device: 'auto', checkpoint: 'pocket' }, false, machine).checkpoint).toBe('mine');
  });
});
