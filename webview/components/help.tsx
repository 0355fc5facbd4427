import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { keyHelp } from '../keyboard.ts';
import { IconButton } from './button.tsx';

/** The list of the keys. */
export function Help({ onClose }: { onClose: () => void }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      class="help"
      aria-labelledby="help-title"
      onClose={onClose}
      onKeyDown={(event) => {
        if (event.key === '?') dialog.current?.close();
        event.stopPropagation();
      }}
    >
      <div class="help-head">
        <h2 id="help-title">{l10n.t('Keyboard shortcuts')}</h2>
        <IconButton icon="close" label={l10n.t('Close')} onClick={() => dialog.current?.close()} />
      </div>
      <dl class="help-keys">
        {keyHelp(navigator.platform.startsWith('Mac')).map(({ keys, does }) => (
          <div key={does}>
            <dt>{keys.map((key) => (key === '…' ? ' … ' : <kbd key={key}>{key}</kbd>))}</dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </dialog>
  );
}
