import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { NodeHost } from './node.ts';
import { startServer } from './server.ts';

// How to talk is in the arguments: --stdio, --node-ipc, --socket=… or --pipe=….
startServer(createConnection(ProposedFeatures.all), new NodeHost());
