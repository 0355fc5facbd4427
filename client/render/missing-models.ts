import * as l10n from '@vscode/l10n';
import { commands, window } from 'vscode';
import type { PlanAnswer } from '../../protocol/plan-request.ts';

type Errors = Extract<PlanAnswer, { readonly kind: 'errors' }>;
type Missing = NonNullable<Errors['missing']>;

/** Models or folders that a message lists. */
const MOST_LISTED = 3;

/** Reports which models a file needs and does not have, and where they were looked for. @param name of the file */
export async function showMissing(name: string, missing: Missing, count: number): Promise<void> {
  const [choose, problems] = [l10n.t('Choose Model Folders…'), l10n.t('Show Problems')];
  const chosen = await window.showErrorMessage(missingText(name, missing, count), choose, problems);
  if (chosen === choose) await commands.executeCommand('travel.chooseModelFolders');
  if (chosen === problems) await commands.executeCommand('workbench.actions.view.problems');
}

/** @param count of all errors */
function missingText(name: string, { models, folders }: Missing, count: number): string {
  const reasons = models.map(({ kind, name: model }) =>
    model === null ? l10n.t('no {0} is set', kind) : l10n.t('{kind} “{name}” was not found', { kind, name: model }),
  );
  const others = count - models.length;
  return [
    l10n.t('{name} cannot be rendered: {reason}.', { name, reason: listed(reasons) }),
    folders.length === 0 ? l10n.t('No model folders are set.') : l10n.t('Searched: {0}.', listed(folders)),
    ...(others === 1 ? [l10n.t('The file has another error, too.')] : []),
    ...(others > 1 ? [l10n.t('The file has {0} other errors, too.', others)] : []),
  ].join(' ');
}

function listed(items: readonly string[]): string {
  const more = items.length - MOST_LISTED;
  return [...items.slice(0, MOST_LISTED), ...(more > 0 ? [l10n.t('and {0} more', more)] : [])].join(', ');
}
