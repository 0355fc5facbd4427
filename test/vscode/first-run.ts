import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './folders.ts';
import type { Person } from './person.ts';
import { cpuSeconds, renderEngine } from './processes.ts';
import type { OuterTests, Session } from './session.ts';

/*
 * What a person sees who has just installed the extension: no folder, no file, no settings. Everything is clicked.
 */

/** A minute of two cores. The clock says nothing on a machine that does other work, too. */
const MOST_CPU_SECONDS = 2 * 60;

export const FIRST_RUN: OuterTests = {
  'One click in the walkthrough opens an example, renders it and plays it': playsExample,
  'Each button of the walkthrough works with nothing open': hasButtons,
  'Everything is in Japanese if VS Code is': isTranslated,
};

async function playsExample(session: Session): Promise<void> {
  const person = await session.open({ folder: false });
  const { page, preview } = person;
  await openWalkthrough(person);
  await session.screenshot(person, 'walkthrough');
  await clickButton(person, 'Render Example');
  const start = performance.now();
  const sinceClick = () => `${((performance.now() - start) / 1000).toFixed(1)} s`;
  await preview.see(/16 frames/);
  const opened = sinceClick();
  await preview.see(/Step \d+ of 12/);
  await preview.seePlaying();
  const sampling = sinceClick();
  await session.screenshot(person, 'sampling');
  await preview.see(/16 frames, seed 42, in/);
  await preview.seePlaying();
  const played = sinceClick();
  const cpu = cpuSeconds(renderEngine(session.cacheHome));
  console.log(
    `from the click: preview ${opened}, noise that becomes sharp plays ${sampling}, clip plays ${played}; ` +
      `${cpu.toFixed(1)} s of CPU time to render`,
  );
  await session.screenshot(person, 'playing');
  assert.ok(cpu < MOST_CPU_SECONDS, `${cpu} s`);
  // The text is beside the preview, and nothing was asked.
  await page.locator('.tab.active', { hasText: 'hair.travel' }).waitFor();
  assert.equal(await page.locator('.monaco-dialog-box, .notification-toast').count(), 0);
}

async function hasButtons(session: Session): Promise<void> {
  const person = await session.open({ folder: false });
  const { page, preview } = person;
  await openWalkthrough(person);
  await openStep(person, 'Write');
  await clickButton(person, 'New Travel File');
  // The template, which is inserted after the file was opened.
  await page.locator('.view-line', { hasText: 'what it turns into' }).waitFor();
  await closeEditor(person);
  await openStep(person, 'Check');
  await clickButton(person, 'Show Problems');
  await page.locator('.markers-panel').waitFor();
  await openStep(person, 'Choose your models');
  await clickButton(person, 'Choose Model Folders');
  await page.locator('.quick-input-widget').waitFor();
  await page.keyboard.press('Escape');
  await openStep(person, 'Render');
  await clickButton(person, 'Open Preview');
  await preview.see(/No travel file open/);
  await clickButton(person, 'Render');
  await preview.see(/Step \d+ of 12/);
  await preview.button('Cancel').click();
  await preview.see(/canceled/i);
}

async function isTranslated(session: Session): Promise<void> {
  // VS Code reads its language there. Without a language pack, its own texts stay in English.
  const person = await session.open({ folder: false, script: "globalThis._VSCODE_NLS_LANGUAGE = 'ja'" });
  const manifest = await readTexts('package.nls.ja.json');
  const bundle = await readTexts('l10n/bundle.l10n.ja.json');
  await openWalkthrough(person, manifest['walkthrough.title']);
  await openStep(person, manifest['walkthrough.write.title']!);
  await person.seeInPage(`h2:text-is("${manifest['walkthrough.write.title']}")`);
  await session.screenshot(person, 'walkthrough-ja');
  await openStep(person, manifest['walkthrough.render.title']!);
  await clickButton(person, bundle['Open Preview']!);
  await person.preview.see(new RegExp(bundle['No travel file open']!));
  await session.screenshot(person, 'preview-ja');
}

async function readTexts(file: string): Promise<Readonly<Record<string, string>>> {
  return JSON.parse(await readFile(join(ROOT, file), 'utf8'));
}

/** Discards an untitled file. */
async function closeEditor(person: Person): Promise<void> {
  await person.runCommand('View: Close Editor');
  await person.page.getByRole('button', { name: "Don't Save" }).click();
}

/** The welcome page is the first that a new user sees. */
async function openWalkthrough({ page }: Person, title = 'Animate with Prompt Travel'): Promise<void> {
  await page.locator('.getting-started-category', { hasText: title }).click();
  await page.locator('.getting-started-step').first().waitFor();
}

async function openStep({ page }: Person, title: string): Promise<void> {
  await page.locator('.getting-started-step .step-title', { hasText: new RegExp(`^${title}$`) }).click();
}

async function clickButton({ page }: Person, label: string): Promise<void> {
  await page.locator('.getting-started-step.expanded .monaco-button', { hasText: new RegExp(`^${label}$`) }).click();
}
