import './zod-settings.ts';
import './l10n.ts';
import './styles/page.css';
import { render } from 'preact';
import { App } from './components/app.tsx';
import { Thumbnails } from './components/thumbnails.ts';
import { connectHost } from './host.ts';
import { Preview } from './preview.ts';
import { restoreView } from './state/stored.ts';

/** The page of the preview. It shows nothing until the host has answered `ready`. */
const host = connectHost();
const thumbnails = new Thumbnails();
const preview = new Preview({
  view: restoreView(host.stored()),
  post: host.post,
  reducedMotion:
    matchMedia('(prefers-reduced-motion: reduce)').matches || document.body.classList.contains('vscode-reduce-motion'),
});

const report = (what: string, error: unknown) => preview.fail(what, error);
addEventListener('error', (event) => report('The page failed', event.error ?? event.message));
addEventListener('unhandledrejection', (event) => report('The page failed', event.reason));

host.listen((message) => {
  if (message.type === 'thumbnail') thumbnails.receive(message);
  if (message.type === 'renders') thumbnails.keepOnly(new Set(message.renders.map(({ id }) => id)));
  preview.receive(message);
});
preview.subscribe(() => host.store(preview.view));

const root = document.createElement('div');
root.id = 'root';
document.body.append(root);
render(<App preview={preview} thumbnails={thumbnails} />, root);
host.post({ type: 'ready' });
