/**
 * `npm run package:npm` writes `dist/npm/prompt-travel-VERSION.tgz`: the command line and the language server, as a package
 * for npm's registry.
 */
import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import generate from './generate.ts';
import { withTexts } from './package/nls.ts';
import { bundledPackages, thirdPartyNotices } from './package/notices.ts';
import { npmCommand } from './package/npm-command.ts';
import { NPM_PROGRAMS } from './package/programs.ts';

const ROOT = resolve(import.meta.dirname, '..');
const TARGET = join(ROOT, 'dist/npm');

/** In `dist/`. */
const PROGRAMS = NPM_PROGRAMS.map((name) => `${name}.js`);

/** Globs of `files`. npm adds `package.json`, `README.md`, `LICENSE`, and what is bundled. */
const FILES = [
  'CHANGELOG.md',
  'ThirdPartyNotices.txt',
  ...PROGRAMS.map((name) => `dist/${name}`),
  'docs/**/*.md',
  'examples/*.{gif,travel}',
  'models/clip/*',
  'models/pocket/*',
];

/** What the package has as the repository has it. */
const SOURCES = ['CHANGELOG.md', 'LICENSE', 'README.md', 'docs', 'examples', 'models'];

/** Fields that the repository's manifest and the package's have in common. */
const SAME_FIELDS = [
  'name',
  'version',
  'description',
  'license',
  'homepage',
  'repository',
  'bugs',
  'keywords',
  'type',
] as const;

/** Files of ONNX Runtime that renders use. macOS's library is in its package twice, under two names. */
const RUNTIME: Readonly<Record<string, (path: string) => boolean>> = {
  'onnxruntime-node': (path) =>
    /^(README\.md|dist\/.*\.js|bin\/.*)$/.test(path) && !/\/libonnxruntime\.[\d.]{4,}\.dylib$/.test(path),
  'onnxruntime-common': (path) => /^(README\.md|dist\/cjs\/.*\.(js|json))$/.test(path),
};

type Manifest = Readonly<Record<string, unknown>> & {
  readonly engines: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
};

/** The manifest of the package. @param manifest the repository's */
export function npmManifest(manifest: Manifest): Record<string, unknown> {
  const { 'onnxruntime-node': runtime, sharp } = manifest.dependencies;
  return {
    ...withTexts(Object.fromEntries(SAME_FIELDS.flatMap((key) => (key in manifest ? [[key, manifest[key]]] : [])))),
    engines: { node: manifest.engines.node },
    // npx runs the command that has the name of the package.
    bin: { travel: 'dist/travel.js', 'prompt-travel': 'dist/travel.js' },
    exports: { './language-server': './dist/server.js', './package.json': './package.json' },
    files: FILES,
    dependencies: { 'onnxruntime-common': runtime, 'onnxruntime-node': runtime, sharp },
    // With the install script of ONNX Runtime's own package, npm before version 12 would download CUDA on Linux, from
    // elsewhere than its registry. Nothing that depends on a package can turn that off, except a copy without the script.
    bundleDependencies: Object.keys(RUNTIME),
  };
}

/** The manifest of a bundled package: without scripts, and without the packages that only those use. */
export function bundledManifest(manifest: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { scripts: _scripts, devDependencies: _development, dependencies = {}, ...rest } = manifest;
  const used = Object.entries(dependencies as Record<string, string>).filter(([name]) => name in RUNTIME);
  return { ...rest, ...(used.length > 0 && { dependencies: Object.fromEntries(used) }) };
}

/** @returns the absolute path of the archive */
export async function packNpm(): Promise<string> {
  await mkdir(TARGET, { recursive: true });
  const stage = await mkdtemp(join(TARGET, 'stage-'));
  try {
    const manifest = await readJson<Manifest>(join(ROOT, 'package.json'));
    await writeJson(join(stage, 'package.json'), npmManifest(manifest));
    for (const source of SOURCES) await cp(join(ROOT, source), join(stage, source), { recursive: true });
    await stageBundles(stage);
    for (const [name, isUsed] of Object.entries(RUNTIME)) await stageBundled(name, isUsed, stage);
    const [program, ...args] = npmCommand();
    const pack = [...args, 'pack', '--json', '--ignore-scripts'];
    const printed = execFileSync(program, pack, { cwd: stage, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
    const packed: unknown = JSON.parse(printed);
    // A list; since npm 12, an object by the names of the packages.
    const [{ filename } = { filename: '' }] = Object.values(packed as Record<string, { readonly filename: string }>);
    const archive = join(TARGET, filename);
    await rename(join(stage, filename), archive);
    return archive;
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

/** The programs, and the licenses of what is in them. */
async function stageBundles(stage: string): Promise<void> {
  const metafile = join(stage, 'bundles.json');
  const flags = ['--no-sourcemap', '--outdir', join(stage, 'dist'), '--metafile', metafile];
  execFileSync(process.execPath, ['esbuild.mjs', ...flags], { cwd: ROOT, stdio: 'inherit' });
  const bundles = await readJson<Record<string, string[]>>(metafile);
  const inputs = PROGRAMS.flatMap(
    (name) => bundles[relative(ROOT, join(stage, 'dist', name)).replaceAll('\\', '/')] ?? [],
  );
  const packages = [...bundledPackages(inputs), ...Object.keys(RUNTIME).map((name) => join('node_modules', name))];
  await writeFile(
    join(stage, 'ThirdPartyNotices.txt'),
    thirdPartyNotices(packages.map((folder) => join(ROOT, folder))),
  );
}

async function stageBundled(name: string, isUsed: (path: string) => boolean, stage: string): Promise<void> {
  const from = join(ROOT, 'node_modules', name);
  const to = join(stage, 'node_modules', name);
  await cp(from, to, {
    recursive: true,
    filter: async (path) =>
      (await stat(path)).isDirectory() || isUsed(path.slice(from.length + 1).replaceAll('\\', '/')),
  });
  await writeJson(join(to, 'package.json'), bundledManifest(await readJson(join(from, 'package.json'))));
}

async function readJson<T extends Readonly<Record<string, unknown>>>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, 'utf8'));
}

const writeJson = (path: string, value: unknown) => writeFile(path, `${JSON.stringify(value, null, 2)}\n`);

if (import.meta.main) {
  await generate();
  const archive = await packNpm();
  console.log(`${archive}: ${((await stat(archive)).size / 1e6).toFixed(1)} MB`);
}
