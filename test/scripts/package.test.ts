import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { globSync } from 'tinyglobby';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { MACHINE_TARGETS, TARGETS } from '../../protocol/platform.ts';
import { budgetOf, contentsOf, packagesIn, parseTarget } from '../../scripts/package/contents.ts';
import { type Manifest, manifestFor } from '../../scripts/package/manifest.ts';
import { bundledPackages, thirdPartyNotices, unknownLicenses } from '../../scripts/package/notices.ts';
import { PROGRAM_NAMES } from '../../scripts/package/programs.ts';
import { isForDevelopment, isNative } from '../../scripts/package/vsix.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const readJson = (path: string) => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
const manifest: Manifest = readJson('package.json');
const file = (path: string) => ({ path, size: 1, crc32: 0 });

/** npm installs only the packages of this computer, apart from ONNX Runtime, whose package has all platforms. */
const isInstalled = (glob: string) => !/^(dist\/|ThirdPartyNotices|node_modules\/@img\/sharp-(?!wasm32))/.test(glob);

/** Paths of the pictures in a page. */
function picturesIn(page: string): string[] {
  const found = readFileSync(join(ROOT, page), 'utf8').matchAll(/!\[[^\]]*\]\(([^)]+)\)/g);
  return [...found].map(([, path]) => join(dirname(page), path!));
}

describe.each(TARGETS)('the package for %s', (target) => {
  it.each(contentsOf(target).filter(isInstalled))('has %s', (glob) => {
    expect(globSync(glob, { cwd: ROOT, expandDirectories: false })).not.toEqual([]);
  });

  it('has only npm packages that the lock file has', () => {
    const { packages } = readJson('package-lock.json');
    for (const name of packagesIn(target)) expect(packages).toHaveProperty([`node_modules/${name}`]);
  });

  it('has no source, test, map or declaration', () => {
    const globs = contentsOf(target).filter(isInstalled);
    const paths = globSync(globs, { cwd: ROOT, expandDirectories: false });
    expect(paths.filter((path) => isForDevelopment(file(path)))).toEqual([]);
  });

  it('has native code of no other platform', () => {
    const paths = globSync(contentsOf(target).filter(isInstalled), { cwd: ROOT, expandDirectories: false });
    const native = paths.filter((path) => isNative(file(path)) && !path.endsWith('.wasm'));
    const folders = new Set(native.map((path) => path.split('/').slice(4, 6).join('-')));
    expect([...folders]).toEqual(MACHINE_TARGETS.filter((each) => each === target));
  });

  it('has what its walkthrough and its examples name', () => {
    const { walkthroughs } = manifest.contributes as {
      walkthroughs: { steps: { media: { image?: string; markdown?: string } }[] }[];
    };
    const media = walkthroughs.flatMap(({ steps }) =>
      steps.map(({ media: { image, markdown } }) => image ?? markdown!),
    );
    const pictures = media.filter((path) => path.endsWith('.md')).flatMap(picturesIn);
    const examples = target === 'web' ? [] : globSync('examples/{hair,interpolate,portrait}.travel', { cwd: ROOT });
    // Every example is in a package, or its reason not to be is known.
    expect(globSync('examples/*.travel', { cwd: ROOT })).toHaveLength(4);
    const paths = globSync(contentsOf(target).filter(isInstalled), { cwd: ROOT, expandDirectories: false });
    for (const path of [...media, ...pictures, ...examples]) expect(paths).toContain(path);
  });

  it('has a manifest that names its target, and nothing of development', () => {
    const packed = manifestFor(target, manifest);
    expect(packed).toMatchObject({ packageTarget: target, name: manifest.name, contributes: manifest.contributes });
    for (const key of ['devDependencies', 'scripts', 'private']) expect(packed).not.toHaveProperty(key);
    expect('main' in packed).toBe(target !== 'web');
    expect('browser' in packed).toBe(target === 'web');
  });
});

describe('the packages', () => {
  it('have every program of Node that is built', () => {
    for (const target of MACHINE_TARGETS) {
      for (const name of PROGRAM_NAMES) expect(contentsOf(target)).toContain(`dist/${name}.js`);
    }
  });

  it('have one ONNX Runtime for macOS: the file that its binding loads', () => {
    const folder = 'node_modules/onnxruntime-node/bin/napi-v6/darwin/arm64';
    const libraries = readdirSync(join(ROOT, folder)).filter((name) => name.endsWith('.dylib'));
    const binding = readFileSync(join(ROOT, folder, 'onnxruntime_binding.node'));
    const loaded = libraries.filter((name) => binding.includes(`@rpath/${name}`));
    expect(
      globSync(
        contentsOf('darwin-arm64').filter((glob) => glob.startsWith(folder)),
        { cwd: ROOT },
      ).toSorted(),
    ).toEqual([...loaded, 'onnxruntime_binding.node'].map((name) => `${folder}/${name}`));
  });

  it.each(['linux', 'darwin-x64', '', 'linux-x64 '])('are not built for %j', (target) => {
    expect(() => parseTarget(target)).toThrow(/^Unknown target .* Use one of: universal, linux-x64,/);
  });

  it.each(['dist/a.js.map', 'engine/main.ts', 'a/index.d.mts', 'node_modules/sharp/src/common.cc', 'test/a.js'])(
    'must not contain %s',
    (path) => {
      expect(isForDevelopment(file(path))).toBe(true);
    },
  );
});

describe('the page about packages', () => {
  const page = readFileSync(join(ROOT, 'docs/packages.md'), 'utf8');

  it('lists all packages, none larger than its budget', () => {
    const rows = [...page.matchAll(/^\| `([\w-]+)` \|.*\| ([\d.]+) \|$/gm)];
    expect(rows.map(([, target]) => target).toSorted()).toEqual(TARGETS.toSorted());
    for (const [, target, size] of rows) expect(Number(size)).toBeLessThanOrEqual(budgetOf(parseTarget(target!)));
  });
});

describe('the workflow', () => {
  const workflow = readFileSync(join(ROOT, '.github/workflows/packages.yml'), 'utf8');

  it('builds all packages, renders with all that can, and publishes the universal one first', () => {
    const { jobs } = parse(workflow);
    expect(jobs.package.strategy.matrix.target).toEqual(TARGETS);
    const rendered = jobs.render.strategy.matrix.include.map(({ target }: { target: string }) => target);
    expect(rendered).toEqual(MACHINE_TARGETS);
    expect(TARGETS[0]).toBe('universal');
    expect(workflow).toContain(`for target in ${TARGETS.join(' ')}; do`);
  });

  it('tries the package for npm before anything is published', () => {
    const { jobs } = parse(workflow);
    const commands = jobs['npm-package'].steps.flatMap(({ run }: { run?: string }) => run ?? []);
    expect(commands.indexOf('node scripts/try-npm-package.ts')).toBeGreaterThan(
      commands.indexOf('npm run package:npm'),
    );
    expect(jobs.release.needs).toContain('npm-package');
    for (const publish of ['publish', 'publish-npm']) expect(jobs[publish].needs).toBe('release');
  });
});

describe('sharp', () => {
  it('has the same version as its WebAssembly build, which stands in for it', () => {
    expect(manifest.dependencies['@img/sharp-wasm32']).toBe(manifest.dependencies.sharp);
  });
});

describe('the address of the repository', () => {
  it('is the same everywhere', () => {
    const { repository, bugs, homepage } = readJson('package.json');
    const [, address] = /^(https:\/\/github\.com\/[^/]+\/[^/]+)\.git$/.exec(repository.url) ?? [];
    expect(bugs.url).toBe(`${address}/issues`);
    expect(homepage).toBe(`${address}#readme`);
    const ignore = ['**/node_modules/**', '**/dist/**', '**/.vscode-test/**', 'test/scripts/**'];
    const files = globSync('**/*.{md,ts,tsx,yml,json}', { cwd: ROOT, dot: true, ignore });
    expect(files).toContain('README.md');
    const others = files.flatMap((path) =>
      [...readFileSync(join(ROOT, path), 'utf8').matchAll(/https:\/\/github\.com\/([\w.-]+)\/prompt-travel\b/g)]
        .filter(([found]) => found !== address)
        .map(([found]) => `${path}: ${found}`),
    );
    expect(others).toEqual([]);
  });
});

describe('the notices', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'notices-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function npmPackage(license: string | undefined): string {
    const path = join(folder, 'some-package');
    mkdirSync(path);
    writeFileSync(join(path, 'package.json'), JSON.stringify({ name: 'some-package', version: '1.2.3', license }));
    writeFileSync(join(path, 'LICENSE.md'), 'Copyright (c) Somebody');
    return path;
  }

  it('have the license of an npm package and its text', () => {
    const notices = thirdPartyNotices([npmPackage('MIT')]);
    expect(notices).toContain('* some-package 1.2.3: MIT');
    expect(notices).toContain('Copyright (c) Somebody');
  });

  it.each(['GPL-3.0-only', 'AGPL-3.0', 'SEE LICENSE IN LICENSE.md', 'MIT AND GPL-2.0', undefined])(
    'are refused for the license %s',
    (license) => {
      expect(() => thirdPartyNotices([npmPackage(license)])).toThrow(/some-package has the license .* not known/);
    },
  );

  it('know licenses by name', () => {
    expect(unknownLicenses('(Apache-2.0 AND BSD-3-Clause)')).toEqual([]);
    expect(unknownLicenses('(MIT OR Beerware)')).toEqual(['Beerware']);
  });

  it('name what is compiled into npm packages', () => {
    const packages = ['onnxruntime-node', '@img/sharp-wasm32', 'h264-mp4-encoder', 'langium'];
    const notices = thirdPartyNotices(packages.map((name) => join(ROOT, 'node_modules', name)));
    for (const line of [
      '* ONNX Runtime 1.30.0: MIT',
      '* Eigen (in ONNX Runtime): MPL-2.0',
      '* libvips and the libraries that it contains: LGPL-3.0-or-later',
      '* libmp4v2 (in h264-mp4-encoder): MPL-1.1',
      '* langium 4.4.0: MIT',
      '* CLIP (vocabulary): MIT',
    ]) {
      expect(notices.split('\n')).toContain(line);
    }
    expect(notices).toMatch(/\| libheif +\| LGPLv3/);
    expect(notices).toContain('GNU LESSER GENERAL PUBLIC LICENSE');
  });

  it('find the packages in a bundle, also those inside of others', () => {
    const inputs = ['cli/main.ts', 'node_modules/yaml/dist/index.js', 'node_modules/a/node_modules/@b/c/index.js'];
    expect(bundledPackages(inputs)).toEqual(['node_modules/a/node_modules/@b/c', 'node_modules/yaml']);
  });
});
