import { env, window } from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { A1111_PROMPT, A1111PromptAnswer, type A1111PromptRequest } from '../protocol/language-server.ts';
import { LANGUAGE } from './language-id.ts';

/** Copies the active file as text for AUTOMATIC1111's prompt box, and shows what that box cannot hold. */
export async function copyAsA1111(client: BaseLanguageClient): Promise<void> {
  const document = window.activeTextEditor?.document;
  if (document?.languageId !== LANGUAGE) {
    void window.showWarningMessage('Open the .travel file to copy and try again.');
    return;
  }
  const request: A1111PromptRequest = { uri: client.code2ProtocolConverter.asUri(document.uri) };
  const { prompt, lost } = A1111PromptAnswer.parse(await client.sendRequest(A1111_PROMPT, request));
  await env.clipboard.writeText(prompt);
  if (lost.length > 0)
    void window.showWarningMessage(`Prompt copied, but A1111 does not support all of it. ${lost.join(' ')}`);
  else window.setStatusBarMessage('$(check) Prompt copied', 3000);
}
