import { type MachineTarget, TARGETS, type Target } from '../../protocol/platform.ts';
import { PROGRAM_NAMES } from './programs.ts';

/*
 * The files of each package, as globs of `files` in its manifest. What is not listed is not packed, and a glob without a
 * file fails.
 */

/** In every package. `package.json` is always in it. */
const COMMON = [
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  'ThirdPartyNotices.txt',
  'dist/preview.{css,js}',
  'docs/diagnostics/*.md',
  'l10n/bundle.l10n.*.json',
  'language-configuration.json',
  'media/*.{png,svg}',
  'media/walkthrough/*.{md,webp}',
  'models/clip/{README.md,merges.txt.gz}',
  'package.nls.json',
  'package.nls.*.json',
  'snippets/travel.json',
  'syntaxes/travel.tmLanguage.json',
];

const MACHINE = [
  ...PROGRAM_NAMES.map((name) => `dist/${name}.js`),
  'dist/extension.cjs',
  // Without the example of video to video: its ControlNet does not fit into the budget.
  'examples/{hair,interpolate,portrait}.travel',
  'models/pocket/{README.md,pocket.safetensors,mm_pocket.safetensors}',
];

const WEB = ['dist/web/extension.{cjs,cjs.js}', 'dist/web/server.js'];

const inPackage = (name: string, ...globs: string[]) =>
  ['package.json', ...globs].map((glob) => `node_modules/${name}/${glob}`);

const SHARP = [
  ...inPackage('sharp', 'LICENSE', 'dist/*.mjs'),
  ...inPackage('@img/colour', 'LICENSE.md', '*.cjs'),
  ...inPackage('detect-libc', 'LICENSE', 'lib/*.js'),
  ...inPackage('semver', 'LICENSE', 'index.js', '{classes,functions,internal,ranges}/*.js'),
];

const SHARP_WASM = [
  ...inPackage('@img/sharp-wasm32', 'LICENSE', 'index.cjs', 'lib/*.node.{js,wasm}'),
  ...inPackage('@emnapi/runtime', 'LICENSE', 'index.js', 'dist/emnapi.cjs{,.min}.js'),
];

/** The library that the binding of ONNX Runtime loads. macOS's package has it twice, under two names. */
const RUNTIME_LIBRARIES: Readonly<Record<MachineTarget, string>> = {
  'linux-x64': 'libonnxruntime.so.1',
  'linux-arm64': 'libonnxruntime.so.1',
  // DirectML and WebGPU, whose shaders the compiler of DirectX translates.
  'win32-x64': '{onnxruntime,DirectML,dxcompiler,dxil}.dll',
  'win32-arm64': '{onnxruntime,DirectML,dxcompiler,dxil}.dll',
  'darwin-arm64': 'libonnxruntime.1.dylib',
};

function native(target: MachineTarget): string[] {
  const [os, cpu] = target.split('-');
  const folder = `bin/napi-v6/${os}/${cpu}`;
  const libvips =
    os === 'win32'
      ? inPackage(`@img/sharp-${target}`, 'LICENSE', 'index.cjs', 'lib/*.{node,dll}')
      : [
          ...inPackage(`@img/sharp-${target}`, 'LICENSE', 'index.cjs', 'lib/*.node'),
          ...inPackage(`@img/sharp-libvips-${target}`, 'lib/index.js', 'lib/libvips-cpp.*'),
        ];
  return [
    ...inPackage('onnxruntime-node', 'dist/*.js', `${folder}/onnxruntime_binding.node`),
    `node_modules/onnxruntime-node/${folder}/${RUNTIME_LIBRARIES[target]}`,
    ...inPackage('onnxruntime-common', 'dist/cjs/*.{js,json}'),
    ...libvips,
    // Electron on Linux cannot load the native code.
    ...(os === 'linux' ? SHARP_WASM : []),
  ];
}

/** Globs of all files in a package. */
export function contentsOf(target: Target): readonly string[] {
  if (target === 'web') return [...COMMON, ...WEB];
  if (target === 'universal') return [...COMMON, ...MACHINE, ...SHARP, ...SHARP_WASM];
  return [...COMMON, ...MACHINE, ...SHARP, ...native(target)];
}

/** Names of the npm packages that a package has in its `node_modules`. */
export function packagesIn(target: Target): string[] {
  const names = contentsOf(target).flatMap((glob) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(glob)?.[1] ?? []);
  return [...new Set(names)];
}

/** Largest size of a package, in MB (10⁶ bytes). 38 MB of it are `pocket`. */
export function budgetOf(target: Target): number {
  if (target === 'web') return 5;
  return target.startsWith('win32') ? 70 : 60;
}

/** @throws Error if there is no such target */
export function parseTarget(text: string): Target {
  const target = TARGETS.find((each) => each === text);
  if (target) return target;
  throw new Error(`Unknown target ${JSON.stringify(text)}. Use one of: ${TARGETS.join(', ')}.`);
}
