import { workspace } from 'vscode';
import { type Preferences, WhenClosed } from '../../protocol/renders.ts';
import { machine } from '../machine.ts';

/** What the user has set for all renders. A value that is not one of the setting's counts as its default. */
export function preferences(): Preferences {
  const settings = workspace.getConfiguration('travel');
  const { gpuMemory, threads, ffmpeg } = machine();
  return {
    keepAwake: settings.get<unknown>('keepAwake') !== false,
    whenClosed: WhenClosed.catch('stop').parse(settings.get<unknown>('whenClosed')),
    ...(gpuMemory !== null && { gpuMemory }),
    ...(ffmpeg !== null && { ffmpeg }),
    threads,
  };
}
