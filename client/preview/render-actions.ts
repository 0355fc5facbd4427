import * as l10n from '@vscode/l10n';
import { commands, env, type TextDocument, Uri, window, workspace } from 'vscode';
import { withoutMark } from '../../plan/byte-order-mark.ts';
import { messageOf } from '../../plan/message-of.ts';
import { fileName } from '../../plan/paths.ts';
import { clipWork } from '../../plan/work.ts';
import { LANGUAGE } from '../language-id.ts';
import { UTF8_WITH_MARK } from '../source-text.ts';
import type { ClipAction } from './document-preview.ts';
import type { DocumentRenders } from './document-renders.ts';
import { planNow } from './plan-again.ts';
import type { RenderedFile } from './rendered-files.ts';
import { saveAs } from './save-as.ts';

/**
 * What a person does with a finished render.
 *
 * @param path of the render in the list; one that is gone by now is ignored
 * @throws Error with a message for the user
 */
export async function actOnRender(
  renders: DocumentRenders,
  document: TextDocument,
  path: string,
  action: ClipAction,
): Promise<void> {
  const file = renders.list.files.find((each) => each.path === path);
  if (!file) return;
  switch (action) {
    case 'show':
      return renders.show('a', file);
    case 'compare':
      return renders.show('b', file);
    case 'star':
      return renders.list.toggleStar(path);
    case 'delete':
      return deleteRender(renders, file);
    case 'reveal':
      return void (await commands.executeCommand('revealFileInOS', Uri.file(path)));
    case 'renderAgain':
      return renderAgain(renders, document, file);
    case 'openSource':
      return openSource(file.source);
    case 'saveAs':
      return saveAs(path, renders.services.convert);
    case 'openOutside':
      return openOutside(path);
  }
}

async function deleteRender(renders: DocumentRenders, { name, path, paths }: RenderedFile): Promise<void> {
  const button = l10n.t('Move to Trash');
  const files = paths.map(fileName).join(', ');
  const question = l10n.t('Delete the render {0}?', name);
  const chosen = await window.showWarningMessage(question, { modal: true, detail: files }, button);
  if (chosen !== button) return;
  if (!(await moveToTrash(paths, files))) return;
  renders.clips.forget(path);
  await renders.rescan();
}

/** There is no trash on some computers, such as those of a remote window. @returns whether the files are gone */
async function moveToTrash(paths: readonly string[], names: string): Promise<boolean> {
  const left = [...paths];
  const remove = async (useTrash: boolean) => {
    for (; left.length > 0; left.shift()) {
      await workspace.fs.delete(Uri.file(left[0]!), { useTrash, recursive: true });
    }
  };
  try {
    await remove(true);
    return true;
  } catch (error) {
    const button = l10n.t('Delete Permanently');
    const question = l10n.t('{0} could not be moved to the trash. Delete permanently?', names);
    const chosen = await window.showWarningMessage(question, { modal: true, detail: messageOf(error) }, button);
    if (chosen !== button) return false;
    await remove(false);
    return true;
  }
}

/** Renders the source in a file with its seed, with the models as they are now. */
async function renderAgain(
  renders: DocumentRenders,
  document: TextDocument,
  { name, source, seed }: RenderedFile,
): Promise<void> {
  const { server, jobs } = renders.services;
  if (seed === null) {
    throw new Error(l10n.t('The seed of {0} is not known. Open its source and render that.', name));
  }
  const plan = await planNow(server, document, l10n.t('The source of {0}', name), { kind: 'text', text: source, seed });
  await jobs.submit({ document: document.uri.toString(), work: clipWork(plan), resume: true });
}

/** Opens the source of a render as a new, untitled file. */
export async function openSource(source: string): Promise<void> {
  const content = withoutMark(source);
  const mark = content === source ? {} : { encoding: UTF8_WITH_MARK };
  await window.showTextDocument(await workspace.openTextDocument({ language: LANGUAGE, content, ...mark }));
}

async function openOutside(path: string): Promise<void> {
  if (await env.openExternal(Uri.file(path))) return;
  throw new Error(l10n.t('{0} could not be opened. Open it in your file manager.', path));
}
