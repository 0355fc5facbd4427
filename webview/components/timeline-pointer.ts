import * as l10n from '@vscode/l10n';
import type { HTMLAttributes, RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Preview } from '../preview.ts';
import { shortText } from '../short-text.ts';
import { frameAt, panSpan, pixelsPerFrame, zoomSpan } from '../timeline/axis.ts';
import { type Drag, dragTo, startDrag } from '../timeline/drag.ts';
import { type Hit, hitTest } from '../timeline/hit.ts';
import { mixText } from '../timeline/mix.ts';
import type { TimelineScene } from '../timeline/scene.ts';
import type { OpenMenu } from './timeline-menus.ts';

export interface PointerOptions {
  readonly preview: Preview;
  readonly scene: TimelineScene;
  readonly drag: Drag | null;
  /** The timeline is older than the text, so nothing can be changed with it. */
  readonly stale: boolean;
  readonly onDrag: (drag: Drag | null) => void;
  readonly onDrop: (drag: Drag) => void;
  readonly onMenu: (menu: OpenMenu) => void;
}

interface TimelinePointer {
  readonly cursor: string;
  readonly title: string;
  readonly handlers: Pick<
    HTMLAttributes<HTMLDivElement>,
    | 'onPointerDown'
    | 'onPointerMove'
    | 'onPointerUp'
    | 'onPointerCancel'
    | 'onDblClick'
    | 'onContextMenu'
    | 'onPointerLeave'
  >;
}

/** A press that moves less than this is a click. */
const CLICK = 3;

/** What the pointer does on the timeline: scrub, drag keyframes, zoom, pan, open menus. */
export function useTimelinePointer(node: RefObject<HTMLDivElement | null>, options: PointerOptions): TimelinePointer {
  const { preview, scene, drag, stale, onDrag, onDrop, onMenu } = options;
  const { timeline, axis } = scene;
  const [hover, setHover] = useState<Hit | null>(null);
  const press = useRef<{ readonly x: number; readonly hit: Hit | null; moved: boolean } | null>(null);

  useLayoutEffect(() => {
    const element = node.current;
    if (element === null) return;
    const onWheel = (event: WheelEvent) => {
      const zooms = event.ctrlKey || event.metaKey;
      const across = event.shiftKey ? event.deltaY : event.deltaX;
      if (!zooms && Math.abs(across) <= Math.abs(event.shiftKey ? 0 : event.deltaY)) return;
      event.preventDefault();
      const span = zooms
        ? zoomSpan(axis, timeline.frames, event.offsetX, Math.exp(-event.deltaY / 300))
        : panSpan(axis, timeline.frames, across / pixelsPerFrame(axis));
      preview.change({ span });
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [preview, timeline, axis]);

  const dragging = drag !== null;
  useEffect(() => {
    if (!dragging) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      event.stopImmediatePropagation();
      press.current = null;
      onDrag(null);
    };
    addEventListener('keydown', onKeyDown, true);
    return () => removeEventListener('keydown', onKeyDown, true);
  }, [dragging]);

  const frameOf = (event: MouseEvent) => frameAt(axis, event.offsetX, timeline.frames);
  const scrub = (event: MouseEvent) => preview.seek(frameOf(event));

  const down = (event: PointerEvent) => {
    if (event.button !== 0) return;
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    const hit = hitTest(scene, event.offsetX, event.offsetY);
    press.current = { x: event.offsetX, hit, moved: false };
    if (!stale && (hit?.kind === 'key' || hit?.kind === 'holdEnd')) {
      const kind = hit.kind === 'holdEnd' ? 'moveHoldEnd' : event.shiftKey ? 'shiftKeys' : 'moveKey';
      onDrag(startDrag(kind, timeline.keys, hit.key));
    } else if (hit?.kind === 'lane') {
      preview.pause();
      scrub(event);
    }
  };

  const move = (event: PointerEvent) => {
    const pressed = press.current;
    if (pressed === null) {
      setHover(hitTest(scene, event.offsetX, event.offsetY));
      return;
    }
    pressed.moved ||= Math.abs(event.offsetX - pressed.x) > CLICK;
    if (drag !== null && pressed.moved) onDrag(dragTo(drag, timeline.keys, timeline.frames, frameOf(event)));
    else if (pressed.hit?.kind === 'lane') scrub(event);
  };

  const up = () => {
    const pressed = press.current;
    press.current = null;
    if (pressed === null) return;
    if (drag !== null && drag.to !== drag.from) onDrop(drag);
    else {
      onDrag(null);
      if (!pressed.moved && pressed.hit !== null) click(preview, scene, pressed.hit);
    }
  };

  return {
    cursor: dragging ? 'grabbing' : cursorOf(hover, stale),
    title: hover === null || dragging ? '' : titleOf(scene, hover),
    handlers: {
      onPointerDown: down,
      onPointerMove: move,
      onPointerUp: up,
      onPointerCancel: () => {
        press.current = null;
        onDrag(null);
      },
      onPointerLeave: () => setHover(null),
      onDblClick: (event) => {
        const hit = hitTest(scene, event.offsetX, event.offsetY);
        if (stale || hit?.kind !== 'lane' || !['keys', 'prompts'].includes(hit.lane)) return;
        const { version } = preview.model.timeline!;
        preview.post({ type: 'edit', version, edit: { kind: 'insertKey', frame: hit.frame } });
      },
      onContextMenu: (event) => {
        event.preventDefault();
        const hit = hitTest(scene, event.offsetX, event.offsetY);
        const key = hit?.kind === 'key' || hit?.kind === 'holdEnd' ? hit.key : null;
        if (key !== null) onMenu({ key, place: { x: event.clientX, y: event.clientY } });
      },
    },
  };
}

/** A click on something that is in the text moves the cursor there; anything else moves the playhead only. */
function click(preview: Preview, scene: TimelineScene, hit: Hit): void {
  const { timeline, axis } = scene;
  switch (hit.kind) {
    case 'key':
    case 'holdEnd': {
      const key = timeline.keys[hit.key]!;
      preview.pause();
      preview.seek(hit.kind === 'key' ? key.frame : key.holdEnd);
      preview.post({ type: 'reveal', line: key.line });
      return;
    }
    case 'group': {
      const [first, last] = [timeline.keys[hit.first]!, timeline.keys[hit.last]!];
      const margin = Math.max(1, (last.frame - first.frame) * 0.3);
      const x = ((first.frame + last.frame) / 2 + 0.5 - axis.start) * pixelsPerFrame(axis);
      const by = (axis.end - axis.start) / (last.frame - first.frame + 1 + 2 * margin);
      preview.change({ span: zoomSpan(axis, timeline.frames, x, Math.max(2, by)) });
      return;
    }
    case 'problems':
      preview.post({ type: 'reveal', line: timeline.problems[hit.indices[0]!]!.line });
      return;
    case 'lane':
      return;
  }
}

function cursorOf(hit: Hit | null, stale: boolean): string {
  switch (hit?.kind) {
    case 'key':
      return stale ? 'pointer' : 'grab';
    case 'holdEnd':
      return stale ? 'pointer' : 'ew-resize';
    case 'group':
      return 'zoom-in';
    case 'problems':
      return 'pointer';
    default:
      return 'default';
  }
}

function titleOf({ timeline }: TimelineScene, hit: Hit): string {
  switch (hit.kind) {
    case 'key':
    case 'holdEnd': {
      const { frame, holdEnd, transition, text } = timeline.keys[hit.key]!;
      const frames = holdEnd > frame ? `${frame}–${holdEnd}` : `${frame}`;
      return `${l10n.t('Frame {0}, {1}', frames, transition)}\n${shortText(text)}`;
    }
    case 'group':
      return l10n.t('{0} keyframes', hit.last - hit.first + 1);
    case 'problems':
      return hit.indices
        .slice(0, 5)
        .map((index) => timeline.problems[index]!)
        .map(({ line, message }) => l10n.t('Line {0}: {1}', line + 1, shortText(message)))
        .join('\n');
    case 'lane':
      return hit.lane === 'prompts' ? l10n.t('Frame {0}: {1}', hit.frame, mixText(timeline, hit.frame)) : '';
  }
}
