import { BrowserMessageReader, BrowserMessageWriter, createConnection } from 'vscode-languageserver/browser';
import { BrowserHost } from './hosts/browser-host.ts';
import { Lifecycle } from './lifecycle.ts';
import { startServer } from './server.ts';

/** The worker's scope, which Node's types do not declare. */
declare const self: ConstructorParameters<typeof BrowserMessageReader>[0];

const connection = createConnection(new BrowserMessageReader(self), new BrowserMessageWriter(self), {
  messageStrategy: new Lifecycle(),
});
startServer(connection, new BrowserHost(connection));
