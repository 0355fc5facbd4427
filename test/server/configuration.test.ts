import { afterEach, describe, expect, it } from 'vitest';
import {
  ConfigurationRequest,
  DidChangeWatchedFilesNotification,
  RegistrationRequest,
} from 'vscode-languageserver/node';
import { type Configuration, readConfiguration } from '../../server/configuration.ts';
import { deferred } from './deferred.ts';
import type { Editor } from './editor.ts';
import { editorInProcess } from './editor.ts';
import { serverHost } from './hosts.ts';

let editor: Editor | null = null;

afterEach(() => editor?.connection.dispose());

describe('readConfiguration', () => {
  it('prefers the current settings to those from the start', () => {
    const initial = { modelFolders: ['a'], wildcardFolders: ['w'] };
    expect(readConfiguration(initial, { modelFolders: ['b'] })).toEqual({
      ok: true,
      configuration: { modelFolders: ['b'], wildcardFolders: ['w'] },
    });
    expect(readConfiguration({}, null)).toEqual({
      ok: true,
      configuration: { modelFolders: [], wildcardFolders: ['wildcards'] },
    });
  });

  it('reports settings that are invalid', () => {
    const read = readConfiguration({}, { modelFolders: 'not a list' });
    expect(read).toMatchObject({ ok: false, reason: expect.stringContaining('modelFolders') });
  });
});

describe('a server', () => {
  it('requests its settings, watches files, and lists models again when model files change', async () => {
    const configured = deferred<Configuration>();
    const rescanned = deferred<undefined>();
    const registered = deferred<string[]>();
    let rescans = 0;
    editor = editorInProcess({
      ...serverHost(),
      configure: async (configuration) => {
        configured.resolve(configuration);
        return ['one folder is missing'];
      },
      rescan: async () => {
        rescans++;
        rescanned.resolve(undefined);
        return [];
      },
      watched: () => [{ folder: null, glob: '**/*.txt' }],
    });
    const logged = deferred<string>();
    editor.connection.onNotification('window/logMessage', ({ message }: { message: string }) =>
      logged.resolve(message),
    );
    editor.connection.onRequest(ConfigurationRequest.type, () => [{ modelFolders: ['/models'] }]);
    editor.connection.onRequest(RegistrationRequest.type, ({ registrations }) =>
      registered.resolve(registrations.map(({ registerOptions }) => JSON.stringify(registerOptions))),
    );
    await editor.initialize({
      workspace: { configuration: true, didChangeWatchedFiles: { dynamicRegistration: true } },
    });
    expect(await configured.promise).toMatchObject({ modelFolders: ['/models'] });
    expect(await logged.promise).toBe('one folder is missing');
    expect(await registered.promise).toEqual([expect.stringContaining('**/*.txt')]);
    const changed = (uri: string) =>
      editor?.connection.sendNotification(DidChangeWatchedFilesNotification.type, { changes: [{ uri, type: 1 }] });
    await changed('file:///videos/wildcards/hair.txt');
    await changed('file:///videos/pose.png');
    await changed('file:///models/new.safetensors');
    await rescanned.promise;
    expect(rescans).toBe(1);
  });

  it('uses the settings from the start if the editor sends none later', async () => {
    const configured = deferred<Configuration>();
    editor = editorInProcess({
      ...serverHost(),
      configure: async (configuration) => {
        configured.resolve(configuration);
        return [];
      },
    });
    await editor.initialize({}, { modelFolders: ['/models'], something: 'else' });
    expect(await configured.promise).toEqual({ modelFolders: ['/models'], wildcardFolders: ['wildcards'] });
  });
});
