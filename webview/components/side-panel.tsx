import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Preview } from '../preview.ts';
import type { View } from '../state/view.ts';
import { Inspector } from './inspector.tsx';
import { Renders } from './renders.tsx';

interface SidePanelProps {
  readonly preview: Preview;
  readonly thumbnails: ReadonlyMap<string, string>;
}

/** Beside or below the picture: the frame, and the renders of the file. */
export function SidePanel({ preview, thumbnails }: SidePanelProps): JSX.Element {
  const body = useRef<HTMLDivElement>(null);
  const { subject, renders } = preview.model;
  // A rendered file has no renders of its own.
  const tab = subject === 'render' ? 'frame' : preview.view.tab;
  const count = renders.length;
  useLayoutEffect(() => {
    if (body.current !== null) body.current.scrollTop = preview.view.scroll.side;
  }, [preview]);
  const all: readonly { readonly id: View['tab']; readonly label: string }[] = [
    { id: 'frame', label: l10n.t('Frame') },
    { id: 'renders', label: count === 0 ? l10n.t('Renders') : l10n.t('Renders ({0})', count) },
  ];
  const tabs = all.filter(({ id }) => id === 'frame' || subject === 'text');
  return (
    <aside class="side" aria-label={l10n.t('Details')}>
      <div class="tabs" role="tablist" aria-label={l10n.t('Details')}>
        {tabs.map(({ id, label }) => (
          <button
            key={id}
            id={`tab-${id}`}
            type="button"
            role="tab"
            class="tab"
            aria-selected={tab === id}
            aria-controls="tab-panel"
            tabIndex={tab === id ? 0 : -1}
            onClick={() => preview.change({ tab: id })}
            onKeyDown={(event) => {
              if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
              if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
              if (tabs.length < 2) return;
              event.preventDefault();
              const other = tab === 'frame' ? 'renders' : 'frame';
              preview.change({ tab: other });
              document.getElementById(`tab-${other}`)?.focus();
            }}
          >
            {label}
          </button>
        ))}
      </div>
      <div
        ref={body}
        id="tab-panel"
        class="tab-panel"
        role="tabpanel"
        tabIndex={0}
        aria-labelledby={`tab-${tab}`}
        onScroll={(event) => {
          preview.change({ scroll: { ...preview.view.scroll, side: event.currentTarget.scrollTop } });
        }}
      >
        {tab === 'frame' ? <Inspector preview={preview} /> : <Renders preview={preview} thumbnails={thumbnails} />}
      </div>
    </aside>
  );
}
