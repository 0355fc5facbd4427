import { redo, undo } from '@codemirror/commands';
import { type LSPClient, LSPPlugin } from '@codemirror/lsp-client';
import { EditorView } from '@codemirror/view';
// As text: an own file would be taken for the stylesheet of the site.
import style from '../../dist/preview.css?raw';
import script from '../../dist/preview.js?url';
import { HostMessage, PageMessage } from '../../protocol/preview.ts';
import {
  FRAME_DETAILS,
  FrameDetailsAnswer,
  KEYFRAME_EDIT,
  KeyframeEditAnswer,
  STEP_WINDOWS,
  StepWindowsAnswer,
  type Timeline,
} from '../../protocol/timeline.ts';
import type { Answers } from './answers.ts';
import { themeStyle } from './frame-theme.ts';
import { applyEdits } from './marks.ts';
import { messageOf } from './message-of.ts';

interface FrameOptions {
  readonly parent: HTMLElement;
  readonly view: EditorView;
  readonly client: LSPClient;
  readonly uri: string;
  /** Shows a sentence. */
  readonly notify: (message: string) => void;
}

/** Host of the preview page in a frame, instead of VS Code: it has a timeline, and nothing that is rendered. */
export class PreviewFrame {
  readonly #options: FrameOptions;
  readonly #frame = document.createElement('iframe');
  readonly #theme = new MutationObserver(() => this.#applyTheme());
  #isReady = false;
  #shown: { readonly version: number; readonly timeline: Timeline } | null = null;

  constructor(options: FrameOptions) {
    this.#options = options;
    this.#frame.title = 'Preview';
    this.#frame.srcdoc = pageHtml();
    addEventListener('message', this.#receive);
    this.#theme.observe(document.documentElement, { attributes: true, attributeFilter: ['class'] });
    options.parent.append(this.#frame);
  }

  show({ timeline }: Answers): void {
    if (timeline === null) return;
    this.#shown = { version: timeline.version, timeline: timeline.timeline };
    if (this.#isReady) this.#sendTimeline();
  }

  /** The cursor is on a line, counted from 0: the playhead goes to its keyframe. */
  followLine(line: number): void {
    const key = this.#shown?.timeline.keys
      .filter((candidate) => candidate.line <= line)
      .sort((a, b) => b.line - a.line)[0];
    if (key && this.#isReady) this.#post({ type: 'cursor', frame: key.frame });
  }

  dispose(): void {
    removeEventListener('message', this.#receive);
    this.#theme.disconnect();
    this.#frame.remove();
  }

  #receive = ({ source, data }: MessageEvent<unknown>) => {
    if (source !== this.#frame.contentWindow) return;
    const message = PageMessage.safeParse(data);
    if (!message.success) return;
    this.#answer(message.data).catch((error: unknown) =>
      this.#options.notify(`The preview asked for ${message.data.type}, which failed: ${messageOf(error)}`),
    );
  };

  async #answer(message: PageMessage): Promise<void> {
    const { client, uri, view, notify } = this.#options;
    switch (message.type) {
      case 'ready':
        this.#isReady = true;
        this.#applyTheme();
        this.#post({ type: 'state', name: 'portrait', subject: 'text', locked: false, state: { kind: 'no-engine' } });
        return this.#sendTimeline();
      case 'inspect': {
        const answer = await client.request<object, unknown>(FRAME_DETAILS, { uri, frame: message.frame });
        return this.#post({ type: 'details', details: FrameDetailsAnswer.parse(answer) });
      }
      case 'stepWindows': {
        const { step } = message;
        const windows = StepWindowsAnswer.parse(await client.request<object, unknown>(STEP_WINDOWS, { uri, step }));
        return this.#post({ type: 'stepWindows', step, windows });
      }
      case 'reveal': {
        const { from } = view.state.doc.line(Math.min(message.line + 1, view.state.doc.lines));
        return view.dispatch({
          selection: { anchor: from },
          effects: EditorView.scrollIntoView(from, { y: 'center' }),
        });
      }
      case 'edit':
        return this.#edit(message);
      case 'command':
        if (message.command === 'focusText') return view.focus();
        if (message.command === 'undo') return void undo(view);
        if (message.command === 'redo') return void redo(view);
        // Nothing is kept that could be saved.
        if (message.command === 'save') return;
        return notify('Only VS Code and the command line can do that: the playground has no engine.');
      case 'error':
        return console.error(message.message);
    }
  }

  async #edit({ version, edit }: Extract<PageMessage, { type: 'edit' }>): Promise<void> {
    const { client, uri, view, notify } = this.#options;
    const request = { uri, version, edit };
    const { doc } = view.state;
    const answer = KeyframeEditAnswer.parse(await client.request<object, unknown>(KEYFRAME_EDIT, request));
    if (answer.kind === 'refused') return notify(answer.reason);
    if (answer.kind === 'outdated' || view.state.doc !== doc) return;
    applyEdits(view, answer.edits);
    const plugin = LSPPlugin.get(view);
    if (!plugin || !answer.cursor) return;
    view.dispatch({ selection: { anchor: plugin.fromPosition(answer.cursor) } });
  }

  #sendTimeline(): void {
    if (this.#shown) this.#post({ type: 'timeline', ...this.#shown });
  }

  #post(message: HostMessage): void {
    this.#frame.contentWindow?.postMessage(HostMessage.parse(message), location.origin);
  }

  #applyTheme(): void {
    const inside = this.#frame.contentDocument;
    if (!inside) return;
    const isDark = document.documentElement.classList.contains('dark');
    inside.documentElement.style.cssText = themeStyle(isDark);
    inside.body.className = isDark ? 'vscode-dark' : 'vscode-light';
  }
}

/** The page, with a stand-in for what VS Code gives to its webviews. */
function pageHtml(): string {
  const stored = 'let stored = null;';
  const api = `globalThis.acquireVsCodeApi = () => ({
    postMessage: (message) => parent.postMessage(message, location.origin === 'null' ? '*' : location.origin),
    getState: () => stored,
    setState: (state) => { stored = state; },
  });`;
  return `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Preview</title><style>${style}</style></head>
<body><script>${stored}${api}</script><script src="${script}"></script></body>
</html>`;
}
