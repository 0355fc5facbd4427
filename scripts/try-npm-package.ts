/**
 * `node scripts/try-npm-package.ts` installs what `npm run package:npm` wrote into empty folders, with npm 10, 11 and 12 (or
 * `--npm 11`), and renders there. It fails if a package that gets installed has an install script, which could download
 * anything, or does not come from the registry. It needs npm's registry, and some minutes.
 */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';

const ROOT = resolve(import.meta.dirname, '..');

/** The newest of each is tried. */
const NPM_VERSIONS = ['10', '11', '12'];

interface LockedPackage {
  readonly resolved?: string;
  readonly hasInstallScript?: boolean;
}

/** What is wrong with the packages that a lock file lists, one sentence each. @param registry its address */
export function wrongPackages(packages: Readonly<Record<string, LockedPackage>>, registry: string): string[] {
  return Object.entries(packages).flatMap(([path, { resolved = registry, hasInstallScript }]) => [
    ...(hasInstallScript ? [`${path} has an install script.`] : []),
    ...(resolved.startsWith(registry) || resolved.startsWith('file:') ? [] : [`${path} comes from ${resolved}.`]),
  ]);
}

async function tryWith(version: string, archive: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), `travel-npm-${version}-`));
  // As on a computer that nobody has set up: this process may have been started by npm.
  const environment = Object.entries(process.env).filter(([name]) => !/^(npm_|onnxruntime_|node_env$)/i.test(name));
  const env = { ...Object.fromEntries(environment), XDG_CACHE_HOME: join(folder, 'cache') };
  const inFolder = async (command: string, ...args: readonly string[]) => {
    const { stdout } = await promisify(execFile)(command, args, {
      cwd: folder,
      env,
      shell: process.platform === 'win32',
    });
    return stdout.trim();
  };
  const npm = (...args: readonly string[]) => inFolder('npx', '--yes', `npm@${version}`, ...args);
  try {
    await writeFile(join(folder, '.npmrc'), '');
    await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
    await cp(join(ROOT, 'examples/portrait.travel'), join(folder, 'portrait.travel'));
    const started = performance.now();
    await npm('install', archive);
    const seconds = (performance.now() - started) / 1000;
    const lock = JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8'));
    const wrong = wrongPackages(lock.packages, await npm('config', 'get', 'registry'));
    if (wrong.length > 0) throw new Error(wrong.join('\n'));
    const travel = (...args: readonly string[]) => npm('exec', '--offline', '--', 'travel', ...args);
    const name = await npm('exec', '--offline', '--', 'prompt-travel', '--version');
    const few = ['--frames', '0-3', '--set', 'steps=2'];
    const written = await travel('render', 'portrait.travel', ...few, '--out', 'a.webp');
    const { size } = await stat(join(folder, written));
    const megabytes = Math.round((await folderSize(join(folder, 'node_modules'))) / 1e6);
    console.log(
      `npm ${await npm('--version')}: installed ${name} in ${seconds.toFixed(0)} s, ${megabytes} MB; rendered ${written}, ${size} bytes`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function folderSize(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { npm: { type: 'string', multiple: true, default: NPM_VERSIONS } } });
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  for (const each of values.npm) await tryWith(each, join(ROOT, `dist/npm/prompt-travel-${version}.tgz`));
}
