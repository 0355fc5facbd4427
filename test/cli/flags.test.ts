import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import {
  addPlanFlags,
  assignment,
  frameRange,
  givenSettings,
  modelFolders,
  outputOf,
  type PlanFlags,
} from '../../cli/flags.ts';

function flagsOf(...args: string[]): PlanFlags {
  const command = addPlanFlags(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  return command.parse(args, { from: 'user' }).opts<PlanFlags>();
}

describe('frameRange', () => {
  it('takes first and last frame, or one', () => {
    expect(frameRange('0-15')).toEqual({ from: 0, to: 15 });
    expect(frameRange(' 7 ')).toEqual({ from: 7, to: 7 });
  });

  it.each(['', '-1', '1-', '3-1', '1..2', '1.5', 'a', '99999999999'])('refuses “%s”', (text) => {
    expect(() => frameRange(text)).toThrow();
  });
});

describe('assignment', () => {
  it('reads values as the front matter does', () => {
    expect(assignment('cfg_scale=9')).toEqual({ cfg_scale: 9 });
    expect(assignment('negative_prompt=a = b: c')).toEqual({ negative_prompt: 'a = b: c' });
    expect(assignment('save=gif,mp4')).toEqual({ save: ['gif', 'mp4'] });
    expect(assignment('cfg_scale={0: 7, 50%: 9}')).toMatchObject({ cfg_scale: { '0': 7, '50%': 9 } });
  });

  it('says which setting was meant, and what a value should be', () => {
    expect(() => assignment('step=3')).toThrow(/steps/);
    expect(() => assignment('steps=none')).toThrow();
    expect(() => assignment('steps')).toThrow(/key=value/);
    expect(() => assignment('=3')).toThrow(/key=value/);
  });
});

describe('outputOf', () => {
  it('starts in the current folder', () => {
    expect(outputOf('out/{name}-{seed}')).toEqual({ output: resolve('out/{name}-{seed}') });
  });

  it('takes an ending that is a format as what to save', () => {
    expect(outputOf('clip.MP4')).toEqual({ output: resolve('clip'), save: ['mp4'] });
    expect(outputOf('take.2')).toEqual({ output: resolve('take.2') });
  });

  it.each(['out/', '.', '..', 'out/.', '/', '../'])('refuses a folder: %s', (path) => {
    expect(() => outputOf(path)).toThrow('{name}');
  });

  it.each(['.hidden', 'out/..x', 'a.'])('takes %s for a name', (path) => {
    expect(outputOf(path)).toEqual({ output: resolve(path) });
  });

  it('keeps characters that mean something in YAML', () => {
    expect(outputOf('a: "b" #c')).toEqual({ output: resolve('a: "b" #c') });
  });
});

describe('flags', () => {
  it('put settings together', () => {
    const settings = (...args: string[]) => givenSettings(flagsOf(...args));
    expect(settings('--set', 'steps=3', '--seed', '7', '--set', 'fps=9', '--set', 'steps=4')).toEqual({
      seed: 7,
      steps: 4,
      fps: 9,
    });
    expect(settings('--set', 'save=gif', '--out', 'a.mp4')).toEqual({ output: resolve('a'), save: ['gif'] });
    expect(settings('--seed', '-1')).toEqual({ seed: -1 });
    expect(settings()).toEqual({});
  });

  it('collect model folders, then those of the environment', () => {
    const flags = flagsOf('--models', 'a', '--models', 'b');
    expect(modelFolders(flags, `c${delimiter}${delimiter}d`)).toEqual(
      ['a', 'b', 'c', 'd'].map((name) => resolve(name)),
    );
    expect(modelFolders({}, '')).toEqual([]);
  });

  it('expand ~ to the home folder', () => {
    const home = (path: string) => join(homedir(), path);
    expect(flagsOf('--models', '~/models').models).toEqual([home('models')]);
    expect(flagsOf('--wildcards', '~', '--wildcards', '~x').wildcards).toEqual([homedir(), resolve('~x')]);
    expect(modelFolders({}, '~/models')).toEqual([home('models')]);
    expect(outputOf('~/clip.gif')).toEqual({ output: home('clip'), save: ['gif'] });
  });
});
