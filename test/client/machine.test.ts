import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { editorCacheFolder, machine, machineVariables } from '../../client/machine.ts';
import { preferences } from '../../client/render/preferences.ts';
import { fake } from './vscode.ts';

vi.mock('vscode', () => import('./vscode.ts'));

it('gives the settings of the computer to programs, to renders and to this window', () => {
  fake.settings = { 'travel.device': 'cuda', 'travel.gpuMemory': 8, 'travel.cacheFolder': '~/cache' };
  expect(machineVariables()).toEqual({
    TRAVEL_DEVICE: 'cuda',
    TRAVEL_GPU_MEMORY: '8',
    TRAVEL_CACHE_FOLDER: '~/cache',
  });
  expect(preferences()).toMatchObject({ gpuMemory: 8e9 });
  expect(editorCacheFolder()).toBe(join(homedir(), 'cache', 'prompt-travel'));
  fake.settings = {};
  expect(machineVariables()).toEqual({});
  expect(preferences()).not.toHaveProperty('gpuMemory');
});

it('lets the environment of the editor come first', () => {
  vi.stubEnv('TRAVEL_DEVICE', 'cpu');
  fake.settings = { 'travel.device': 'cuda' };
  expect(machine().device).toBe('cpu');
  expect(machineVariables()).toEqual({});
  vi.unstubAllEnvs();
});
