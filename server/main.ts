import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { NodeHost } from './hosts/node-host.ts';
import { startServer } from './server.ts';

// `server/` and the bundle's `dist/` are both directly in the package's folder.
// The arguments select the transport: --stdio, --node-ipc, --socket=… or --pipe=….
startServer(createConnection(ProposedFeatures.all), new NodeHost(new URL('../', import.meta.url)));
