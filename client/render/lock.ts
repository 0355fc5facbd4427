import * as l10n from '@vscode/l10n';
import { commands, ProgressLocation, type TextDocument, Uri, window } from 'vscode';
import { isLock, lockOf, picksOthers, type TravelLock } from '../../plan/lock.ts';
import { messageOf } from '../../plan/message-of.ts';
import type { TravelPlan } from '../../plan/plan.ts';
import type { RenderResult } from '../../protocol/engine.ts';
import type { RenderWhat } from '../../protocol/plan-request.ts';
import {
  contentsOf,
  differencesFrom,
  type LockMachine,
  lockFor,
  readLockFile,
  writeLockFile,
} from '../../rendering/lock-file.ts';
import {
  nameOf,
  type PlannedClip,
  planFor,
  type RenderHost,
  type RenderTarget,
  render,
  savedDocument,
} from './render-command.ts';

/** Writes the lock of a file beside it, with the seed that renders use now. */
export async function writeLock(host: RenderHost, target: RenderTarget): Promise<void> {
  const saved = await savedDocument(target, { choose: async () => true });
  if (!saved) return;
  const { document } = saved;
  const { fsPath } = document.uri;
  if (!isLock(lockOf(fsPath))) {
    return void window.showWarningMessage(
      l10n.t('Only a file whose name ends in .travel can be locked. Rename it first.'),
    );
  }
  const planned = await planFor(document, { kind: 'clip' }, host);
  if (!planned) return;
  const name = lockOf(nameOf(document.uri));
  try {
    const lock = await withProgress(l10n.t('Reading the models for {0}', name), host.machine, planned.plan);
    if (!lock) return;
    const written = await writeLockFile(fsPath, lock);
    const open = l10n.t('Open');
    const values = { name, contents: contentsOf(lock) };
    const text = written
      ? l10n.t('{name} was written: {contents}.', values)
      : l10n.t('{name} is up to date: {contents}.', values);
    void window.showInformationMessage(text, open).then((chosen) => {
      if (chosen === open) return commands.executeCommand('vscode.open', Uri.file(lockOf(fsPath)));
    });
  } catch (error) {
    void window.showErrorMessage(l10n.t('{name} could not be written: {reason}', { name, reason: messageOf(error) }));
  }
}

/** @returns undefined if the user canceled */
async function withProgress(title: string, machine: LockMachine, plan: TravelPlan): Promise<TravelLock | undefined> {
  const options = { location: ProgressLocation.Notification, title, cancellable: true };
  return window.withProgress(options, async (_, token) => {
    let canceled = false;
    token.onCancellationRequested(() => {
      canceled = true;
      machine.engine.kill();
    });
    try {
      return await lockFor(plan, machine);
    } catch (error) {
      if (canceled) return undefined;
      throw error;
    }
  });
}

/** Renders a file with the seed and the choices of its lock, and reports what else differs. */
export function renderLocked(host: RenderHost, target: RenderTarget): Promise<RenderResult | undefined> {
  return render(host, target, {
    async choose({ uri }): Promise<RenderWhat | undefined> {
      const lock = await readLockFile(uri.fsPath);
      if (lock?.ok) return { kind: 'clip', locked: { seed: lock.lock.seed, rolled: lock.lock.rolled } };
      const write = l10n.t('Write Lock File');
      const text = notUsable(lockOf(nameOf(uri)), lock?.reason ?? l10n.t('It was not found.'));
      void window.showWarningMessage(text, write).then((chosen) => {
        if (chosen === write) return commands.executeCommand('travel.writeLock', uri);
      });
      return undefined;
    },
    open: 'preview',
    onPlan: (document, planned) => void compareWithLock(host, document, planned),
  });
}

/** Reports what makes a render differ from the lock beside its file, if it has one. The render goes on. */
export async function compareWithLock(
  { machine }: Pick<RenderHost, 'machine'>,
  { uri }: TextDocument,
  { plan, isRandom }: Pick<PlannedClip, 'plan' | 'isRandom'>,
): Promise<void> {
  const lock = await readLockFile(uri.fsPath);
  const differences = lock ? await differencesFrom(lock, plan, machine) : [];
  if (!lock || differences.length === 0) return;
  if (!lock.ok) {
    return void window.showWarningMessage(notUsable(lockOf(nameOf(uri)), lock.reason));
  }
  const asLocked = l10n.t('Render as Locked');
  const text = l10n.t('{name} differs from its lock file. {differences}', {
    name: nameOf(uri),
    differences: differences.join(' '),
  });
  const buttons = picksOthers(lock.lock, plan, isRandom) ? [asLocked] : [];
  if ((await window.showWarningMessage(text, ...buttons)) === asLocked) {
    await commands.executeCommand('travel.renderLocked', uri);
  }
}

const notUsable = (name: string, reason: string) => l10n.t('{name} cannot be used. {reason}', { name, reason });
