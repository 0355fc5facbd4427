import { BrowserMessageReader, BrowserMessageWriter, createConnection } from 'vscode-languageserver/browser';
import { BrowserHost } from './hosts/browser-host.ts';
import { startServer } from './server.ts';

/** A worker's own scope; the project is checked with the types of Node, which has none. */
declare const self: ConstructorParameters<typeof BrowserMessageReader>[0];

const connection = createConnection(new BrowserMessageReader(self), new BrowserMessageWriter(self));
startServer(connection, new BrowserHost(connection));
