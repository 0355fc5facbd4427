import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { NodeHost } from './hosts/node-host.ts';
import { startServer } from './server.ts';

// `server/` and the bundle's `dist/` are both one below the package's folder. How to talk is in the arguments: --stdio, --node-ipc, --socket=… or --pipe=….
startServer(createConnection(ProposedFeatures.all), new NodeHost(new URL('../', import.meta.url)));
