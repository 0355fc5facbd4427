import type { Action, Diagnostic as Mark } from '@codemirror/lint';
import { LSPPlugin } from '@codemirror/lsp-client';
import type { EditorView } from '@codemirror/view';
import { withBase } from 'vitepress';
import type { CodeAction, Diagnostic, TextEdit } from 'vscode-languageserver-protocol';

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
  const fixesOf = (diagnostic: Diagnostic) =>
    actions.filter((action) => action.diagnostics?.some((fixed) => keyOf(fixed) === keyOf(diagnostic)));
  return diagnostics.map((diagnostic) => ({
    from: plugin.fromPosition(diagnostic.range.start),
    to: plugin.fromPosition(diagnostic.range.end),
    severity: SEVERITIES[diagnostic.severity ?? 1] ?? 'error',
    source: String(diagnostic.code),
    message: textOf(diagnostic),
    renderMessage: () => messageOf(diagnostic),
    actions: fixesOf(diagnostic).flatMap(({ title, edit }): Action[] => {
      const edits = edit?.changes?.[uri];
      return edits ? [{ name: title, apply: (target) => applyEdits(target, edits) }] : [];
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

const textOf = ({ message }: Diagnostic) => (typeof message === 'string' ? message : message.value);

function messageOf(diagnostic: Diagnostic): Node {
  const element = document.createElement('span');
  const link = document.createElement('a');
  const page = String(diagnostic.code).replace(/^travel\//, '');
  link.href = withBase(`/diagnostics/${page}.html`);
  link.target = '_blank';
  link.textContent = page;
  element.append(textOf(diagnostic), ' ', link);
  return element;
}
