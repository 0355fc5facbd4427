import * as l10n from '@vscode/l10n';
import { Range, type TextDocument, WorkspaceEdit, window, workspace } from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { LOCK_SEED, LockSeedAnswer, type LockSeedRequest } from '../protocol/plan-request.ts';
import { LANGUAGE } from './language-id.ts';
import { askWhileTyping } from './while-typing.ts';

/** Writes the seed that renders of the active file use now into its settings, as one edit. */
export async function lockSeed(client: BaseLanguageClient): Promise<void> {
  const document = window.activeTextEditor?.document;
  if (document?.languageId !== LANGUAGE) {
    void window.showWarningMessage(l10n.t('Open the .travel file that should keep its seed, and try again.'));
    return;
  }
  const answer = await askWhileTyping(document, async (): Promise<LockSeedAnswer> => {
    const { version } = document;
    const request: LockSeedRequest = { uri: client.code2ProtocolConverter.asUri(document.uri), version };
    const answer = LockSeedAnswer.parse(await client.sendRequest(LOCK_SEED, request));
    // The edit is for the text that was asked about.
    return document.version === version ? answer : { kind: 'outdated' };
  });
  await lock(document, answer);
}

async function lock({ uri }: TextDocument, answer: LockSeedAnswer): Promise<void> {
  switch (answer.kind) {
    case 'edit': {
      const { range, newText, seed } = answer;
      const edit = new WorkspaceEdit();
      const { start, end } = range;
      edit.replace(uri, new Range(start.line, start.character, end.line, end.character), newText);
      if (await workspace.applyEdit(edit))
        window.setStatusBarMessage(`$(lock) ${l10n.t('The seed is now {0} in the file', seed)}`, 5000);
      else void window.showErrorMessage(l10n.t('The seed was not locked, because the file could not be edited.'));
      return;
    }
    case 'fixed':
      void window.showInformationMessage(l10n.t('This file already sets its seed: {0}.', answer.seed));
      return;
    case 'not-editable':
      void window.showWarningMessage(
        l10n.t('The seed was not locked, because the settings have errors. Fix them and try again.'),
      );
      return;
    case 'outdated':
      void window.showWarningMessage(l10n.t('The seed was not locked, because the text kept changing. Try again.'));
      return;
  }
}
