import { hoverTooltips, type LSPClient, serverCompletion } from '@codemirror/lsp-client';
import { EditorState } from '@codemirror/state';
import { basicSetup, EditorView } from 'codemirror';
import { type Answers, askServer } from './answers.ts';
import { showTokens } from './tokens.ts';

interface EditorOptions {
  readonly parent: HTMLElement;
  readonly text: string;
  readonly uri: string;
  readonly client: LSPClient;
  /** Called when the server has answered for the text as it is now. */
  readonly answered: (answers: Answers) => void;
  /** Called when the cursor is on another line, counted from 0. */
  readonly moved: (line: number) => void;
  readonly failed: (error: unknown) => void;
}

/** An editor whose completion, hover, colors and problems come from the language server. */
export function createEditor({ parent, text, uri, client, answered, moved, failed }: EditorOptions): EditorView {
  const lineOf = ({ doc, selection }: EditorState) => doc.lineAt(selection.main.head).number - 1;
  return new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        basicSetup,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': 'Text of the animation' }),
        client.plugin(uri, 'travel'),
        serverCompletion({ override: true }),
        hoverTooltips({ hoverTime: 300 }),
        showTokens,
        askServer(client, uri, answered, failed),
        EditorView.updateListener.of(({ startState, state }) => {
          if (lineOf(startState) !== lineOf(state)) moved(lineOf(state));
        }),
      ],
    }),
  });
}
