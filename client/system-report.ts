import { execFile } from 'node:child_process';
import * as l10n from '@vscode/l10n';
import { env, ProgressLocation, UIKind, version, window, workspace } from 'vscode';
import { LANGUAGE } from './language-id.ts';
import { programEnvironment } from './program-environment.ts';

/** A GPU's driver may compile for long when it is used for the first time. */
const LONGEST_MS = 120_000;

/**
 * Opens what `travel doctor` prints as an untitled file.
 *
 * @param program absolute path of the command line, `dist/travel.js`
 */
export async function showSystemReport(program: string): Promise<void> {
  const report = await window.withProgress(
    { location: ProgressLocation.Notification, title: l10n.t('Looking at this computer…') },
    () => run(program),
  );
  if (report === null) return;
  const document = await workspace.openTextDocument({ language: 'plaintext', content: report });
  await window.showTextDocument(document);
}

/** The report, also if it says that the engine does not start; null if there is none, which was reported. */
function run(program: string): Promise<string | null> {
  const models = workspace.getConfiguration(LANGUAGE).get<string[]>('modelFolders', []);
  const environment = { ...process.env, ...programEnvironment(models) };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [program, 'doctor', '--editor', editor()],
      { env: environment, timeout: LONGEST_MS },
      (error, stdout, stderr) => {
        if (stdout !== '') return resolve(stdout);
        const reason = stderr.trim() || (error?.message ?? '');
        void window.showErrorMessage(l10n.t('The system report could not be made: {0}', reason));
        resolve(null);
      },
    );
  });
}

/** `VS Code 1.105.0, desktop, ssh-remote` */
function editor(): string {
  const place = env.uiKind === UIKind.Web ? 'browser' : 'desktop';
  return [`${env.appName} ${version}`, place, ...(env.remoteName === undefined ? [] : [env.remoteName])].join(', ');
}
