import type { Action, Diagnostic as Mark } from '@codemirror/lint';
import { LSPPlugin } from '@codemirror/lsp-client';
import type { EditorView } from '@codemirror/view';
import type { CodeAction, Diagnostic, TextEdit } from 'vscode-languageserver-protocol';
import { withBase } from 'vitepress';

const SEVERITIES = ['error', 'error', 'warning', 'info', 'hint'] as const;

/** The server's diagnostics as marks in the text, each with a link to its page, and its quick fixes as buttons. */
export function marksOf(
  view: EditorView,
  uri: string,
  diagnostics: readonly Diagnostic[],
  actions: readonly CodeAction[],
): Mark[] {
  const plugin = LSPPlugin.get(view);
  if (!plugin) return [];
  const keyOf = ({ code, range }: Diagnostic) => JSON.stringify([code, range]);
  const fixes = Map.groupBy(
    actions.flatMap((action) => (action.diagnostics ?? []).map((diagnostic) => ({ action, key: keyOf(diagnostic) }))),
    ({ key }) => key,
  );
  return diagnostics.map((diagnostic) => ({
    from: plugin.fromPosition(diagnostic.range.start),
    to: plugin.fromPosition(diagnostic.range.end),
    severity: SEVERITIES[diagnostic.severity ?? 1] ?? 'error',
    source: String(diagnostic.code),
    message: diagnostic.message,
    renderMessage: () => messageOf(diagnostic),
    actions: (fixes.get(keyOf(diagnostic)) ?? []).flatMap(({ action }): Action[] => {
      const edits = action.edit?.changes?.[uri];
      return edits ? [{ name: action.title, apply: (target) => applyEdits(target, edits) }] : [];
    }),
  }));
}

/** As one step of undo. */
export function applyEdits(view: EditorView, edits: readonly TextEdit[]): void {
  const plugin = LSPPlugin.get(view);
  if (!plugin) return;
  const changes = edits.map(({ range, newText }) => ({
    from: plugin.fromPosition(range.start),
    to: plugin.fromPosition(range.end),
    insert: newText,
  }));
  view.dispatch({ changes });
}

function messageOf({ code, message }: Diagnostic): Node {
  const element = document.createElement('span');
  const link = document.createElement('a');
  const page = String(code).replace(/^travel\//, '');
  link.href = withBase(`/diagnostics/${page}.html`);
  link.target = '_blank';
  link.textContent = page;
  element.append(message, ' ', link);
  return element;
}
