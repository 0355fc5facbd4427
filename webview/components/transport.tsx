import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import type { Palette } from '../palette.ts';
import { type LoopMode, SPEEDS } from '../player/clock.ts';
import { ACTUAL_SIZE, FIT, percent, type Zoom } from '../player/zoom.ts';
import type { Preview } from '../preview.ts';
import { BACKGROUNDS, type Background } from '../state/view.ts';
import { copyFrame, LOOP_NAMES, saveFrame, setSpeed, speedText, stepKey, timeText } from './actions.ts';
import { IconButton } from './button.tsx';
import { Icon } from './icon.tsx';
import type { IconName } from './icons.ts';
import { InputButton } from './inputs.tsx';
import type { Layout } from './layout.ts';
import { MenuButton, type MenuItem } from './menu.tsx';
import { zoomMiddle } from './stage.tsx';

interface TransportProps {
  readonly preview: Preview;
  readonly palette: Palette;
  readonly layout: Layout;
  readonly full: boolean;
  readonly onFull: () => void;
  readonly onHelp: () => void;
}

const LOOP_ICONS: Readonly<Record<LoopMode, IconName>> = {
  loop: 'sync',
  'ping-pong': 'arrowSwap',
  once: 'arrowRight',
};

const BACKGROUND_NAMES: Readonly<Record<Background, string>> = {
  theme: l10n.t('Theme'),
  checker: l10n.t('Checkerboard'),
  black: l10n.t('Black'),
  white: l10n.t('White'),
};

/** The buttons under the picture. What has no room is in the menu. */
export function Transport(props: TransportProps): JSX.Element {
  const { preview, palette, layout, full, onFull } = props;
  const { clock, zoom } = preview.view;
  const wide = layout === 'wide';
  const last = preview.length.frames - 1;
  return (
    <div class="transport" role="toolbar" aria-label={l10n.t('Player')}>
      <div class="transport-group">
        <IconButton icon="chevronLeft" label={l10n.t('Previous Frame (←)')} onClick={() => preview.step(-1)} />
        <button
          type="button"
          class="tool play"
          title={clock.playing ? l10n.t('Pause (Space)') : l10n.t('Play (Space)')}
          aria-label={clock.playing ? l10n.t('Pause') : l10n.t('Play')}
          onClick={() => preview.togglePlaying()}
        >
          <Icon name={clock.playing ? 'pause' : 'play'} size={18} />
        </button>
        <IconButton icon="chevronRight" label={l10n.t('Next Frame (→)')} onClick={() => preview.step(1)} />
        <MenuButton label={`${LOOP_NAMES[clock.loop]} (L)`} items={() => loopItems(preview)}>
          <Icon name={LOOP_ICONS[clock.loop]} />
        </MenuButton>
      </div>
      <p class="time">
        <span class="time-frame">
          <b>{preview.frame}</b> / {last}
        </span>
        <span class="time-seconds">{timeText(preview)}</span>
      </p>
      {full && <Scrubber preview={preview} />}
      <div class="transport-group end">
        <InputButton preview={preview} />
        {layout !== 'narrow' && (
          <>
            <MenuButton label={l10n.t('Speed {0} (1–9)', speedText(clock.speed))} items={() => speedItems(preview)}>
              <span class="tool-text">{speedText(clock.speed)}</span>
            </MenuButton>
            <MenuButton label={l10n.t('Zoom: {0}', zoomText(zoom))} items={() => zoomItems(preview, palette)}>
              <Icon name="zoomIn" />
              <span class="tool-text">{zoomText(zoom)}</span>
            </MenuButton>
          </>
        )}
        {wide && (
          <IconButton
            icon="layers"
            label={l10n.t('Onion Skin: Show the Frames Before and After (S)')}
            pressed={preview.view.onion}
            onClick={() => preview.change({ onion: !preview.view.onion })}
          />
        )}
        <MenuButton label={l10n.t('More')} items={() => moreItems(props)}>
          <Icon name="ellipsis" />
        </MenuButton>
        <IconButton
          icon={full ? 'screenNormal' : 'screenFull'}
          label={full ? l10n.t('Leave Full View (Z)') : l10n.t('Full View (Z)')}
          onClick={onFull}
        />
      </div>
    </div>
  );
}

const zoomText = (zoom: Zoom) => (zoom.kind === 'fit' ? l10n.t('Fit') : percent(zoom.factor));

/** A slider for the frame, where the timeline is not shown. */
function Scrubber({ preview }: { preview: Preview }): JSX.Element {
  return (
    <input
      class="scrubber"
      type="range"
      aria-label={l10n.t('Frame')}
      min={0}
      max={preview.length.frames - 1}
      value={preview.frame}
      onInput={(event) => {
        preview.pause();
        preview.seek(Number(event.currentTarget.value));
      }}
    />
  );
}

function loopItems(preview: Preview): MenuItem[] {
  const { clock } = preview.view;
  const modes = (['loop', 'ping-pong', 'once'] as const).map(
    (loop): MenuItem => ({
      kind: 'choice',
      label: LOOP_NAMES[loop],
      checked: clock.loop === loop,
      run: () => preview.change({ clock: { ...clock, loop, direction: 1 } }),
    }),
  );
  const { range } = clock;
  if (range === null) return modes;
  return [
    ...modes,
    { kind: 'separator' },
    {
      kind: 'action',
      label: l10n.t('Play the Whole Clip, Not Only {0}–{1}', range.first, range.last),
      run: () => preview.change({ clock: { ...preview.view.clock, range: null } }),
    },
  ];
}

function speedItems(preview: Preview): MenuItem[] {
  return SPEEDS.map((speed) => ({
    kind: 'choice',
    label: speed === 1 ? l10n.t('{0} (normal)', speedText(speed)) : speedText(speed),
    checked: preview.view.clock.speed === speed,
    run: () => setSpeed(preview, speed),
  }));
}

function zoomItems(preview: Preview, palette: Palette): MenuItem[] {
  const { zoom } = preview.view;
  return [
    { kind: 'choice', label: l10n.t('Fit'), checked: zoom.kind === 'fit', run: () => preview.change({ zoom: FIT }) },
    {
      kind: 'choice',
      label: '100 %',
      checked: zoom.kind === 'factor' && zoom.factor === 1,
      run: () => preview.change({ zoom: ACTUAL_SIZE }),
    },
    { kind: 'separator' },
    {
      kind: 'action',
      label: l10n.t('Zoom In'),
      hint: l10n.t('Ctrl+Wheel'),
      run: () => zoomMiddle(preview, palette, 1.5),
    },
    { kind: 'action', label: l10n.t('Zoom Out'), run: () => zoomMiddle(preview, palette, 1 / 1.5) },
  ];
}

function moreItems({ preview, palette, layout, onHelp }: TransportProps): MenuItem[] {
  const { view } = preview;
  const heading = (label: string): MenuItem => ({ kind: 'heading', label });
  const folded: MenuItem[] =
    layout === 'narrow'
      ? [
          heading(l10n.t('Speed')),
          ...speedItems(preview).slice(1, 6),
          heading(l10n.t('Zoom')),
          ...zoomItems(preview, palette).slice(0, 2),
        ]
      : [];
  const onion: MenuItem[] =
    layout === 'wide'
      ? []
      : [
          {
            kind: 'switch',
            label: l10n.t('Onion Skin'),
            checked: view.onion,
            run: () => preview.change({ onion: !view.onion }),
          },
        ];
  return [
    { kind: 'action', label: l10n.t('Save Frame as PNG…'), run: () => void saveFrame(preview) },
    { kind: 'action', label: l10n.t('Copy Frame'), run: () => void copyFrame(preview) },
    { kind: 'action', label: l10n.t('Previous Keyframe'), hint: 'Shift+←', run: () => stepKey(preview, -1) },
    { kind: 'action', label: l10n.t('Next Keyframe'), hint: 'Shift+→', run: () => stepKey(preview, 1) },
    ...onion,
    ...folded,
    heading(l10n.t('Background')),
    ...BACKGROUNDS.map(
      (background): MenuItem => ({
        kind: 'choice',
        label: BACKGROUND_NAMES[background],
        checked: view.background === background,
        run: () => preview.change({ background }),
      }),
    ),
    { kind: 'separator' },
    { kind: 'action', label: l10n.t('Keyboard Shortcuts'), hint: '?', run: onHelp },
  ];
}
