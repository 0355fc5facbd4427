import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Component, EMBEDDED, FILES } from './embedded.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const RULER = `\n${'-'.repeat(80)}\n\n`;

/** Licenses that what is shipped may have, by their SPDX names. A new one is added after somebody has read it. */
const KNOWN = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BSL-1.0',
  'CC-BY-4.0',
  'CC0-1.0',
  'curl',
  'ISC',
  'LGPL-3.0-or-later',
  'LicenseRef-DirectML',
  'LicenseRef-DirectXShaderCompiler',
  'LicenseRef-PublicDomain',
  'MIT',
  'MPL-1.1',
  'MPL-2.0',
  'NCSA',
  'Zlib',
]);

/** Licenses of an SPDX expression that nobody has read. */
export function unknownLicenses(expression: string): string[] {
  return expression
    .split(/\s+(?:AND|OR|WITH)\s+|[()]/)
    .map((name) => name.trim())
    .filter((name) => name !== '' && !KNOWN.has(name));
}

/** The folders of the npm packages that bundled files come from, such as `node_modules/yaml`. */
export function bundledPackages(inputs: Iterable<string>): string[] {
  const folders = [...inputs].flatMap((input) => /.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []);
  return [...new Set(folders)].toSorted();
}

/**
 * A package of npm, as it is installed.
 *
 * @param folder absolute
 * @throws Error if its license is not known, or it needs a text that it does not have
 */
export function componentOf(folder: string): Component {
  const { name, version, license }: Record<string, unknown> = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  const texts = readdirSync(folder)
    .filter((file) => /^(licen[sc]e|copying|notice|third.?party.?notices?)(\.(md|txt))?$/i.test(file))
    .toSorted()
    .map((file) => readFileSync(join(folder, file), 'utf8').trim());
  // libvips and what it contains are listed in the README.
  const [licensing] = /^## Licensing$[\s\S]*/m.exec(String(name).startsWith('@img/sharp-') ? readme(folder) : '') ?? [];
  const text = [...texts, ...(licensing === undefined ? [] : [licensing.trim()])].join('\n\n');
  return { name: String(name), version: String(version), license: String(license), text };
}

const readme = (folder: string) => readFileSync(join(folder, 'README.md'), 'utf8');

/**
 * `ThirdPartyNotices.txt`: what a package contains of others, and their licenses.
 *
 * @param folders absolute, of npm packages
 * @throws Error if a license is not known
 */
export function thirdPartyNotices(folders: readonly string[]): string {
  const packages = folders.map(componentOf);
  const inside = packages.flatMap(({ name }) => EMBEDDED.filter(({ within }) => within.test(name)));
  const components = [...packages, ...new Set(inside), ...FILES].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const unique = components.filter(
    ({ name, version }, i) => components.findIndex((other) => other.name === name && other.version === version) === i,
  );
  for (const { name, license } of unique) {
    const [unknown] = unknownLicenses(license);
    if (unknown === undefined) continue;
    throw new Error(
      `${name} has the license ${unknown}, which is not known. Read it, and add it to scripts/package/notices.ts, or remove the package.`,
    );
  }
  return [
    'Third-party notices for Prompt Travel\n\nPrompt Travel contains the following software of others, each under its own license.\n' +
      'The texts of the Apache License 2.0, the GNU GPL 3.0 and LGPL 3.0, and the Mozilla Public License 1.1 and 2.0 are at the end.\n\n' +
      unique.map(({ name, version, license }) => `* ${[name, version].join(' ').trim()}: ${license}`).join('\n'),
    ...unique.map(section),
    ...['Apache-2.0', 'LGPL-3.0', 'GPL-3.0', 'MPL-1.1', 'MPL-2.0'].map(standardText),
  ].join(RULER);
}

function section({ name, version, license, text, source }: Component): string {
  const head = [`${[name, version].join(' ').trim()}`, `License: ${license}`, ...(source ? [`Source: ${source}`] : [])];
  return `${head.join('\n')}\n${text === '' ? '' : `\n${text}\n`}`;
}

const standardText = (name: string): string =>
  readFileSync(join(ROOT, 'scripts/package/licenses', `${name}.txt`), 'utf8').trim();
