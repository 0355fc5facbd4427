import { workspace } from 'vscode';
import { Preferences, WhenClosed } from '../../protocol/renders.ts';

/** What the user has set for all renders. A value that is not one of the setting's counts as its default. */
export function preferences(): Preferences {
  const settings = workspace.getConfiguration('travel');
  return {
    keepAwake: settings.get<unknown>('keepAwake') !== false,
    whenClosed: WhenClosed.catch('stop').parse(settings.get<unknown>('whenClosed')),
    threads: Preferences.shape.threads.catch(null).parse(settings.get<unknown>('threads')),
  };
}
