import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { lstat, mkdir, rm, rmdir } from 'node:fs/promises';
import { connect as connectTo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import {
  createMessageConnection,
  type MessageConnection,
  SocketMessageReader,
  SocketMessageWriter,
} from 'vscode-jsonrpc/node';

/** After this time, whoever started to listen has been killed. */
const LOCK_MS = 5_000;

/** Bytes of a Unix socket's path: 103 on macOS, 107 on Linux. */
const LONGEST_PATH = 103;

/**
 * The address of the render service of a cache folder: a Unix socket in a folder of this user, or a named pipe on
 * Windows, which Node.js opens to this user only.
 *
 * @throws Error if the folder of the socket cannot be created, belongs to another user, or others may open it
 */
export async function endpointOf(
  cacheFolder: string,
  platform = process.platform,
  runtimeFolder = process.env.XDG_RUNTIME_DIR,
): Promise<string> {
  const name = `renders-${createHash('sha256').update(cacheFolder).digest('hex').slice(0, 12)}`;
  const { uid, username } = userInfo();
  if (platform === 'win32') return `\\\\.\\pipe\\prompt-travel-${username}-${name}`;
  const folderIn = (parent: string) => join(parent, `prompt-travel-${uid}`);
  const fits = (parent: string) => Buffer.byteLength(join(folderIn(parent), `${name}.sock`)) <= LONGEST_PATH;
  // It can be set, but missing, as after `su` or in a container.
  const parent = [runtimeFolder, tmpdir()].find((each) => each && existsSync(each) && fits(each));
  if (!parent) {
    const why = `the temporary folder ${tmpdir()} is missing, or its path is too long for a socket`;
    throw new Error(`The render service cannot be reached: ${why}. Set TMPDIR to a folder with a shorter path.`);
  }
  const folder = folderIn(parent);
  await mkdir(folder, { mode: 0o700 }).catch(({ code, message }: NodeJS.ErrnoException) => {
    if (code === 'EEXIST') return;
    const todo = 'Make its parent folder writable and try again.';
    throw new Error(`The render service cannot be reached: ${folder} cannot be created: ${message}. ${todo}`);
  });
  const info = await lstat(folder);
  if (!info.isDirectory() || info.uid !== uid || (info.mode & 0o077) !== 0) {
    throw new Error(`${folder} is not a folder that only you can open. Remove it and try again.`);
  }
  return join(folder, `${name}.sock`);
}

/** A connection to whoever listens; null if nobody does. */
export function connect(endpoint: string): Promise<Socket | null> {
  return new Promise((resolve, reject) => {
    const socket = connectTo(endpoint);
    socket.once('connect', () => resolve(socket));
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(null);
      else reject(error);
    });
  });
}

/** JSON-RPC over a connection. */
export function messagesOver(socket: Socket): MessageConnection {
  return createMessageConnection(new SocketMessageReader(socket), new SocketMessageWriter(socket));
}

/** Listens, unless another process does: then null. Of several processes at the same time, one listens. */
export async function listenAlone(endpoint: string, onConnection: (socket: Socket) => void): Promise<Server | null> {
  if (endpoint.startsWith('\\\\')) return listen(endpoint, onConnection);
  const release = await lock(`${endpoint}.lock`);
  try {
    const other = await connect(endpoint);
    other?.destroy();
    if (other) return null;
    // The socket of a process that was killed remains.
    await rm(endpoint, { force: true });
    return await listen(endpoint, onConnection);
  } finally {
    await release();
  }
}

function listen(endpoint: string, onConnection: (socket: Socket) => void): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer(onConnection);
    server.once('listening', () => resolve(server));
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(null);
      else reject(error);
    });
    server.listen(endpoint);
  });
}

/** @returns what releases the lock */
async function lock(path: string): Promise<() => Promise<void>> {
  for (;;) {
    try {
      await mkdir(path);
      return () => rmdir(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const info = await lstat(path).catch(() => null);
    if (info && Date.now() - info.mtimeMs > LOCK_MS) await rm(path, { recursive: true, force: true });
    await setTimeout(20);
  }
}
