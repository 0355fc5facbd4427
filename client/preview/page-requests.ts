import * as l10n from '@vscode/l10n';
import { commands, type Uri, window } from 'vscode';
import { messageOf } from '../../plan/message-of.ts';
import type { PageMessage } from '../../protocol/preview.ts';
import type { Change } from '../../protocol/renders.ts';
import { LANGUAGE } from '../language-id.ts';
import type { DocumentPreview, PreviewServices } from './document-preview.ts';
import { offerToSaveFrame, saveFrame } from './frame-files.ts';
import { ignoreRenders } from './ignore-renders.ts';
import type { PageRequest } from './page.ts';
import { editKeyframes, focusText, revealLine } from './text-sync.ts';

/** Does what a page of a document asks for. Whatever fails is reported here. */
export async function answerPage(
  message: Exclude<PageRequest, { readonly type: 'shownSize' }>,
  preview: DocumentPreview | null,
  { server, log, renders: host }: PreviewServices,
): Promise<void> {
  try {
    if (message.type === 'command') return await runCommand(message.command, preview);
    if (!preview) return;
    const { document, renders, name } = preview;
    switch (message.type) {
      case 'inspect':
        return await preview.inspect(message.frame);
      case 'stepWindows':
        return await preview.showStep(message.step);
      case 'reveal':
        return await revealLine(document, message.line);
      case 'edit':
        return await editKeyframes(server, document, message.version, message.edit);
      case 'previewFrame':
        return void (await commands.executeCommand('travel.previewFrame', document.uri, message.frame));
      case 'saveFrame':
        return await saveFrame(document.uri, name, message.frame, message.png);
      case 'frameCopied':
        return void window.setStatusBarMessage(`$(check) ${l10n.t('Frame {0} copied', message.frame)}`, 3000);
      case 'cannotCopyFrame':
        return await offerToSaveFrame(document.uri, name, message.frame, message.png);
      case 'clip':
        return renders ? await host?.act(renders, document, message.id, message.action) : undefined;
      case 'wantInputs':
        return preview.wantInputs(message.ids);
      case 'clearCompare':
        renders?.clips.clearCompare();
    }
  } catch (error) {
    const name = preview?.name ?? '';
    log.error(`The preview asked for ${message.type} of “${name}”, which failed: ${messageOf(error)}`);
    // Nobody has asked for these by a click.
    if (message.type !== 'inspect' && message.type !== 'stepWindows') void window.showErrorMessage(messageOf(error));
  }
}

type PageCommand = Extract<PageMessage, { type: 'command' }>['command'];

/** The commands of VS Code that a page may run; the rest has functions of its own. */
const COMMANDS: Readonly<Partial<Record<PageCommand, string>>> = {
  render: 'travel.render',
  draft: 'travel.renderDraft',
  chooseModelFolders: 'travel.chooseModelFolders',
  manageTrust: 'workbench.trust.manage',
  showLog: 'travel.showLog',
  showProblems: 'workbench.actions.view.problems',
  toggleLock: 'travel.togglePreviewLock',
  compareWithHead: 'travel.compareWithHead',
};

/** Those whose argument is the file. */
const OF_FILE: ReadonlySet<PageCommand> = new Set(['render', 'draft', 'compareWithHead']);

const CHANGES: Readonly<Partial<Record<PageCommand, Change['change']>>> = {
  cancel: 'cancel',
  stopHere: 'stopHere',
  resume: 'requeue',
};

async function runCommand(command: PageCommand, preview: DocumentPreview | null): Promise<void> {
  const id = COMMANDS[command];
  if (id !== undefined) {
    const target: Uri[] = preview && OF_FILE.has(command) ? [preview.document.uri] : [];
    await commands.executeCommand(id, ...target);
    return;
  }
  if (command === 'openFile') return openFile();
  if (!preview) return;
  const { document, renders } = preview;
  const change = CHANGES[command];
  const job = renders?.job;
  if (change !== undefined && renders && job) return renders.services.jobs.change(job.id, change);
  if (command === 'focusText') return focusText(document);
  if (command === 'undo' || command === 'redo') return preview.changeHistory(command);
  if (command === 'save') return void (await document.save());
  if (command === 'ignoreRenders') return ignoreRenders(document.uri, renders?.outputFolder ?? null);
}

async function openFile(): Promise<void> {
  const filters = { 'Prompt Travel': [LANGUAGE] };
  const [file] = (await window.showOpenDialog({ title: l10n.t('Open Travel File'), filters })) ?? [];
  if (file) await window.showTextDocument(file);
}
