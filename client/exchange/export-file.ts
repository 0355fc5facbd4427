import * as l10n from '@vscode/l10n';
import { ViewColumn, window, workspace } from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { fileName } from '../../plan/paths.ts';
import { EXPORT, ExportAnswer, type ExportRequest, type ExportTarget } from '../../protocol/language-server.ts';
import { LANGUAGE } from '../language-id.ts';
import { showNotes } from './notes.ts';

interface TargetItem {
  readonly label: string;
  readonly description: string;
  readonly target: ExportTarget;
}

const TARGETS: readonly TargetItem[] = [
  {
    label: l10n.t('A1111 Prompt'),
    description: l10n.t('Text for the prompt box, with sd-webui-animatediff'),
    target: 'a1111-prompt',
  },
  {
    label: l10n.t('A1111 Generation Parameters'),
    description: l10n.t('Prompt, negative prompt and settings, as PNG Info shows them'),
    target: 'infotext',
  },
  { label: l10n.t('A1111 API Request'), description: '/sdapi/v1/txt2img', target: 'webui-api' },
  {
    label: l10n.t('ComfyUI Workflow'),
    description: l10n.t('API format, with AnimateDiff-Evolved and FizzNodes'),
    target: 'comfy-api',
  },
  { label: l10n.t('FizzNodes Schedule'), description: l10n.t('Text for a prompt schedule'), target: 'fizz' },
  {
    label: l10n.t('animatediff-cli Configuration'),
    description: 'animatediff-cli-prompt-travel',
    target: 'cli',
  },
  { label: l10n.t('Deforum Settings'), description: l10n.t('Prompts, size, sampler and guidance'), target: 'deforum' },
];

/** Opens the active file in the format of another tool beside it, and what that cannot hold beside both. */
export async function exportFile(client: BaseLanguageClient): Promise<void> {
  const document = window.activeTextEditor?.document;
  if (document?.languageId !== LANGUAGE) {
    void window.showWarningMessage(l10n.t('Open the .travel file to export and try again.'));
    return;
  }
  const chosen = await window.showQuickPick(TARGETS, {
    title: l10n.t('Export'),
    placeHolder: l10n.t('Choose a format'),
    matchOnDescription: true,
  });
  if (!chosen) return;
  const uri = client.code2ProtocolConverter.asUri(document.uri);
  const name = `${fileName(document.uri.path)} → ${chosen.label}`;
  const show = async (easing: ExportRequest['easing']) => {
    const request: ExportRequest = { uri, to: chosen.target, easing };
    const answer = ExportAnswer.parse(await client.sendRequest(EXPORT, request));
    await showResult(name, answer);
    return answer;
  };
  const { hasLostEasing } = await show('linear');
  // Not awaited: it ends when the user has chosen.
  if (hasLostEasing) void offerKeys(() => show('keys'));
}

async function offerKeys(show: () => Promise<unknown>): Promise<void> {
  const write = l10n.t('Write Easing as Keyframes');
  const message = l10n.t('Transitions such as ease are linear in this format. Further keyframes come closer.');
  if ((await window.showInformationMessage(message, write)) === write) await show();
}

/** @param name of what is exported */
async function showResult(name: string, answer: ExportAnswer): Promise<void> {
  const result = await workspace.openTextDocument({
    language: answer.isJson ? 'json' : 'plaintext',
    content: answer.text,
  });
  await window.showTextDocument(result, { viewColumn: ViewColumn.Beside, preview: false });
  if (answer.notes.length > 0) {
    await showNotes(l10n.t('Export Notes'), [{ name, notes: answer.notes }]);
  }
}
