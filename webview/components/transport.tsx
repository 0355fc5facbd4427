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
  theme: 'Theme',
  checker: 'Checkerboard',
  black: 'Black',
  white: 'White',
};

/** The buttons under the picture. What has no room is in the menu. */
export function Transport(props: TransportProps): JSX.Element {
  const { preview, palette, layout, full, onFull } = props;
  const { clock, zoom } = preview.view;
  const wide = layout === 'wide';
  const last = preview.length.frames - 1;
  return (
    <div class="transport" role="toolbar" aria-label="Player">
      <div class="transport-group">
        <IconButton icon="chevronLeft" label="Previous Frame (←)" onClick={() => preview.step(-1)} />
        <button
          type="button"
          class="tool play"
          title={clock.playing ? 'Pause (Space)' : 'Play (Space)'}
          aria-label={clock.playing ? 'Pause' : 'Play'}
          onClick={() => preview.togglePlaying()}
        >
          <Icon name={clock.playing ? 'pause' : 'play'} size={18} />
        </button>
        <IconButton icon="chevronRight" label="Next Frame (→)" onClick={() => preview.step(1)} />
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
        {layout !== 'narrow' && (
          <>
            <MenuButton label={`Speed ${speedText(clock.speed)} (1–9)`} items={() => speedItems(preview)}>
              <span class="tool-text">{speedText(clock.speed)}</span>
            </MenuButton>
            <MenuButton label={`Zoom: ${zoomText(zoom)}`} items={() => zoomItems(preview, palette)}>
              <Icon name="zoomIn" />
              <span class="tool-text">{zoomText(zoom)}</span>
            </MenuButton>
          </>
        )}
        {wide && (
          <IconButton
            icon="layers"
            label="Onion Skin: Show the Frames Before and After (S)"
            pressed={preview.view.onion}
            onClick={() => preview.change({ onion: !preview.view.onion })}
          />
        )}
        <MenuButton label="More" items={() => moreItems(props)}>
          <Icon name="ellipsis" />
        </MenuButton>
        <IconButton
          icon={full ? 'screenNormal' : 'screenFull'}
          label={full ? 'Leave Full View (Z)' : 'Full View (Z)'}
          onClick={onFull}
        />
      </div>
    </div>
  );
}

const zoomText = (zoom: Zoom) => (zoom.kind === 'fit' ? 'Fit' : percent(zoom.factor));

/** A slider for the frame, where the timeline is not shown. */
function Scrubber({ preview }: { preview: Preview }): JSX.Element {
  return (
    <input
      class="scrubber"
      type="range"
      aria-label="Frame"
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
      label: `Play the Whole Clip, Not Only ${range.first}–${range.last}`,
      run: () => preview.change({ clock: { ...preview.view.clock, range: null } }),
    },
  ];
}

function speedItems(preview: Preview): MenuItem[] {
  return SPEEDS.map((speed) => ({
    kind: 'choice',
    label: speed === 1 ? `${speedText(speed)} (normal)` : speedText(speed),
    checked: preview.view.clock.speed === speed,
    run: () => setSpeed(preview, speed),
  }));
}

function zoomItems(preview: Preview, palette: Palette): MenuItem[] {
  const { zoom } = preview.view;
  return [
    { kind: 'choice', label: 'Fit', checked: zoom.kind === 'fit', run: () => preview.change({ zoom: FIT }) },
    {
      kind: 'choice',
      label: '100 %',
      checked: zoom.kind === 'factor' && zoom.factor === 1,
      run: () => preview.change({ zoom: ACTUAL_SIZE }),
    },
    { kind: 'separator' },
    { kind: 'action', label: 'Zoom In', hint: 'Ctrl+Wheel', run: () => zoomMiddle(preview, palette, 1.5) },
    { kind: 'action', label: 'Zoom Out', run: () => zoomMiddle(preview, palette, 1 / 1.5) },
  ];
}

function moreItems({ preview, palette, layout, onHelp }: TransportProps): MenuItem[] {
  const { view } = preview;
  const heading = (label: string): MenuItem => ({ kind: 'heading', label });
  const folded: MenuItem[] =
    layout === 'narrow'
      ? [
          heading('Speed'),
          ...speedItems(preview).slice(1, 6),
          heading('Zoom'),
          ...zoomItems(preview, palette).slice(0, 2),
        ]
      : [];
  const onion: MenuItem[] =
    layout === 'wide'
      ? []
      : [
          {
            kind: 'switch',
            label: 'Onion Skin',
            checked: view.onion,
            run: () => preview.change({ onion: !view.onion }),
          },
        ];
  return [
    { kind: 'action', label: 'Save Frame as PNG…', run: () => void saveFrame(preview) },
    { kind: 'action', label: 'Copy Frame', run: () => void copyFrame(preview) },
    { kind: 'action', label: 'Previous Keyframe', hint: 'Shift+←', run: () => stepKey(preview, -1) },
    { kind: 'action', label: 'Next Keyframe', hint: 'Shift+→', run: () => stepKey(preview, 1) },
    ...onion,
    ...folded,
    heading('Background'),
    ...BACKGROUNDS.map(
      (background): MenuItem => ({
        kind: 'choice',
        label: BACKGROUND_NAMES[background],
        checked: view.background === background,
        run: () => preview.change({ background }),
      }),
    ),
    { kind: 'separator' },
    { kind: 'action', label: 'Keyboard Shortcuts', hint: '?', run: onHelp },
  ];
}
