import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';

export const ROOT = resolve(import.meta.dirname, '../..');
/** What the runs keep: the server, data of VS Code, screenshots. */
export const KEPT = join(ROOT, '.vscode-test');
export const SCREENSHOTS = join(KEPT, 'screenshots');

/** The name of a suite, and the settings of its user. */
export interface SuiteBase {
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** A workspace with a template, which each test copies into a folder of its own, and a folder for VS Code's data. */
export async function freshFolders({ name, settings }: SuiteBase): Promise<{ workspace: string; data: string }> {
  const workspace = join(KEPT, name, 'workspace');
  const data = join(KEPT, name, 'data');
  await rm(join(KEPT, name), { recursive: true, force: true });
  await cp(join(ROOT, 'test/vscode/workspace'), join(workspace, 'template'), { recursive: true });
  await mkdir(join(data, 'data/User'), { recursive: true });
  await writeFile(join(data, 'data/User/settings.json'), JSON.stringify(settings));
  return { workspace, data };
}

/** A cache of its own, and with it a queue of renders; on Linux. */
export const cacheOf = ({ name }: Pick<SuiteBase, 'name'>) => ({ XDG_CACHE_HOME: join(KEPT, name, 'cache') });

export async function saveScreenshot(page: Page, name: string): Promise<void> {
  await mkdir(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
}
