import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { fake, window } from './vscode.ts';

vi.mock('vscode', () => import('./vscode.ts'));
const { showSystemReport } = await import('../../client/system-report.ts');

let folder: string;
beforeEach(() => {
  fake.reset();
  folder = mkdtempSync(join(tmpdir(), 'travel-report-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A stand-in for the command line. */
function program(script: string): string {
  const path = join(folder, 'travel.js');
  writeFileSync(path, script);
  return path;
}

it('opens what the command line prints, which is told the model folders and the editor', async () => {
  fake.settings['travel.modelFolders'] = ['/a', '/b'];
  await showSystemReport(program('console.log(process.argv.slice(2).join("|"), process.env.TRAVEL_MODELS)'));
  const text = window.activeTextEditor!.document.text;
  expect(text).toMatch(/^doctor\|--editor\|VS Code 1\.\d+\.\d+, desktop /);
  expect(text).toContain(['/a', '/b'].join(delimiter));
});

it('opens a report that says what does not work', async () => {
  await showSystemReport(program('console.log("Engine  does not start"); process.exitCode = 3'));
  expect(window.activeTextEditor!.document.text).toBe('Engine  does not start\n');
});

it('says why there is no report', async () => {
  await showSystemReport(program('console.error("The folder /x cannot be read."); process.exitCode = 2'));
  expect(fake.messages).toEqual([
    { kind: 'error', text: 'The system report could not be made: The folder /x cannot be read.' },
  ]);
});
