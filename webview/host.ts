import { HostMessage, type PageMessage } from '../protocol/preview.ts';
import { storedView } from './state/stored.ts';
import type { View } from './state/view.ts';

/** The extension behind the page. What it sends is checked; what was stored is not. */
export interface Host {
  post(message: PageMessage): void;
  listen(receive: (message: HostMessage) => void): void;
  stored(): unknown;
  store(view: View): void;
}

/** How long nothing changes before the view is stored, in milliseconds. */
const SETTLED = 250;

export function connectHost(): Host {
  const api = acquireVsCodeApi();
  let isScheduled = false;
  let latest: View | null = null;
  const post = (message: PageMessage) => api.postMessage(message);
  const write = () => {
    isScheduled = false;
    if (latest !== null) api.setState(storedView(latest));
  };
  // The last change before the page is hidden or closed would be lost otherwise.
  addEventListener('pagehide', write);
  return {
    post,
    listen(receive) {
      addEventListener('message', (event: MessageEvent<unknown>) => {
        const result = HostMessage.safeParse(event.data);
        if (result.success) receive(result.data);
        else {
          const issues = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
          post({ type: 'error', message: `A message of the host was not understood: ${issues}` });
        }
      });
    },
    stored: () => api.getState(),
    store(view) {
      if (!isLaidOut()) return;
      latest = view;
      if (!isScheduled) setTimeout(write, SETTLED);
      isScheduled = true;
    },
  };
}

/** A page that VS Code has not shown yet has the size of an empty frame. What is laid out then means nothing. */
function isLaidOut(): boolean {
  return document.visibilityState === 'visible' && !(innerWidth === 300 && innerHeight === 150);
}
