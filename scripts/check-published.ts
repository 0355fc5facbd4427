/** Reads back what was published: fails if a registry does not have the package of a target in this version. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { TARGETS } from '../protocol/platform.ts';

const ROOT = resolve(import.meta.dirname, '..');
const Shown = z.looseObject({
  versions: z.array(z.looseObject({ version: z.string(), targetPlatform: z.string().default('universal') })),
});
const Metadata = z.looseObject({ version: z.string(), targetPlatform: z.string() });

const manifest: unknown = JSON.parse(readFileSync(resolve(ROOT, 'package.json'), 'utf8'));
const { name, publisher, version } = z
  .looseObject({ name: z.string(), publisher: z.string(), version: z.string() })
  .parse(manifest);
const id = `${publisher}.${name}`;

function json(program: string, ...args: string[]): unknown {
  const entry = resolve(ROOT, 'node_modules', program);
  return JSON.parse(execFileSync(process.execPath, [entry, ...args], { encoding: 'utf8' }));
}

const { versions } = Shown.parse(json('@vscode/vsce/vsce', 'show', id, '--json'));
const missing: string[] = [];
for (const target of TARGETS) {
  const isShown = versions.some((each) => each.version === version && each.targetPlatform === target);
  if (!isShown) missing.push(`The Visual Studio Marketplace does not have ${id} ${version} for ${target}.`);
  const found = Metadata.safeParse(json('ovsx/bin/ovsx', 'get', id, '-t', target, '-v', version, '--metadata'));
  if (!found.success || found.data.version !== version || found.data.targetPlatform !== target) {
    missing.push(`Open VSX does not have ${id} ${version} for ${target}.`);
  }
}
if (missing.length > 0) {
  console.error(
    `${missing.join('\n')}\nA registry may need some minutes. Run this again, and publish again what is missing.`,
  );
  process.exitCode = 1;
}
