import { spawn } from 'node:child_process';
import { type FileHandle, open } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { makeFolder } from '../../disk/make-folder.ts';
import { RENDER_LOG } from '../../protocol/cache-layout.ts';
import { connect } from './endpoint.ts';
import type { ServiceOptions } from './service-options.ts';

/** How long the service may take to start, on a busy computer. */
const START_MS = 60_000;

/** Bytes of the log above which it is begun again. */
const MOST_LOG = 1_000_000;

/**
 * Starts the render service, and connects to it.
 *
 * @param entry absolute path of its program
 * @throws Error if it cannot be started, in a sentence for the user
 */
export async function startService(endpoint: string, entry: string, options: ServiceOptions): Promise<Socket> {
  const file = await openLog(options.cacheFolder);
  try {
    const child = spawn(process.execPath, [entry, JSON.stringify(options)], {
      // VS Code's executable is Electron, which runs as Node only if this is set.
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      // It outlives this window.
      detached: true,
      stdio: ['ignore', file.fd, file.fd],
    });
    const failed = new Promise<never>((_, reject) => {
      child.once('error', ({ message }) =>
        reject(new Error(`The render service cannot be started with ${process.execPath}: ${message}. Try again.`)),
      );
    });
    child.unref();
    return await Promise.race([failed, whenListening(endpoint, join(options.cacheFolder, RENDER_LOG))]);
  } finally {
    await file.close();
  }
}

/**
 * The service's log, to add to. It keeps what earlier services wrote, because they may have ended for a reason.
 *
 * @param cacheFolder absolute; created if it is missing
 * @throws Error in a sentence for the user
 */
export async function openLog(cacheFolder: string): Promise<FileHandle> {
  const path = join(cacheFolder, RENDER_LOG);
  try {
    await makeFolder(cacheFolder);
    const file = await open(path, 'a');
    const { size } = await file.stat();
    // Other services add to its end, wherever that is.
    if (size > MOST_LOG) await file.truncate();
    return file;
  } catch (error) {
    const why = reasonOf(error as NodeJS.ErrnoException, cacheFolder);
    throw new Error(`The render service cannot be started, because its log ${path} cannot be written: ${why}`);
  }
}

/** Why the cache folder cannot be used, and what to do. */
function reasonOf({ code, message }: NodeJS.ErrnoException, cacheFolder: string): string {
  switch (code) {
    case 'EEXIST':
    case 'ENOTDIR':
      return `${cacheFolder} is not a folder, or is inside a file. Move that file away and try again.`;
    case 'EROFS':
      return 'the disk is read-only. Make it writable and try again.';
    case 'EACCES':
    case 'EPERM':
      return 'you may not write there. Change the permissions of the folder and try again.';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full. Free some space and try again.';
    default:
      return `${message}. Check the folder and try again.`;
  }
}

/** @throws Error if nobody listens in time */
async function whenListening(endpoint: string, log: string): Promise<Socket> {
  for (const start = Date.now(); Date.now() - start < START_MS; ) {
    const socket = await connect(endpoint);
    if (socket) return socket;
    await setTimeout(50);
  }
  throw new Error(`The render service did not start. ${log} may have the reason.`);
}
