import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundledManifest, npmManifest } from '../../scripts/package-npm.ts';
import { wrongPackages } from '../../scripts/try-npm-package.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const manifestOf = (folder: string) => JSON.parse(readFileSync(resolve(ROOT, folder, 'package.json'), 'utf8'));

describe('the manifest of the npm package', () => {
  const manifest = npmManifest(manifestOf('.'));

  it('has commands and exports, and nothing for VS Code or development', () => {
    expect(manifest).toMatchObject({ name: 'prompt-travel', type: 'module', license: 'MIT' });
    expect(manifest).toMatchObject({ bin: { travel: 'dist/travel.js', 'prompt-travel': 'dist/travel.js' } });
    for (const key of ['private', 'scripts', 'devDependencies', 'contributes', 'main', 'browser', 'allowScripts']) {
      expect(manifest).not.toHaveProperty(key);
    }
    expect(manifest.engines).toEqual({ node: '>=20' });
  });

  it('depends on exact versions, and on nothing without one', () => {
    for (const range of Object.values(manifest.dependencies as Record<string, string>)) {
      expect(range).toMatch(/^\d+\.\d+\.\d+$/);
    }
  });

  it('bundles every dependency that has an install script, without it', () => {
    const bundled = manifest.bundleDependencies as string[];
    for (const name of Object.keys(manifest.dependencies as object)) {
      const own = manifestOf(`node_modules/${name}`);
      const scripts = Object.keys(own.scripts ?? {}).filter((script) => /^(pre|post)?install$/.test(script));
      if (!bundled.includes(name)) expect(scripts, name).toEqual([]);
    }
    for (const name of bundled) {
      const staged = bundledManifest(manifestOf(`node_modules/${name}`));
      expect(staged).not.toHaveProperty('scripts');
      expect(bundled).toEqual(expect.arrayContaining(Object.keys((staged.dependencies as object | undefined) ?? {})));
    }
  });
});

describe('what an installation must not have', () => {
  const REGISTRY = 'https://registry.npmjs.org/';

  it('is a script that runs during it, or a package from elsewhere', () => {
    const packages = {
      'node_modules/prompt-travel': { resolved: 'file:prompt-travel.tgz' },
      'node_modules/sharp': { resolved: `${REGISTRY}sharp/-/sharp-1.0.0.tgz` },
      'node_modules/bundled': {},
      'node_modules/scripted': { hasInstallScript: true },
      'node_modules/from-git': { resolved: 'git+ssh://git@example.com/x.git' },
    };
    expect(wrongPackages(packages, REGISTRY)).toEqual([
      'node_modules/scripted has an install script.',
      'node_modules/from-git comes from git+ssh://git@example.com/x.git.',
    ]);
  });
});
