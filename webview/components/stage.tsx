import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { css, keyRgb } from '../colour.ts';
import type { Palette } from '../palette.ts';
import { drawStage, placementOf, type StageScene } from '../player/draw-stage.ts';
import { FIT, pan, percent, place, type Size, zoomAt } from '../player/zoom.ts';
import type { Preview } from '../preview.ts';
import { overlayOf } from '../preview-inputs.ts';
import { shortText } from '../short-text.ts';
import { sourceOf } from '../state/model.ts';
import type { Status } from '../state/status.ts';
import { COMPARE_MODES, type CompareMode } from '../state/view.ts';
import { storyColour } from '../timeline/draw/draw-film.ts';
import { mixText, sharesAt, shareText } from '../timeline/mix.ts';
import { IconButton, TextButton } from './button.tsx';
import { OverlayBar, shownMode } from './inputs.tsx';
import { StatusCard } from './status.tsx';
import { sizeCanvas, useScale, useSize } from './use-page.ts';

interface StageProps {
  readonly preview: Preview;
  readonly palette: Palette;
  readonly status: Status;
  /** There is nothing to look at, so the state is in the middle. */
  readonly card: boolean;
}

/** Where the clip plays. */
export function Stage({ preview, palette, status, card }: StageProps): JSX.Element {
  const root = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSize(root);
  const scale = useScale();
  const { model, view } = preview;
  const failure = model.a?.failure ?? null;
  const showsFailure = failure !== null && sourceOf(model) === 'clip';
  const found = size === null ? null : sceneOf(preview, palette, size, scale);
  // The colours of a keyframe behind a problem would look like a part of it.
  const troubled = showsFailure || status.tone === 'error' || status.tone === 'warning';
  const scene = found === null || !troubled ? found : { ...found, wash: null };
  const at = scene === null ? null : placementOf(scene);

  useLayoutEffect(() => {
    if (canvas.current === null || scene === null) return;
    const context = sizeCanvas(canvas.current, scene.size, scale);
    if (context !== null) drawStage(context, scene);
  });

  const clip = model.timeline?.timeline;
  useLayoutEffect(() => {
    if (size === null || clip === undefined) return;
    const { width, height } = place(view.zoom, size, clip);
    preview.showsAt(Math.max(width, height) * scale);
  }, [preview, size, scale, view.zoom, clip]);

  useLayoutEffect(() => {
    const node = root.current;
    if (node === null) return;
    // Listened to by hand, because only a listener that is not passive may keep the page from zooming.
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      zoomBy(preview, palette, node, { x: event.offsetX, y: event.offsetY }, Math.exp(-event.deltaY / 300));
    };
    node.addEventListener('wheel', onWheel, { passive: false });
    return () => node.removeEventListener('wheel', onWheel);
  }, [preview, palette]);

  const { frame } = preview;
  const label = model.timeline
    ? l10n.t('Frame {0}, {1}', frame, mixText(model.timeline.timeline, frame))
    : l10n.t('Frame {0}', frame);
  const isWipe = at !== null && model.b !== null && view.compare === 'wipe';
  return (
    <div
      ref={root}
      class={`stage${card || showsFailure ? ' with-card' : ''}${view.zoom.kind === 'fit' ? '' : ' zoomed'}`}
      onPointerDown={(event) => startPan(event, preview, palette)}
      onDblClick={({ target }) => target instanceof HTMLCanvasElement && preview.change({ zoom: FIT })}
    >
      <canvas ref={canvas} role="img" aria-label={label} />
      {isWipe && size !== null && <WipeHandle preview={preview} left={at.x} width={at.width} stage={size} />}
      {model.b !== null && <CompareLabels preview={preview} />}
      {model.b !== null && <CompareModes preview={preview} />}
      {model.b === null && !showsFailure && <OverlayBar preview={preview} />}
      {!card && !showsFailure && at !== null && view.zoom.kind === 'factor' && (
        <span class="zoom-factor">{percent(at.factor)}</span>
      )}
      {card && <StatusCard preview={preview} status={status} />}
      {!card && showsFailure && (
        <section class="card" aria-label={l10n.t('The clip cannot be shown')}>
          <p>{failure}</p>
          <div class="card-actions">
            <TextButton
              primary
              label={l10n.t('Open Outside')}
              onClick={() => preview.post({ type: 'clip', id: model.a!.id, action: 'openOutside' })}
            />
          </div>
        </section>
      )}
      {card && <Caption preview={preview} />}
    </div>
  );
}

export function sceneOf(preview: Preview, palette: Palette, size: Size, scale: number): StageScene {
  const { model, view, pictures } = preview;
  const { fps, frames } = preview.length;
  const at = (side: 'a' | 'b', offset = 0) => {
    const position = view.clock.position + offset;
    return position < 0 || position >= frames ? null : pictures.picture(model, side, position, fps);
  };
  const a = at('a');
  const b = model.b === null ? null : at('b');
  const timeline = model.timeline?.timeline ?? null;
  const clip = sourceOf(model) === 'clip' ? (model.a?.length ?? null) : null;
  const isOver = model.b === null && shownMode(preview) === 'over';
  const overlay = isOver ? preview.inputs.overlay(model, overlayOf(preview), preview.frame) : null;
  return {
    size,
    scale,
    zoom: view.zoom,
    background: view.background,
    surface: palette.surface,
    a,
    b,
    compare: model.b === null ? null : view.compare,
    wipe: view.wipe,
    onion: view.onion && !view.clock.playing && model.b === null ? [at('a', -1), at('a', 1)] : [],
    overlay: overlay && { picture: overlay, opacity: view.inputOpacity },
    wash: timeline === null || palette.highContrast ? null : storyColour(timeline, preview.frame),
    nominal: clip ?? (a !== null && timeline !== null ? timeline : null),
  };
}

function zoomBy(
  preview: Preview,
  palette: Palette,
  node: HTMLElement,
  point: { x: number; y: number },
  by: number,
): void {
  const size = { width: node.clientWidth, height: node.clientHeight };
  const at = placementOf(sceneOf(preview, palette, size, 1));
  if (at !== null) preview.change({ zoom: zoomAt(at, size, point, by) });
}

/** Zooms around the middle of the stage. */
export function zoomMiddle(preview: Preview, palette: Palette, by: number): void {
  const node = document.querySelector<HTMLElement>('.stage');
  if (node === null) return;
  zoomBy(preview, palette, node, { x: node.clientWidth / 2, y: node.clientHeight / 2 }, by);
}

/** Drags a picture that is larger than the stage. */
function startPan(event: PointerEvent, preview: Preview, palette: Palette): void {
  if (event.button !== 0 || !(event.target instanceof HTMLCanvasElement)) return;
  const node = event.currentTarget as HTMLElement;
  const size = { width: node.clientWidth, height: node.clientHeight };
  const from = placementOf(sceneOf(preview, palette, size, 1));
  if (from === null || preview.view.zoom.kind === 'fit') return;
  const start = { x: event.clientX, y: event.clientY };
  followPointer(node, event, (moved) => {
    preview.change({ zoom: pan(from, size, { x: moved.clientX - start.x, y: moved.clientY - start.y }) });
  });
}

function followPointer(node: HTMLElement, event: PointerEvent, moved: (event: PointerEvent) => void): void {
  node.setPointerCapture(event.pointerId);
  node.addEventListener('pointermove', moved);
  node.addEventListener('lostpointercapture', () => node.removeEventListener('pointermove', moved), { once: true });
}

interface WipeProps {
  readonly preview: Preview;
  readonly left: number;
  readonly width: number;
  readonly stage: Size;
}

/** The border between both clips. */
function WipeHandle({ preview, left, width, stage }: WipeProps): JSX.Element {
  const { wipe } = preview.view;
  const set = (value: number) => preview.change({ wipe: Math.min(Math.max(value, 0), 1) });
  const x = Math.min(Math.max(left + width * wipe, 0), stage.width);
  return (
    <div
      class="wipe-handle"
      role="slider"
      tabIndex={0}
      aria-label={l10n.t('Border between A and B')}
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(wipe * 100)}
      style={{ left: `${x}px` }}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.stopPropagation();
        const box = event.currentTarget.parentElement!.getBoundingClientRect();
        followPointer(event.currentTarget, event, (moved) => set((moved.clientX - box.left - left) / width));
      }}
      onKeyDown={(event) => {
        const by = event.key === 'ArrowLeft' ? -0.02 : event.key === 'ArrowRight' ? 0.02 : null;
        if (by === null || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
        event.preventDefault();
        event.stopPropagation();
        set(wipe + by);
      }}
    />
  );
}

function CompareLabels({ preview }: { preview: Preview }): JSX.Element {
  const { a, b } = preview.model;
  const { compare } = preview.view;
  return (
    <div class={compare === 'side' ? 'compare-labels halves' : 'compare-labels'}>
      <span class="compare-label">
        <b>A</b> {a?.label ?? l10n.t('this render')}
      </span>
      {compare === 'difference' && <span class="compare-label">{l10n.t('Black: no difference')}</span>}
      <span class="compare-label">
        <b>B</b> {b?.failure ?? b?.label}
      </span>
    </div>
  );
}

/** How both clips are shown. */
function CompareModes({ preview }: { preview: Preview }): JSX.Element {
  return (
    <fieldset class="compare-modes" aria-label={l10n.t('Comparison')}>
      {COMPARE_MODES.map((mode) => (
        <button
          key={mode}
          type="button"
          class="tool"
          aria-pressed={preview.view.compare === mode}
          onClick={() => preview.change({ compare: mode })}
        >
          {COMPARE_NAMES[mode]}
        </button>
      ))}
      <IconButton
        icon="close"
        label={l10n.t('Close Comparison')}
        onClick={() => preview.post({ type: 'clearCompare' })}
      />
    </fieldset>
  );
}

const COMPARE_NAMES: Readonly<Record<CompareMode, string>> = {
  side: l10n.t('Side by Side'),
  wipe: l10n.t('Wipe'),
  difference: l10n.t('Difference'),
};

/** The prompts of the frame, before there is a picture of it. */
function Caption({ preview }: { preview: Preview }): JSX.Element | null {
  const timeline = preview.model.timeline?.timeline;
  if (timeline === undefined) return null;
  const shares = sharesAt(timeline, Math.min(preview.frame, timeline.frames - 1));
  if (shares.length === 0) return null;
  return (
    <p class="caption" aria-hidden="true">
      {shares.map(({ key, share }) => (
        <span key={key} class="caption-key">
          <span class="swatch" style={{ background: css(keyRgb(key)) }} />
          <span class="caption-share">{shareText(share)}</span>
          <span class="caption-text">{shortText(timeline.keys[key]?.text ?? '') || l10n.t('empty prompt')}</span>
        </span>
      ))}
    </p>
  );
}
