import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Contains the server and the workbench of VS Code 1.139.1. */
const CODE_SERVER = 'code-server@4.139.1';

export interface VsCodeServer {
  /** For example `localhost:40123`. */
  readonly authority: string;
  /** Resolves with the server's output when it has ended. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

/**
 * Installs VS Code's server from npm into `folder`, once. Only the two native modules that it needs are compiled.
 *
 * @returns the folder of VS Code's server
 */
export async function installVsCodeServer(folder: string): Promise<string> {
  const server = join(folder, 'node_modules/code-server/lib/vscode');
  const stamp = join(folder, 'installed');
  const wanted = `${CODE_SERVER} for Node ${process.versions.modules}`;
  if (existsSync(stamp) && (await readFile(stamp, 'utf8')) === wanted) return server;
  console.log(`Installing ${CODE_SERVER} into ${folder}; this happens once.`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "private": true }');
  const npm = (cwd: string, ...args: string[]) =>
    execFileSync('npm', [...args, '--no-fund', '--no-audit', '--loglevel=error'], { cwd, stdio: 'inherit' });
  npm(folder, 'install', '--ignore-scripts', CODE_SERVER);
  npm(server, 'install', '--omit=dev', '--ignore-scripts');
  npm(server, 'rebuild', '@vscode/spdlog', '@vscode/native-watchdog');
  await writeFile(stamp, wanted);
  return server;
}

/** Installs a package, as `code --install-extension` does. @param data folder of the server that will run it */
export function installExtension(server: string, data: string, vsix: string): void {
  const folders = ['--server-data-dir', data, '--extensions-dir', join(data, 'extensions')];
  const args = [join(server, 'out/server-main.js'), '--accept-server-license-terms', ...folders];
  const output = execFileSync(process.execPath, [...args, '--install-extension', vsix], { encoding: 'utf8' });
  if (!output.includes('was successfully installed')) throw new Error(`${vsix} could not be installed:\n${output}`);
}

/**
 * Starts VS Code's server on a free port.
 *
 * @param data folder for settings, extensions and logs
 * @param environment additional variables, which the extension host inherits
 */
export async function startVsCodeServer(
  server: string,
  data: string,
  environment: NodeJS.ProcessEnv,
): Promise<VsCodeServer> {
  const child = spawn(
    process.execPath,
    [
      join(server, 'out/server-main.js'),
      // Without this flag, a built workbench ignores extensions under development.
      '--enable-smoke-test-driver',
      ...['--host', 'localhost', '--port', '0'],
      ...['--without-connection-token', '--accept-server-license-terms', '--telemetry-level', 'off'],
      ...['--server-data-dir', data, '--extensions-dir', join(data, 'extensions')],
    ],
    { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const lines: string[] = [];
  const ended = once(child, 'close').then(() => lines.join('\n'));
  createInterface(child.stderr).on('line', (line) => lines.push(line));
  const port = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      lines.push(line);
      const listening = /Extension host agent listening on (\d+)/.exec(line);
      if (listening) resolve(listening[1]!);
    });
    void ended.then((output) => reject(new Error(`VS Code's server ended before it accepted connections:\n${output}`)));
  });
  return {
    authority: `localhost:${port}`,
    ended,
    async stop() {
      child.kill();
      await ended;
    },
  };
}
