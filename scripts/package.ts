/**
 * `npm run package -- --target linux-x64` writes `dist/prompt-travel-linux-x64.vsix`, for any target on any machine; without
 * `--target`, for this machine. `--target all`: all of them.
 */
import { execFileSync } from 'node:child_process';
import { copyFile, cp, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { TARGETS, type Target, targetFor } from '../protocol/platform.ts';
import generate from './generate.ts';
import { budgetOf, packagesIn, parseTarget } from './package/contents.ts';
import { type Manifest, manifestFor } from './package/manifest.ts';
import { bundledPackages, thirdPartyNotices } from './package/notices.ts';
import { npmCommand } from './package/npm-command.ts';
import { changedNativeFiles, isForDevelopment, packedFiles } from './package/vsix.ts';

const ROOT = resolve(import.meta.dirname, '..');
const DIST = join(ROOT, 'dist');

/** Files and folders of the repository that packages may contain. */
const SOURCES = [
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  'docs',
  'examples',
  'l10n',
  'language-configuration.json',
  'media',
  'models',
  'package.nls.ja.json',
  'package.nls.json',
  'package.nls.zh-cn.json',
  'snippets',
  'syntaxes',
];

export interface Packed {
  readonly vsix: string;
  /** Bytes. */
  readonly size: number;
}

/**
 * Builds the package of one target.
 *
 * @returns the absolute path of the archive
 * @throws Error if a file is missing, must not be in it, or was changed, if the license of one is not known, or if the
 *   archive is too large
 */
export async function buildPackage(target: Target): Promise<Packed> {
  await mkdir(DIST, { recursive: true });
  const stage = await mkdtemp(join(DIST, `package-${target}-`));
  try {
    await stagePackage(target, stage);
    const vsix = join(stage, 'package.vsix');
    run([process.execPath, join(ROOT, 'node_modules/@vscode/vsce/vsce')], stage, [
      'package',
      ...['--out', vsix],
      ...(target === 'universal' ? [] : ['--target', target]),
      ...(target === 'web' ? ['--no-dependencies'] : []),
    ]);
    const { size } = await stat(vsix);
    await check(target, vsix, size, stage);
    const result = join(DIST, `prompt-travel-${target}.vsix`);
    await rename(vsix, result);
    return { vsix: result, size };
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

/** Puts everything that the package may contain, and more, into a folder. */
async function stagePackage(target: Target, stage: string): Promise<void> {
  for (const source of SOURCES) await cp(join(ROOT, source), join(stage, source), { recursive: true });
  const metafile = join(stage, 'bundles.json');
  run([process.execPath], ROOT, [
    'esbuild.mjs',
    '--no-sourcemap',
    ...['--outdir', join(stage, 'dist'), '--metafile', metafile],
  ]);
  if (target !== 'web') await installDependencies(target, stage);
  const manifest: Manifest = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  await writeFile(join(stage, 'package.json'), JSON.stringify(manifestFor(target, manifest), null, 2));
  const bundles: Record<string, string[]> = JSON.parse(await readFile(metafile, 'utf8'));
  const isPacked = (bundle: string) => target !== 'web' || /web\/|preview/.test(relative(stage, join(ROOT, bundle)));
  const inputs = Object.entries(bundles).flatMap(([bundle, each]) => (isPacked(bundle) ? each : []));
  const notices = thirdPartyNotices([
    ...bundledPackages(inputs).map((folder) => join(ROOT, folder)),
    ...packagesIn(target).map((name) => join(stage, 'node_modules', name)),
  ]);
  await writeFile(join(stage, 'ThirdPartyNotices.txt'), notices);
}

/** npm installs what the lock file of the repository has for the platform. */
async function installDependencies(target: Target, stage: string): Promise<void> {
  for (const file of ['package.json', 'package-lock.json', '.npmrc'])
    await copyFile(join(ROOT, file), join(stage, file));
  const [os = '', cpu = ''] = target.split('-');
  const platform =
    target === 'universal' ? [] : [`--os=${os}`, `--cpu=${cpu}`, ...(os === 'linux' ? ['--libc=glibc'] : [])];
  run(npmCommand(), stage, ['ci', '--omit=dev', '--ignore-scripts', ...platform]);
}

async function check(target: Target, vsix: string, size: number, stage: string): Promise<void> {
  const files = await packedFiles(vsix);
  const problems = [
    ...files.filter(isForDevelopment).map(({ path }) => `${path} is for development only.`),
    ...(await changedNativeFiles(files, stage)).map((path) => `${path} is not as it was installed.`),
    ...(size > budgetOf(target) * 1e6
      ? [`It has ${(size / 1e6).toFixed(1)} MB, and at most ${budgetOf(target)} MB are allowed.`]
      : []),
  ];
  if (problems.length > 0) throw new Error(`The package for ${target} is not as it should be:\n${problems.join('\n')}`);
}

function run([program = '', ...before]: readonly string[], cwd: string, args: readonly string[]): void {
  execFileSync(program, [...before, ...args], { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
}

function targetsOf(args: readonly string[]): readonly Target[] {
  const { values } = parseArgs({ args: [...args], options: { target: { type: 'string', multiple: true } } });
  const { target = [targetFor(process)] } = values;
  return target.includes('all') ? TARGETS : target.map(parseTarget);
}

if (import.meta.main) {
  try {
    generate();
    for (const target of targetsOf(process.argv.slice(2))) {
      const { vsix, size } = await buildPackage(target);
      console.log(`${relative(process.cwd(), vsix)}: ${(size / 1e6).toFixed(1)} MB`);
    }
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
