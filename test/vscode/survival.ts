import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ROOT } from './folders.ts';
import type { Person } from './person.ts';
import { holdEngine, onlyProcess, processesWith } from './processes.ts';
import type { OuterTests, Session } from './session.ts';

/*
 * What outlives a window, and so cannot be tested in its extension host: the runner reloads windows, kills their processes
 * and looks at what is left.
 */

/** So many that the engine can be held before the last one. */
const STEPS = 100;

export const SURVIVAL: OuterTests = {
  'A render goes on while its window reloads': survivesReload,
  'A render survives a SIGKILL of the extension host; it can be canceled and continued': survivesKill,
  'Two windows, one without a folder, show a render, and one of them announces its end': isAnnouncedOnce,
  'The preview comes back after a reload, as it was arranged': isArrangedAgain,
  'A reload during a render: the preview shows the progress again, and can cancel': isWatchedAgain,
  'No process and no temporary file remains when the windows are closed': leavesNothing,
};

async function survivesReload(session: Session): Promise<void> {
  await writeClip(session, 'reload', STEPS);
  const person = await session.open({ file: 'reload.travel', folder: true });
  await person.runCommand('Travel: Render');
  const before = await person.seeStep('reload', STEPS / 2);
  {
    using _held = holdEngine(session.cacheHome);
    await person.reloadWindow();
    const after = await person.seeStep('reload', 1);
    // On a slow machine, the service may have ended meanwhile: then another one has continued from the last step.
    assert.ok(after >= before, `Step ${before} before, and ${after} after.`);
    await person.runCommand('Travel: Show Renders');
    assert.match(await person.seeItem('reload'), new RegExp(`/${STEPS}`));
    await session.screenshot(person, 'reloaded');
    await person.page.keyboard.press('Escape');
    await person.seeMessage(/Rendering reload/);
  }
  await person.seeMessage(/reload: 4 frames, seed 1, in/);
  assert.deepEqual(await pixels(session, 'reload'), await undisturbed(session));
}

async function survivesKill(session: Session): Promise<void> {
  await writeClip(session, 'killed', STEPS);
  const person = await session.open({ file: 'killed.travel', folder: true });
  await person.runCommand('Travel: Render');
  const before = await person.seeStep('killed', STEPS / 2);
  {
    using _held = holdEngine(session.cacheHome);
    process.kill(onlyProcess('extension host', session.cacheHome), 'SIGKILL');
    await person.page.reload();
    const after = await person.seeStep('killed', 1);
    // On a slow machine, the service may have ended meanwhile: then another one has continued from the last step.
    assert.ok(after >= before, `Step ${before} before, and ${after} after.`);
    await person.runCommand('Travel: Cancel Render');
  }
  await person.seeNoStatus('killed');
  assert.deepEqual(await readdir(join(session.workspace, 'renders')).then((names) => names.filter(isOf('killed'))), []);
  await person.runCommand('Travel: Show Renders');
  assert.match(await person.seeItem('killed'), /canceled/);
  await session.screenshot(person, 'killed-canceled');
  await person.choose('killed');
  await person.choose('Try Again');
  const again = await person.seeStep('killed', 1);
  assert.ok(again >= before, `Step ${before} before, and ${again} when it was tried again.`);
  await person.seeMessage(/killed: 4 frames, seed 1, in/);
  assert.deepEqual(await pixels(session, 'killed'), await undisturbed(session));
}

async function isAnnouncedOnce(session: Session): Promise<void> {
  await writeClip(session, 'first', STEPS);
  await writeClip(session, 'second', STEPS);
  const person = await session.open({ file: 'second.travel', folder: true });
  const alone = await session.open({ file: 'first.travel', folder: false });
  await alone.runCommand('Travel: Render');
  await alone.seeStep('first', 1);
  {
    using _held = holdEngine(session.cacheHome);
    await person.seeStep('first', 1);
    await session.screenshot(person, 'other-window');
  }
  await person.page.bringToFront();
  await person.runCommand('Travel: Render');
  await alone.seeStep('second', 1);
  {
    using _held = holdEngine(session.cacheHome);
    await person.seeStep('second', 1);
  }
  for (const each of [alone, person]) await each.seeNoStatus('second');
  // When the end of the second one is announced, that of the first one was long ago.
  let ended = 0;
  while (ended === 0) ended = await announcements(/second: 4 frames, seed 1, in/, alone, person);
  assert.equal(ended, 1);
  assert.equal(await announcements(/first: 4 frames, seed 1, in/, alone, person), 1);
}

async function isArrangedAgain(session: Session): Promise<void> {
  const text = '---\nframes: 24\n---\na cat\n\n0: in a garden\n8: in the rain\n16: on a roof';
  await writeFile(join(session.workspace, 'arranged.travel'), text);
  const person = await session.open({ file: 'arranged.travel', folder: true });
  const { preview } = person;
  await person.runCommand('Travel: Open Preview to the Side');
  await preview.see(/24 frames/);
  // The cursor is at a keyframe, and the playhead elsewhere.
  await person.page.keyboard.press('Control+End');
  await preview.seeFrame(16);
  await preview.clickFrame(5);
  await preview.seeFrame(5);
  await preview.button(/^Zoom: Fit/).click();
  await preview.locator('[role=menuitemradio]', { hasText: /^100 %$/ }).click();
  await preview.locator('#tab-renders').click();
  await session.screenshot(person, 'arranged');
  await person.reloadWindow();
  await preview.see(/24 frames/);
  await preview.button(/^Zoom: 100 %/).waitFor();
  await preview.locator('#tab-renders[aria-selected=true]').waitFor();
  await session.screenshot(person, 'arranged-again');
  await preview.seeFrame(5);
  // The text still leads.
  await person.page.keyboard.press('ArrowUp');
  await preview.seeFrame(8);
}

async function isWatchedAgain(session: Session): Promise<void> {
  await writeClip(session, 'watched', STEPS);
  const person = await session.open({ file: 'watched.travel', folder: true });
  const { preview } = person;
  await person.runCommand('Travel: Open Preview to the Side');
  await preview.see(/4 frames/);
  await person.runCommand('Travel: Render');
  await preview.see(/Step \d+ of 100/);
  {
    using _held = holdEngine(session.cacheHome);
    await person.reloadWindow();
    await preview.see(/Step \d+ of 100/);
    await session.screenshot(person, 'watched-again');
    await preview.button('Cancel').click();
  }
  await preview.see(/canceled/i);
  await person.seeNoStatus('watched');
  const names = await readdir(session.workspace, { recursive: true });
  assert.deepEqual(names.filter(isOf('watched')), ['watched.travel']);
}

async function leavesNothing(session: Session): Promise<void> {
  await session.closeAll();
  const remaining = () => processesWith(session.cacheHome).filter(({ kind }) => kind !== 'other');
  // The test's time limit is that of the whole run.
  while (remaining().length > 0) await setTimeout(200);
  for (const folder of [session.workspace, session.cacheHome]) {
    const names = await readdir(folder, { recursive: true });
    assert.deepEqual(names.filter(isTemporary), []);
  }
}

async function announcements(text: RegExp, ...people: readonly Person[]): Promise<number> {
  const counts = [];
  for (const person of people) counts.push(await person.countMessages(text));
  return counts.reduce((sum, count) => sum + count);
}

/** Files of a render, and what it writes before they have their names. */
const isOf = (render: string) => (name: string) => name.includes(render);

const isTemporary = (name: string) => /\.(partial|new|\d+)$/.test(name);

async function writeClip({ workspace }: Pick<Session, 'workspace'>, name: string, steps: number): Promise<void> {
  const clip = await readFile(join(ROOT, 'test/vscode/workspace/long.travel'), 'utf8');
  const text = clip.replace(/^steps: .*$/m, `steps: ${steps}`).replace(/^output: .*$/m, `output: renders/${name}`);
  await writeFile(join(workspace, `${name}.travel`), text);
}

let reference: Promise<string[]> | undefined;

/** Pixels of a render that nothing stops. */
function undisturbed(session: Session): Promise<string[]> {
  reference ??= renderUndisturbed(session);
  return reference;
}

async function renderUndisturbed(session: Session): Promise<string[]> {
  const workspace = join(session.cacheHome, '../undisturbed');
  await mkdir(workspace, { recursive: true });
  await writeClip({ workspace }, 'undisturbed', STEPS);
  await promisify(execFile)(process.execPath, [join(ROOT, 'dist/travel.js'), 'render', 'undisturbed.travel'], {
    cwd: workspace,
    env: { ...process.env, XDG_CACHE_HOME: join(workspace, 'cache') },
  });
  return pixels({ workspace }, 'undisturbed');
}

/** The compressed pixels of each frame, without the text that is in the files too. */
async function pixels({ workspace }: Pick<Session, 'workspace'>, name: string): Promise<string[]> {
  const folder = join(workspace, 'renders', name);
  const names = (await readdir(folder)).sort();
  assert.ok(names.length > 0);
  const files = await Promise.all(names.map((each) => readFile(join(folder, each))));
  return files.map((bytes) => bytes.subarray(bytes.indexOf('IDAT')).toString('base64'));
}
