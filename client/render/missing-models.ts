import { commands, window } from 'vscode';
import type { PlanAnswer } from '../../protocol/plan-request.ts';

type Errors = Extract<PlanAnswer, { readonly kind: 'errors' }>;
type Missing = NonNullable<Errors['missing']>;

/** Models or folders that a message lists. */
const MOST_LISTED = 3;

/** Reports which models a file needs and does not have, and where they were looked for. @param name of the file */
export async function showMissing(name: string, missing: Missing, count: number): Promise<void> {
  const [choose, problems] = ['Choose Model Folders…', 'Show Problems'];
  const chosen = await window.showErrorMessage(missingText(name, missing, count), choose, problems);
  if (chosen === choose) await commands.executeCommand('travel.chooseModelFolders');
  if (chosen === problems) await commands.executeCommand('workbench.actions.view.problems');
}

/** @param count of all errors */
function missingText(name: string, { models, folders }: Missing, count: number): string {
  const reasons = models.map(({ kind, name: model }) =>
    model === null ? `no ${kind} is set` : `${kind} “${model}” was not found`,
  );
  const others = count - models.length;
  return [
    `${name} cannot be rendered: ${listed(reasons)}.`,
    folders.length === 0 ? 'No model folders are set.' : `Searched: ${listed(folders)}.`,
    ...(others > 0 ? [`The file has ${others === 1 ? 'another error' : `${others} other errors`}, too.`] : []),
  ].join(' ');
}

function listed(items: readonly string[]): string {
  const more = items.length - MOST_LISTED;
  return [...items.slice(0, MOST_LISTED), ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
}
