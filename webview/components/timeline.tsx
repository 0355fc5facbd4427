import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { locale } from '../l10n.ts';
import type { Palette } from '../palette.ts';
import type { Preview } from '../preview.ts';
import { shortText } from '../short-text.ts';
import { looksOf } from '../state/frame-looks.ts';
import { sourcesOf } from '../state/inputs.ts';
import { errorsOf, isRunning, type ShownTimeline } from '../state/model.ts';
import { errorsText } from '../state/status.ts';
import { leftOf, zoomSpan } from '../timeline/axis.ts';
import { type Drag, editOf } from '../timeline/drag.ts';
import { drawLanes } from '../timeline/draw/draw-lanes.ts';
import { drawPlayhead } from '../timeline/draw/draw-playhead.ts';
import { filmSlots } from '../timeline/film.ts';
import { layOutTimeline, type TimelineScene } from '../timeline/scene.ts';
import { IconButton } from './button.tsx';
import { Icon } from './icon.tsx';
import type { Layout } from './layout.ts';
import { Menu, MenuButton } from './menu.tsx';
import { NumberDialog, type NumberQuestion } from './number-dialog.tsx';
import { TimelineGrid } from './timeline-grid.tsx';
import { Gutter } from './timeline-gutter.tsx';
import { clipItems, keyItems, type OpenMenu } from './timeline-menus.ts';
import { type PointerOptions, useTimelinePointer } from './timeline-pointer.ts';
import { sizeCanvas, useScale, useSize } from './use-page.ts';

interface TimelineProps {
  readonly preview: Preview;
  readonly palette: Palette;
  readonly layout: Layout;
  /** The state of the page already says which errors the text has. */
  readonly errorsShown: boolean;
}

/** The lanes of the clip over its frames; nothing before there is a text. */
export function TimelineView(props: TimelineProps): JSX.Element | null {
  const shown = props.preview.model.timeline;
  return shown === null ? null : <ShownTimelineView {...props} shown={shown} />;
}

function ShownTimelineView(props: TimelineProps & { shown: ShownTimeline }): JSX.Element {
  const { preview, palette, layout, shown, errorsShown } = props;
  const plot = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<Drag | null>(null);
  const [menu, setMenu] = useState<OpenMenu | null>(null);
  const [question, setQuestion] = useState<NumberQuestion | null>(null);
  const [lane, setLane] = useState('keys');
  const size = useSize(plot);
  const { model, view } = preview;
  const folded = view.folded ?? layout === 'narrow';
  const stacked = layout === 'narrow';
  const width = size?.width ?? 0;
  const windows = model.windows?.windows;
  const hasSources = sourcesOf(model.inputs).length > 0;
  const scene = useMemo(
    () =>
      width === 0
        ? null
        : layOutTimeline(shown.timeline, {
            span: view.span,
            width,
            folded,
            stacked,
            windows: windows ?? [],
            drag,
            hasSources,
          }),
    [shown, width, folded, stacked, windows, drag, view.span, hasSources],
  );
  const { timeline, stale, version } = shown;
  const ask = (next: NumberQuestion) => setQuestion(next);
  return (
    <section class={stale ? 'timeline stale' : 'timeline'} aria-label={l10n.t('Timeline')}>
      <div class="timeline-head">
        <Problems preview={preview} errorsShown={errorsShown} />
        <div class="transport-group end">
          {scene !== null && scene.layout.hidden + (view.folded === false ? 1 : 0) > 0 && (
            <button
              type="button"
              class="tool"
              aria-expanded={!folded}
              onClick={() => preview.change({ folded: !folded })}
            >
              <Icon name={folded ? 'chevronRight' : 'chevronDown'} />
              <span class="tool-text">
                {folded
                  ? scene.layout.hidden === 1
                    ? l10n.t('1 more lane')
                    : l10n.t('{0} more lanes', scene.layout.hidden)
                  : l10n.t('Fewer lanes')}
              </span>
            </button>
          )}
          <IconButton
            icon="zoomOut"
            label={l10n.t('Zoom Timeline Out')}
            disabled={view.span === null}
            onClick={() => zoomTimeline(preview, scene, 1 / 2)}
          />
          <IconButton
            icon="zoomIn"
            label={l10n.t('Zoom Timeline In')}
            onClick={() => zoomTimeline(preview, scene, 2)}
          />
          <MenuButton label={l10n.t('Timeline')} items={() => clipItems(preview, ask)}>
            <Icon name="ellipsis" />
          </MenuButton>
        </div>
      </div>
      <TimelineScroll preview={preview}>
        <Gutter preview={preview} scene={scene} stacked={stacked} />
        <div ref={plot} class="plot" style={{ height: `${scene?.layout.height ?? 150}px` }}>
          {scene !== null && (
            <>
              <Lanes preview={preview} palette={palette} scene={scene} drag={drag} />
              <TimelineGrid
                preview={preview}
                scene={scene}
                lane={lane}
                onLane={setLane}
                onMenu={setMenu}
                stale={stale}
              />
              <PointerLayer
                preview={preview}
                scene={scene}
                drag={drag}
                stale={stale}
                onDrag={setDrag}
                onDrop={(dropped) => {
                  setDrag(null);
                  const edit = editOf(dropped, timeline.keys);
                  if (edit !== null) preview.post({ type: 'edit', version, edit });
                }}
                onMenu={setMenu}
              />
            </>
          )}
        </div>
      </TimelineScroll>
      {menu !== null && (
        <Menu
          label={l10n.t('Keyframe {0}', menu.key + 1)}
          items={keyItems(preview, menu.key, ask)}
          place={menu.place}
          onClose={(byPerson) => {
            setMenu(null);
            if (byPerson) plot.current?.querySelector<HTMLElement>('[role=grid]')?.focus({ preventScroll: true });
          }}
        />
      )}
      {question !== null && <NumberDialog question={question} onClose={() => setQuestion(null)} />}
    </section>
  );
}

/** Zooms around the playhead. */
function zoomTimeline(preview: Preview, scene: TimelineScene | null, by: number): void {
  if (scene === null) return;
  const frame = Math.min(preview.frame, scene.timeline.frames - 1);
  const x = leftOf(scene.axis, frame + 0.5);
  const inside = x >= 0 && x <= scene.axis.width ? x : scene.axis.width / 2;
  preview.change({ span: zoomSpan(scene.axis, scene.timeline.frames, inside, by) });
}

/** `2 errors, first in line 9`, and the way there. */
function Problems({ preview, errorsShown }: { preview: Preview; errorsShown: boolean }): JSX.Element {
  const { timeline } = preview.model.timeline!;
  const errors = errorsOf(timeline.problems);
  const others = timeline.problems.length - errors.length;
  const first = errors[0] ?? timeline.problems[0];
  if (first === undefined || (errorsShown && errors.length > 0)) {
    const count = timeline.keys.length;
    const text = count === 1 ? l10n.t('1 keyframe') : l10n.t('{0} keyframes', count.toLocaleString(locale()));
    return <p class="dim timeline-count">{text}</p>;
  }
  const problemsText = () => (others === 1 ? l10n.t('1 problem') : l10n.t('{0} problems', others));
  const text = errors.length > 0 ? errorsText(errors) : problemsText();
  return (
    <button
      type="button"
      class={errors.length > 0 ? 'problem-chip error' : 'problem-chip'}
      title={shortText(first.message)}
      onClick={() => preview.post({ type: 'reveal', line: first.line })}
    >
      <Icon name={first.severity === 'error' ? 'error' : first.severity === 'warning' ? 'warning' : 'info'} size={14} />
      {text}
    </button>
  );
}

/** Lanes that do not fit are scrolled to. */
function TimelineScroll({ preview, children }: { preview: Preview; children: JSX.Element[] }): JSX.Element {
  const node = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (node.current !== null) node.current.scrollTop = preview.view.scroll.timeline;
  }, [preview]);
  return (
    <div
      ref={node}
      class="timeline-scroll"
      onScroll={(event) => {
        preview.change({ scroll: { ...preview.view.scroll, timeline: event.currentTarget.scrollTop } });
      }}
    >
      {children}
    </div>
  );
}

interface LanesProps {
  readonly preview: Preview;
  readonly palette: Palette;
  readonly scene: TimelineScene;
  readonly drag: Drag | null;
}

/** The drawing: lanes below, and above them the playhead, which moves much more often. */
function Lanes({ preview, palette, scene, drag }: LanesProps): JSX.Element {
  const lanes = useRef<HTMLCanvasElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  const scale = useScale();
  const { model, pictures, pictureCount, view } = preview;
  const { state } = model;
  const size = { width: scene.axis.width, height: scene.layout.height };
  const { fps } = preview.length;
  const active = drag === null ? activeKey(scene, preview.frame) : null;
  const sources = sourcesOf(model.inputs);

  useLayoutEffect(() => {
    const isShown = scene.layout.lanes.some(({ kind }) => kind === 'source');
    const slots = isShown ? filmSlots(scene.axis, scene.timeline.frames) : [];
    preview.showStrip(slots.flatMap(({ frame }) => sources[frame] ?? []));
  }, [scene, model.inputs]);

  useLayoutEffect(() => {
    pictures.wantThumbnails(
      model,
      filmSlots(scene.axis, scene.timeline.frames).map(({ frame }) => frame),
      fps,
    );
  }, [scene, model.a, model.decoded, fps]);

  useLayoutEffect(() => {
    const context = lanes.current === null ? null : sizeCanvas(lanes.current, size, scale);
    if (context === null) return;
    const painter = {
      context,
      palette,
      scene,
      active,
      range: view.clock.range,
      running: isRunning(state),
      stale: model.timeline?.stale ?? false,
      thumbnail: (frame: number) => pictures.thumbnail(model, frame, fps),
      source: (frame: number) => {
        const id = sources[frame] ?? null;
        return id === null ? null : preview.inputs.pictures.thumbnail(id);
      },
      look: looksOf(model),
    };
    drawLanes(painter, scale);
  }, [scene, palette, scale, pictureCount, state, active, view.clock.range, model.a]);

  useLayoutEffect(() => {
    const context = overlay.current === null ? null : sizeCanvas(overlay.current, size, scale);
    if (context === null) return;
    const at = drag === null || drag.to === drag.from ? null : drag.to;
    drawPlayhead(context, palette, scene, scale, Math.min(preview.frame, scene.timeline.frames - 1), at);
  });

  return (
    <>
      <canvas ref={lanes} class="lanes" aria-hidden="true" />
      <canvas ref={overlay} class="lanes" aria-hidden="true" />
    </>
  );
}

/** The keyframe that the playhead is on. */
function activeKey(scene: TimelineScene, frame: number): number | null {
  const index = scene.keys.findIndex((key) => frame >= key.frame && frame <= key.holdEnd);
  return index === -1 ? null : index;
}

/** Takes what the pointer does, above the drawing. */
function PointerLayer(props: PointerOptions): JSX.Element {
  const node = useRef<HTMLDivElement>(null);
  const { cursor, title, handlers } = useTimelinePointer(node, props);
  return <div ref={node} class="pointer-layer" style={{ cursor }} title={title} {...handlers} />;
}
