import { join } from 'node:path';
import * as l10n from '@vscode/l10n';
import { type ExtensionContext, Range, type TextDocument, window } from 'vscode';
import { parseFrameRange } from '../../plan/frame-range.ts';
import { PREVIEWS } from '../../protocol/cache-layout.ts';
import type { RenderResult } from '../../protocol/engine.ts';
import {
  type RenderWhat,
  SELECTED_FRAMES,
  SelectedFramesAnswer,
  type SelectedFramesRequest,
} from '../../protocol/plan-request.ts';
import { compareWithLock } from './lock.ts';
import { openExample } from './open-document.ts';
import { removeOldPreviews } from './previews.ts';
import { askServer, type RenderHost, type RenderTarget, render } from './render-command.ts';

type Rendered = Promise<RenderResult | undefined>;

type ExtensionFolders = Pick<ExtensionContext, 'extensionUri' | 'globalStorageUri'>;

export function renderClip(host: RenderHost, extension: ExtensionFolders, target: RenderTarget): Rendered {
  return render(host, target, {
    choose: async () => ({ kind: 'clip' }),
    open: 'preview',
    // As in the walkthrough.
    otherwise: () => openExample(extension),
    onPlan: (document, planned) => void compareWithLock(host, document, planned),
  });
}

/** Opens the example beside its preview, whatever else is open, and renders it. */
export async function renderExample(host: RenderHost, extension: ExtensionFolders): Rendered {
  const { uri } = await openExample(extension);
  return renderClip(host, extension, uri);
}

export function renderDraft(host: RenderHost, target: RenderTarget): Rendered {
  return render(host, target, { choose: async () => ({ kind: 'draft' }), open: 'preview' });
}

/** @param frame of the clip; undefined: the one of the keyframe at the cursor, or of the nearest */
export function previewFrame(host: RenderHost, target: RenderTarget, frame: unknown): Rendered {
  const folder = join(host.jobs.cacheFolder, PREVIEWS);
  return render(host, target, {
    async choose(document): Promise<RenderWhat | undefined> {
      const chosen = typeof frame === 'number' ? frame : (await selectedFrames(host, document))?.nearest;
      if (chosen === undefined) return undefined;
      await removeOldPreviews(folder);
      return { kind: 'frame', frame: chosen, folder };
    },
    open: 'beside',
  });
}

/** Asks for a part of the clip, by default the keyframes in the selection. */
export function renderFrames(host: RenderHost, target: RenderTarget): Rendered {
  return render(host, target, {
    async choose(document): Promise<RenderWhat | undefined> {
      const selected = await selectedFrames(host, document);
      if (!selected) return undefined;
      const { frames, from, to } = selected;
      const written = await window.showInputBox({
        title: l10n.t('Render Selected Frames'),
        prompt: l10n.t('First and last frame of 0 to {0}, such as 4-7, or one frame', frames - 1),
        value: from === to ? `${from}` : `${from}-${to}`,
        validateInput(text) {
          const parsed = parseFrameRange(text, frames);
          return parsed.ok ? undefined : parsed.message;
        },
      });
      const parsed = written === undefined ? null : parseFrameRange(written, frames);
      return parsed?.ok ? { kind: 'frames', ...parsed.range } : undefined;
    },
    open: 'preview',
  });
}

type SelectedFrames = NonNullable<SelectedFramesAnswer>;

/** undefined if the server cannot be asked, and then the user was told why. */
function selectedFrames({ client }: RenderHost, document: TextDocument): Promise<SelectedFrames | undefined> {
  const { start, end } = selectionIn(document);
  const request: SelectedFramesRequest = {
    uri: client.code2ProtocolConverter.asUri(document.uri),
    selection: {
      start: { line: start.line, character: start.character },
      end: { line: end.line, character: end.character },
    },
  };
  return askServer(document, async () => {
    const answer = SelectedFramesAnswer.parse(await client.sendRequest(SELECTED_FRAMES, request));
    if (!answer) throw new Error(l10n.t('the file is not open there'));
    return answer;
  });
}

/** The selection in the editor of a document; its start if it is only in the background. */
function selectionIn({ uri }: TextDocument): Pick<Range, 'start' | 'end'> {
  const editors = [...(window.activeTextEditor ? [window.activeTextEditor] : []), ...window.visibleTextEditors];
  const editor = editors.find(({ document }) => document.uri.toString() === uri.toString());
  return editor?.selection ?? new Range(0, 0, 0, 0);
}
