import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const JSON_RPC = pathToFileURL(join(import.meta.dirname, '../../node_modules/vscode-jsonrpc/lib/node/main.js')).href;

/**
 * Writes a program that stands in for the engine.
 *
 * @param body what it does with a render request: `answer(result)`, `notify(method, value)`, or anything else; without
 * one it answers with the failure "done"
 * @returns its path
 */
export async function writeStandIn(folder: string, body: string): Promise<string> {
  const path = join(folder, 'stand-in.mjs');
  await writeFile(
    path,
    `import jsonrpc from ${JSON.stringify(JSON_RPC)};
const connection = jsonrpc.createMessageConnection(new jsonrpc.IPCMessageReader(process), new jsonrpc.IPCMessageWriter(process));
const notify = (method, value) => connection.sendNotification(method, value);
connection.onRequest('travel/render', async (request) => {
  let result = { ok: false, kind: 'internal', message: 'done' };
  const answer = (value) => { result = value; };
  ${body}
  return result;
});
process.on('disconnect', () => process.exit());
connection.listen();
`,
  );
  return path;
}
