import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { MACHINE_TARGETS, targetFor } from '../../protocol/platform.ts';
import { unpack } from '../../scripts/package/vsix.ts';
import { buildPackage } from '../../scripts/package.ts';
import { installExtension } from './code-server.ts';
import type { Verdict } from './driver.ts';
import type { Person } from './person.ts';
import { mappedFiles, processesWith } from './processes.ts';
import type { Profile } from './profile.ts';

/* The packages, as users install them, instead of an extension under development. */

const ROOT = resolve(import.meta.dirname, '../..');

const TESTS: Readonly<Record<string, (profile: Profile) => Promise<void>>> = {
  'The package for this computer, installed, renders a file outside of a folder': rendersInstalled,
  'A package for another platform names the right one': namesRightPackage,
  'The web package, installed in a browser, knows the language and shows the timeline': worksInBrowser,
};

/** @param grep selects tests; each gets a new profile */
export async function testInstalled(newProfile: () => Promise<Profile>, grep: string): Promise<Verdict> {
  const failures: string[] = [];
  const selected = Object.entries(TESTS).filter(([name]) => new RegExp(grep).test(name));
  for (const [name, test] of selected) {
    await using profile = await newProfile();
    try {
      await test(profile);
      console.log(`passed: ${name}`);
    } catch (error) {
      await profile.screenshots(`failed-${name.replaceAll(/\W+/g, '-')}`);
      failures.push(`${name}\n${(error as Error).stack}`);
    }
  }
  const passed = selected.length - failures.length;
  return failures.length === 0 ? { ok: true, passed } : { ok: false, passed, failures };
}

async function writeClip({ folder }: Profile): Promise<string> {
  const file = join(folder, 'files', 'installed.travel');
  await mkdir(join(folder, 'files'), { recursive: true });
  await copyFile(join(ROOT, 'test/vscode/workspace/tiny.travel'), file);
  return file;
}

async function rendersInstalled(profile: Profile): Promise<void> {
  const target = targetFor(process);
  assert.ok(
    MACHINE_TARGETS.some((each) => each === target),
    `There is no package that renders on ${target}.`,
  );
  const { vsix } = await buildPackage(target);
  installExtension(profile.vsCode, profile.data, vsix);
  const person = await profile.open(await writeClip(profile));
  await person.seeTravelFile();
  await person.runCommand('Travel: Render');
  await person.seeMessage(/installed: 2 frames, seed 1, in/);
  assert.deepEqual(await readdir(join(profile.folder, 'files/renders/tiny')), ['00000.png', '00001.png']);
  usesOwnNativeCode(profile);
  await person.runCommand('Travel: Open Preview to the Side');
  await person.seeInPage('text=/2 frames/');
  await person.seeInPage('text=/a cat/');
  await profile.screenshot(person, 'installed');
}

/** The package's native code, and none of the repository, is in the engine, and in no other process. */
function usesOwnNativeCode({ folder, cacheHome }: Profile): void {
  const loaded = processesWith(cacheHome).flatMap(({ pid, kind }) =>
    mappedFiles(pid).flatMap((path) => (/onnxruntime|libvips|sharp/.test(path) ? [{ path, kind }] : [])),
  );
  assert.ok(loaded.some(({ path }) => path.includes('libonnxruntime')));
  assert.ok(loaded.some(({ path }) => path.includes('libvips')));
  assert.deepEqual(
    loaded.filter(({ path, kind }) => kind !== 'engine' || !path.startsWith(folder)),
    [],
  );
}

/** VS Code refuses to install such a package, unless somebody renames or unpacks it. */
async function namesRightPackage(profile: Profile): Promise<void> {
  const { vsix } = await buildPackage('universal');
  installExtension(profile.vsCode, profile.data, vsix);
  const [manifest] = globSync(join(profile.data, 'extensions/prompt-travel.*/package.json'));
  assert.ok(manifest);
  const content = await readFile(manifest, 'utf8');
  await writeFile(manifest, content.replace('"packageTarget": "universal"', '"packageTarget": "win32-arm64"'));
  const person = await profile.open(await writeClip(profile));
  await person.seeTravelFile();
  await person.seeMessage(
    new RegExp(`installed for win32-arm64, but this computer needs the package for ${targetFor(process)}`),
  );
  await profile.screenshot(person, 'installed-wrong-package');
}

async function worksInBrowser(profile: Profile): Promise<void> {
  const { vsix } = await buildPackage('web');
  const person = await profile.open(await writeClip(profile));
  const location = await serve(person, await unpack(vsix));
  await person.runCommand('Developer: Install Extension from Location...');
  await person.answer(location);
  await person.page.locator('.monaco-editor .squiggly-info').first().waitFor({ state: 'attached' });
  await person.runCommand('Travel: Open Preview to the Side');
  await person.seeInPage('text=/2 frames/');
  await person.seeInPage('text=/a cat/');
  await profile.screenshot(person, 'installed-web');
}

const TYPES: Readonly<Record<string, string>> = {
  '.json': 'application/json',
  '.js': 'text/javascript',
  '.cjs': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** Makes the files of a package a web site, as a browser installs an extension from. @returns its address */
async function serve({ page }: Person, files: ReadonlyMap<string, Buffer>): Promise<string> {
  // VS Code's security policy allows its own origin, and https.
  const location = new URL('/travel-package', page.url()).href;
  await page.route(`${location}/**`, (route) => {
    const path = decodeURIComponent(new URL(route.request().url()).pathname).slice('/travel-package/'.length);
    const body = files.get(path);
    const contentType = TYPES[extname(path)] ?? 'application/octet-stream';
    return body ? route.fulfill({ body, contentType }) : route.fulfill({ status: 404 });
  });
  return location;
}
