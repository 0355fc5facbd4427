import * as l10n from '@vscode/l10n';
import { window } from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { ROLL_SEED, RollSeedAnswer, type RollSeedRequest } from '../protocol/plan-request.ts';
import { LANGUAGE } from './language-id.ts';

/** Gives the active file, if its `seed` is −1, another seed for the renders to come. The text stays as it is. */
export async function rollSeed(client: BaseLanguageClient): Promise<void> {
  const document = window.activeTextEditor?.document;
  if (document?.languageId !== LANGUAGE) {
    void window.showWarningMessage(l10n.t('Open the .travel file that should get another seed, and try again.'));
    return;
  }
  const request: RollSeedRequest = { uri: client.code2ProtocolConverter.asUri(document.uri) };
  const answer = RollSeedAnswer.parse(await client.sendRequest(ROLL_SEED, request));
  if (answer.kind === 'rolled') {
    window.setStatusBarMessage(`$(check) ${l10n.t('The seed is now {0}', answer.seed)}`, 5000);
  }
  if (answer.kind === 'fixed') {
    void window.showInformationMessage(
      l10n.t('This file sets its seed: {0}. Set `seed: -1`, or remove the line, to have one rolled.', answer.seed),
    );
  }
}
