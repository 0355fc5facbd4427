import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import type { PageMessage, RenderedClip } from '../../protocol/preview.ts';
import { locale } from '../l10n.ts';
import type { Preview } from '../preview.ts';
import { shortText } from '../short-text.ts';
import { IconButton } from './button.tsx';
import { Icon } from './icon.tsx';
import { MenuButton, type MenuItem } from './menu.tsx';

type Action = Extract<PageMessage, { type: 'clip' }>['action'];

interface RendersProps {
  readonly preview: Preview;
  /** Addresses of the thumbnails by the id of the render. */
  readonly thumbnails: ReadonlyMap<string, string>;
}

/** The renders of the file: starred ones first, then the latest. */
export function Renders({ preview, thumbnails }: RendersProps): JSX.Element {
  const { renders } = preview.model;
  if (renders.length === 0) return <p class="hint">{l10n.t('Renders of this file appear here.')}</p>;
  const sorted = renders.toSorted((a, b) => Number(b.starred) - Number(a.starred) || b.date - a.date);
  return (
    <ul class="renders">
      {sorted.map((render) => (
        <Render key={render.id} preview={preview} render={render} thumbnail={thumbnails.get(render.id)} />
      ))}
    </ul>
  );
}

interface RenderProps {
  readonly preview: Preview;
  readonly render: RenderedClip;
  readonly thumbnail: string | undefined;
}

function Render({ preview, render, thumbnail }: RenderProps): JSX.Element {
  const { a, b } = preview.model;
  const name = shortText(render.name);
  const send = (action: Action) => preview.post({ type: 'clip', id: render.id, action });
  const side = a?.id === render.id ? 'A' : b?.id === render.id ? 'B' : null;
  const items = (): MenuItem[] => {
    const item = (label: string, action: Action): MenuItem => ({ kind: 'action', label, run: () => send(action) });
    return [
      item(l10n.t('Render Again'), 'renderAgain'),
      item(l10n.t('Save As…'), 'saveAs'),
      item(l10n.t('Open Source'), 'openSource'),
      item(l10n.t('Open Outside'), 'openOutside'),
      item(l10n.t('Show in Folder'), 'reveal'),
      { kind: 'separator' },
      item(l10n.t('Delete'), 'delete'),
    ];
  };
  return (
    <li class={side === null ? 'render' : 'render shown'}>
      <button
        type="button"
        class="render-show"
        onClick={() => send('show')}
        aria-label={side === null ? l10n.t('Show {0}', name) : l10n.t('Show {0}, shown as {1}', name, side)}
      >
        {thumbnail === undefined ? (
          <span class="render-picture">
            <Icon name="film" size={20} />
          </span>
        ) : (
          <img class="render-picture" src={thumbnail} alt="" />
        )}
        {side !== null && <span class="render-side">{side}</span>}
      </button>
      <div class="render-text">
        <p class="render-name">{name}</p>
        <p class="dim render-facts">
          <span>{dateText(render.date)}</span>
          {render.seed !== null && <span>{l10n.t('seed {0}', render.seed)}</span>}
        </p>
        {render.stopped !== null && (
          <p>{l10n.t('Stopped after step {0} of {1}', render.stopped.after, render.stopped.of)}</p>
        )}
        <p class={render.differences.length === 0 ? 'dim' : ''}>
          {render.differences.length === 0 ? l10n.t('Same as the text') : shortText(render.differences.join(' · '))}
        </p>
      </div>
      <div class="render-tools">
        <IconButton
          icon={render.starred ? 'starFull' : 'starEmpty'}
          label={l10n.t('Star')}
          pressed={render.starred}
          onClick={() => send('star')}
        />
        <IconButton
          icon="splitHorizontal"
          label={side === 'B' ? l10n.t('Close Comparison') : l10n.t('Compare with What Is Shown')}
          pressed={side === 'B'}
          disabled={side === 'A'}
          onClick={() => (side === 'B' ? preview.post({ type: 'clearCompare' }) : send('compare'))}
        />
        <MenuButton label={l10n.t('More for {0}', name)} items={items}>
          <Icon name="ellipsis" />
        </MenuButton>
      </div>
    </li>
  );
}

function dateText(date: number): string {
  const time = { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' } as const;
  const isThisYear = new Date(date).getFullYear() === new Date().getFullYear();
  return new Date(date).toLocaleString(locale(), isThisYear ? time : { ...time, year: 'numeric' });
}
