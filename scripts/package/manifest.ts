import type { Target } from '../../protocol/platform.ts';
import { contentsOf } from './contents.ts';

/** What `package.json` has; only what is named here is read. */
export interface Manifest {
  readonly version: string;
  readonly main: string;
  readonly browser: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

/** The manifest in a package: without what only development needs, and with its files and its target. */
export function manifestFor(target: Target, manifest: Manifest): Record<string, unknown> {
  const { main, browser, dependencies, devDependencies, scripts, allowScripts, bin, private: _, ...rest } = manifest;
  const entry = target === 'web' ? { browser } : { main, dependencies };
  return { ...rest, ...entry, packageTarget: target, files: contentsOf(target) };
}
