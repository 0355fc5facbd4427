import * as l10n from '@vscode/l10n';
import { env, window } from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { A1111_PROMPT, A1111PromptAnswer, type A1111PromptRequest } from '../protocol/language-server.ts';
import { LANGUAGE } from './language-id.ts';

/** Copies the active file as text for AUTOMATIC1111's prompt box, and shows what that box cannot hold. */
export async function copyAsA1111(client: BaseLanguageClient): Promise<void> {
  const answer = await a1111Prompt(client);
  if (!answer) return;
  await env.clipboard.writeText(answer.prompt);
  if (answer.lost.length > 0) showLost(answer);
  else window.setStatusBarMessage(`$(check) ${l10n.t('Prompt copied')}`, 3000);
}

function showLost({ lost, negative }: A1111PromptAnswer): void {
  const button = l10n.t('Copy Negative Prompt');
  const why = l10n.t("Prompt copied, but A1111's prompt box cannot hold everything.");
  const message = `${why} ${lost.join(' ')}`;
  void window.showWarningMessage(message, ...(negative === '' ? [] : [button])).then((chosen) => {
    if (chosen === button) return copyNegative(negative);
  });
}

/** Copies the negative prompt of the active file for AUTOMATIC1111's second prompt box. */
export async function copyNegativePrompt(client: BaseLanguageClient): Promise<void> {
  const answer = await a1111Prompt(client);
  if (answer?.negative) await copyNegative(answer.negative);
  else if (answer) {
    void window.showInformationMessage(
      l10n.t('This file has no negative prompt for all frames. Set `negative_prompt` to add one.'),
    );
  }
}

async function copyNegative(text: string): Promise<void> {
  await env.clipboard.writeText(text);
  window.setStatusBarMessage(`$(check) ${l10n.t('Negative prompt copied')}`, 3000);
}

/** null if no `.travel` file is active; then the user was told to open one. */
async function a1111Prompt(client: BaseLanguageClient): Promise<A1111PromptAnswer | null> {
  const document = window.activeTextEditor?.document;
  if (document?.languageId !== LANGUAGE) {
    void window.showWarningMessage(l10n.t('Open the .travel file to copy and try again.'));
    return null;
  }
  const request: A1111PromptRequest = { uri: client.code2ProtocolConverter.asUri(document.uri) };
  return A1111PromptAnswer.parse(await client.sendRequest(A1111_PROMPT, request));
}
