import { type Diagnostic as Mark, setDiagnostics } from '@codemirror/lint';
import { type LSPClient, LSPPlugin } from '@codemirror/lsp-client';
import type { Extension, Text } from '@codemirror/state';
import { type EditorView, ViewPlugin } from '@codemirror/view';
import type { CodeAction, Diagnostic, DocumentDiagnosticReport, SemanticTokens } from 'vscode-languageserver-protocol';
import { TIMELINE, TimelineAnswer } from '../../protocol/timeline.ts';
import { marksOf } from './marks.ts';
import { setTokens } from './tokens.ts';

/** What the server knows about one version of the text. */
export interface Answers {
  readonly timeline: TimelineAnswer;
}

/** How long nothing is typed before the server is asked, in milliseconds. */
const QUIET = 120;

/** Keeps colors, problems and timeline up to date: one round of requests at a time, each for the newest text. */
export function askServer(
  client: LSPClient,
  uri: string,
  answered: (answers: Answers) => void,
  failed: (error: unknown) => void,
): Extension {
  const textDocument = { uri };
  const everything = (doc: Text) => ({
    start: { line: 0, character: 0 },
    end: { line: doc.lines - 1, character: doc.line(doc.lines).length },
  });

  async function ask(doc: Text) {
    const [report, tokens, timeline] = await Promise.all([
      client.request<object, DocumentDiagnosticReport>('textDocument/diagnostic', { textDocument }),
      client.request<object, SemanticTokens>('textDocument/semanticTokens/full', { textDocument }),
      client.request<object, unknown>(TIMELINE, { uri }),
    ]);
    const diagnostics: readonly Diagnostic[] = report.kind === 'full' ? report.items : [];
    const context = { diagnostics, only: ['quickfix'] };
    const actions = await client.request<object, CodeAction[] | null>('textDocument/codeAction', {
      textDocument,
      range: everything(doc),
      context,
    });
    return { diagnostics, tokens, actions: actions ?? [], timeline: TimelineAnswer.parse(timeline) };
  }

  return ViewPlugin.define((view) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isAsking = false;
    let isGone = false;

    /** @returns whether the text is still the one that was asked about */
    const askOnce = async (): Promise<boolean> => {
      client.sync();
      const { doc } = view.state;
      const isOutdated = () => !isGone && view.state.doc !== doc;
      try {
        const { diagnostics, tokens, actions, timeline } = await ask(doc);
        if (isGone || isOutdated()) return !isOutdated();
        show(view, marksOf(view, uri, diagnostics, actions), tokens);
        answered({ timeline });
      } catch (error) {
        // The server drops requests about a text that has changed.
        if (!isGone && !isOutdated()) failed(error);
      }
      return !isOutdated();
    };

    const round = async () => {
      if (isAsking) return;
      isAsking = true;
      try {
        await client.initializing;
        while (!(await askOnce()));
      } catch (error) {
        failed(error);
      } finally {
        isAsking = false;
      }
    };

    void round();
    return {
      update({ docChanged }) {
        if (!docChanged) return;
        clearTimeout(timer);
        timer = setTimeout(() => void round(), QUIET);
      },
      destroy() {
        isGone = true;
        clearTimeout(timer);
      },
    };
  });

  function show(view: EditorView, marks: readonly Mark[], tokens: SemanticTokens) {
    const legend = client.serverCapabilities?.semanticTokensProvider?.legend;
    const plugin = LSPPlugin.get(view);
    if (legend && plugin) view.dispatch({ effects: setTokens.of({ data: tokens.data, legend }) });
    view.dispatch(setDiagnostics(view.state, marks));
  }
}
