import { LSPClient } from '@codemirror/lsp-client';
import example from '../../examples/portrait.travel?raw';
import { createEditor } from './editor.ts';
import { messageOf } from './message-of.ts';
import { PreviewFrame } from './preview-frame.ts';
import { startServer } from './server.ts';

const URI = 'inmemory://playground/portrait.travel';

/** Shows the editor and the preview in `root`. @returns a function that ends both, and the server */
export function startPlayground(root: HTMLElement): () => void {
  const text = pane('playground-text');
  const picture = pane('playground-preview');
  const status = pane('playground-status');
  status.setAttribute('role', 'status');
  root.replaceChildren(text, picture, status);
  const show = (message: string) => {
    status.textContent = message;
  };

  const server = startServer(show);
  const client = new LSPClient({ initializationOptions: { disk: false }, timeout: 20_000 }).connect(server.transport);
  const view = createEditor({
    parent: text,
    text: example,
    uri: URI,
    client,
    answered: (answers) => {
      show('');
      preview.show(answers);
    },
    moved: (line) => preview.followLine(line),
    failed: (error) =>
      show(`The text could not be checked: ${messageOf(error)}. It is checked again when you change it.`),
  });
  const preview = new PreviewFrame({ parent: picture, view, client, uri: URI, notify: show });
  return () => {
    preview.dispose();
    view.destroy();
    server.stop();
  };
}

function pane(className: string): HTMLElement {
  const element = document.createElement('div');
  element.className = className;
  return element;
}
