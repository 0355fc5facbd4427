import { commands, type ExtensionContext, type TextDocument, Uri, window, workspace } from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import type { RenderResult } from '../../protocol/engine.ts';
import { PLAN, PlanAnswer, type PlanRequest } from '../../protocol/plan-request.ts';
import { LANGUAGE } from '../language-id.ts';
import { messageOf } from '../log.ts';
import { openDocument, openExample } from './open-document.ts';
import type { Renders } from './renders.ts';

/**
 * Renders a document, on exactly the plan that the language server gives for it.
 *
 * @param extension the extension and its folders
 * @param target the file to render, as a menu or a code lens names it. Without one, the `.travel` file that is open, or
 * an example, as in the walkthrough
 * @returns the result when the render has ended; undefined if it never began, and then the user was told why
 */
export async function render(
  client: BaseLanguageClient,
  renders: Renders,
  extension: Pick<ExtensionContext, 'extensionUri' | 'globalStorageUri'>,
  target: Uri | string | undefined,
): Promise<RenderResult | undefined> {
  if (!workspace.isTrusted) return void askForTrust();
  const uri = typeof target === 'string' ? Uri.parse(target) : target;
  const document = uri
    ? await workspace.openTextDocument(uri)
    : ((await openDocument()) ?? (await openExample(extension)));
  const saved = await save(document);
  if (!saved || !(await renderAgain(saved, renders))) return undefined;
  const answer = await planOf(saved, client);
  switch (answer?.kind) {
    case 'plan':
      return renders.render(saved.uri, answer.plan);
    case 'errors':
      return void showErrors(saved, answer);
    case 'no-files':
      return void window.showWarningMessage('Rendering needs a file on disk. Save a copy of this one and open it.');
    default:
      return undefined;
  }
}

async function askForTrust(): Promise<void> {
  const manage = 'Manage Trust';
  const why = 'Rendering reads and writes files that the text names. Trust this folder first.';
  if ((await window.showWarningMessage(why, manage)) === manage)
    await commands.executeCommand('workbench.trust.manage');
}

/** The document once the file on disk is up to date; undefined if it cannot be saved, or the user declined. */
async function save(document: TextDocument): Promise<TextDocument | undefined> {
  if (!isTravel(document)) return undefined;
  if (document.uri.scheme !== 'file' && document.uri.scheme !== 'untitled') {
    void window.showWarningMessage('Rendering needs a file on disk. Save a copy of this one and open it.');
    return undefined;
  }
  if (!document.isDirty && !document.isUntitled) return document;
  const uri = await workspace.save(document.uri);
  const saved = uri && (await workspace.openTextDocument(uri));
  // The name that the user gave may be that of another language.
  return saved && isTravel(saved) ? saved : undefined;
}

function isTravel({ languageId }: TextDocument): boolean {
  if (languageId === LANGUAGE) return true;
  void window.showWarningMessage(
    'Only .travel files can be rendered. Save the file with that extension and try again.',
  );
  return false;
}

async function renderAgain({ uri }: TextDocument, renders: Renders): Promise<boolean> {
  if (!renders.isRendering(uri)) return true;
  const [again, show] = ['Render Again', 'Show'];
  const answer = await window.showInformationMessage(`${nameOf(uri)} is already being rendered.`, again, show);
  if (answer === show) renders.show(uri);
  return answer === again;
}

/** More than a person types while the server answers. */
const MOST_ATTEMPTS = 20;

/** The plan of the document as it is now; undefined if the server cannot be asked. */
async function planOf(document: TextDocument, client: BaseLanguageClient): Promise<PlanAnswer | undefined> {
  const uri = client.code2ProtocolConverter.asUri(document.uri);
  try {
    for (let attempt = 1; ; attempt++) {
      const request: PlanRequest = { uri, version: document.version };
      const answer = PlanAnswer.parse(await client.sendRequest(PLAN, request));
      // Someone may type while the server answers.
      if (answer.kind !== 'outdated' || document.isClosed) return answer;
      if (attempt === MOST_ATTEMPTS) throw new Error('it has another version of the text');
    }
  } catch (error) {
    const restart = 'Restart Server';
    const why = `${nameOf(document.uri)} cannot be rendered: the language server did not answer (${messageOf(error)}).`;
    void window.showErrorMessage(why, restart).then((chosen) => {
      if (chosen === restart) return commands.executeCommand('travel.restartServer');
    });
    return undefined;
  }
}

async function showErrors({ uri }: TextDocument, { count, first }: Extract<PlanAnswer, { kind: 'errors' }>) {
  const problems = 'Show Problems';
  const errors = count === 1 ? 'an error' : `${count} errors`;
  const why = `${nameOf(uri)} has ${errors} and cannot be rendered. ${first}`;
  if ((await window.showErrorMessage(why, problems)) === problems) {
    await commands.executeCommand('workbench.actions.view.problems');
  }
}

/** The file's name, with its extension. */
const nameOf = (uri: Uri): string => uri.path.slice(uri.path.lastIndexOf('/') + 1);
