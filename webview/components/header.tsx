import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { locale } from '../l10n.ts';
import type { Preview } from '../preview.ts';
import { shortText } from '../short-text.ts';
import { isRunning } from '../state/model.ts';
import { seconds } from '../timeline/ticks.ts';
import { toggleCompare } from './actions.ts';
import { IconButton, TextButton } from './button.tsx';
import { Icon } from './icon.tsx';
import { MenuButton, type MenuItem } from './menu.tsx';

/** What the file is, and what can be done with it. @param quiet the stage has larger buttons for the same */
export function Header({ preview, quiet }: { preview: Preview; quiet: boolean }): JSX.Element {
  const { name, subject, locked, state, timeline, b } = preview.model;
  const canRender =
    state !== null && !isRunning(state) && !['no-file', 'no-engine', 'untrusted', 'reconnecting'].includes(state.kind);
  return (
    <header class="header">
      <h1 class="file-name" title={shortText(name ?? '')}>
        {shortText(name ?? l10n.t('Preview'))}
      </h1>
      {timeline !== null && <Facts preview={preview} />}
      <div class="header-tools">
        {name !== null && subject === 'text' && (
          <>
            <IconButton
              icon={locked ? 'lock' : 'unlock'}
              label={
                locked
                  ? l10n.t('Locked to this file. Follow the active file')
                  : l10n.t('Follows the active file. Lock to this file')
              }
              pressed={locked}
              onClick={() => preview.post({ type: 'command', command: 'toggleLock' })}
            />
            <IconButton
              icon="splitHorizontal"
              label={b === null ? l10n.t('Compare with Another Render (C)') : l10n.t('Close Comparison (C)')}
              pressed={b !== null}
              onClick={() => toggleCompare(preview)}
            />
          </>
        )}
        {isRunning(state) && !quiet && (
          <button type="button" class="button" onClick={() => preview.post({ type: 'command', command: 'cancel' })}>
            {l10n.t('Cancel')}
          </button>
        )}
        {canRender && subject === 'text' && <RenderButton preview={preview} quiet={quiet} />}
        {canRender && subject === 'render' && timeline !== null && <SourceButtons preview={preview} />}
      </div>
    </header>
  );
}

function Facts({ preview }: { preview: Preview }): JSX.Element {
  const { frames, fps, written, width, height } = preview.model.timeline!.timeline;
  const count = frames === 1 ? l10n.t('1 frame') : l10n.t('{0} frames', frames.toLocaleString(locale()));
  const file = written ?? { frames, fps };
  const facts = [
    written === undefined ? count : l10n.t('{0}, {1} interpolated', count, written.frames.toLocaleString(locale())),
    seconds(file.frames / file.fps),
    `${file.fps} fps`,
    `${width} × ${height}`,
  ];
  return <p class="facts">{facts.join(' · ')}</p>;
}

/** What can be done with the source in a rendered file. */
function SourceButtons({ preview }: { preview: Preview }): JSX.Element {
  const { a } = preview.model;
  return (
    <>
      <TextButton
        label={l10n.t('Open Source')}
        onClick={() => preview.post({ type: 'clip', id: a?.id ?? '', action: 'openSource' })}
      />
      <TextButton
        primary
        label={l10n.t('Render Again')}
        onClick={() => preview.post({ type: 'command', command: 'render' })}
      />
    </>
  );
}

function RenderButton({ preview, quiet }: { preview: Preview; quiet: boolean }): JSX.Element {
  const command = (name: 'render' | 'draft' | 'compareWithHead' | 'ignoreRenders') => () =>
    preview.post({ type: 'command', command: name });
  const items = (): MenuItem[] => [
    { kind: 'action', label: l10n.t('Render Draft'), run: command('draft') },
    {
      kind: 'action',
      label: l10n.t('Preview Frame {0}', preview.frame),
      run: () => preview.post({ type: 'previewFrame', frame: preview.frame }),
    },
    { kind: 'separator' },
    { kind: 'action', label: l10n.t('Compare with HEAD'), run: command('compareWithHead') },
    { kind: 'action', label: l10n.t('Ignore Renders in Git'), run: command('ignoreRenders') },
  ];
  const look = quiet ? 'button' : 'button primary';
  return (
    <span class="split-button">
      <button type="button" class={look} onClick={command('render')}>
        {l10n.t('Render')}
      </button>
      <MenuButton label={l10n.t('More Ways to Render')} class={`${look} split-more`} items={items}>
        <Icon name="chevronDown" size={14} />
      </MenuButton>
    </span>
  );
}
