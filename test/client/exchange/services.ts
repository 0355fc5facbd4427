import { beforeEach } from 'vitest';
import { effectiveSettings } from '../../../grammar/clip/effective-settings.ts';
import { parseTravel } from '../../../grammar/syntax/parse.ts';
import {
  CONVERT_SCHEDULE,
  type ConvertScheduleAnswer,
  EXPORT,
  ExportRequest,
  IMPORT,
  ImportRequest,
  NAME_INPUT,
  NameInputRequest,
} from '../../../protocol/language-server.ts';
import { exportOf, importOf } from '../../../server/features/exchange.ts';
import { nameInputOf } from '../../../server/features/name-input.ts';
import { testEnvironment } from '../../grammar/environment.ts';
import { analyze } from '../../server/hosts.ts';
import { fake, Position } from '../vscode.ts';

const { readThroughEditor } = await import('../../../client/exchange/read-file.ts');
const { registerNotes } = await import('../../../client/exchange/notes.ts');

/** The server's own answers, without a server. */
export const server = {
  /** What a schedule becomes. */
  converted: { text: null, settings: null, notes: [] } as ConvertScheduleAnswer,
};

const textOf = (uri: string) => fake.documents.find((document) => `${document.uri}` === uri)!.text;

export const client = {
  code2ProtocolConverter: { asUri: (uri: { toString(): string }) => uri.toString(), asPosition: (at: unknown) => at },
  protocol2CodeConverter: { asPosition: ({ line, character }: Position) => new Position(line, character) },
  needsStart: () => false,
  async sendRequest(method: string, params: unknown) {
    if (method === IMPORT) return importOf(ImportRequest.parse(params));
    if (method === CONVERT_SCHEDULE) return server.converted;
    if (method === NAME_INPUT) {
      const { uri, position, path, kind } = NameInputRequest.parse(params);
      return nameInputOf(analyze(textOf(uri)), position, path, kind);
    }
    if (method !== EXPORT) throw new Error(method);
    const request = ExportRequest.parse(params);
    const document = parseTravel(textOf(request.uri));
    return exportOf({ document, effective: effectiveSettings(document, testEnvironment(), {}, parseTravel) }, request);
  },
} as never;

export const services = { client, read: readThroughEditor };

export const REQUEST = JSON.stringify({
  prompt: '0: a\n8: b',
  steps: 9,
  enable_hr: true,
  alwayson_scripts: { AnimateDiff: { args: [{ enable: true, video_length: 16 }] } },
});
export const SCHEDULE = '"0": "red",\n"8": "blue"\n';

/** Before each test: files to import, and an editor in which nothing was done yet. */
export function setUp(): void {
  beforeEach(() => {
    fake.reset();
    server.converted = { text: null, settings: null, notes: [] };
    fake.files.set('/clips/request.json', REQUEST);
    fake.files.set('/clips/schedule.txt', SCHEDULE);
    fake.files.set('/clips/broken.json', '{"prompt": ');
    const notes = registerNotes();
    return () => notes.dispose();
  });
}
