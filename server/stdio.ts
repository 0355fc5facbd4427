import { type Connection, createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { FramingCheck } from './framing-check.ts';
import { Lifecycle } from './lifecycle.ts';

/** A connection over standard input and output. It ends the process when the input ends or is not valid. */
export function stdioConnection(): Connection {
  const input = process.stdin.pipe(new FramingCheck());
  // Destroyed by the error, the stream closes, and the connection ends the process with code 1.
  input.on('error', ({ message }) => console.error(`The language server ends: ${message}`));
  return createConnection(ProposedFeatures.all, input, process.stdout, { messageStrategy: new Lifecycle() });
}
