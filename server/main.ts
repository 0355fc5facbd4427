import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { NodeHost } from './hosts/node-host.ts';
import { Lifecycle } from './lifecycle.ts';
import { startServer } from './server.ts';
import { stdioConnection } from './stdio.ts';

// Without --stdio, the arguments select another transport: --node-ipc, --socket=… or --pipe=….
const connection = process.argv.includes('--stdio')
  ? stdioConnection()
  : createConnection(ProposedFeatures.all, { messageStrategy: new Lifecycle() });
// `server/` and the bundle's `dist/` are both directly in the package's folder.
startServer(connection, new NodeHost(new URL('../', import.meta.url)));
