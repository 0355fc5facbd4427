import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import type { Preview } from '../preview.ts';
import { looksOf } from '../state/frame-looks.ts';
import { sourcesOf } from '../state/inputs.ts';
import { xOf } from '../timeline/axis.ts';
import { cellText } from '../timeline/cells.ts';
import type { Lane } from '../timeline/lanes.ts';
import type { TimelineScene } from '../timeline/scene.ts';
import type { OpenMenu } from './timeline-menus.ts';

interface TimelineGridProps {
  readonly preview: Preview;
  readonly scene: TimelineScene;
  /** Whose cell is read. */
  readonly lane: string;
  readonly stale: boolean;
  readonly onLane: (lane: string) => void;
  readonly onMenu: (menu: OpenMenu) => void;
}

/**
 * The timeline as a grid for screen readers and the keyboard: a row for each lane, a column for each frame. Only the
 * column of the playhead exists; its cells change with it.
 */
export function TimelineGrid({ preview, scene, lane, stale, onLane, onMenu }: TimelineGridProps): JSX.Element {
  const { timeline, layout } = scene;
  const frame = Math.min(preview.frame, timeline.frames - 1);
  const rows = layout.lanes;
  const current = rows.find(({ id }) => id === lane) ?? rows[0];
  const { model } = preview;
  const sources = sourcesOf(model.inputs);
  const context = {
    timeline,
    windows: model.windows?.windows ?? [],
    look: looksOf(model),
    hasSource: (frame: number) => (sources[frame] ?? null) !== null,
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const index = rows.findIndex(({ id }) => id === current?.id);
    const to = event.key === 'ArrowUp' ? index - 1 : event.key === 'ArrowDown' ? index + 1 : null;
    if (to !== null && !event.shiftKey) {
      event.preventDefault();
      const next = rows[Math.min(Math.max(to, 0), rows.length - 1)];
      if (next !== undefined) onLane(next.id);
    } else if (event.key === 'ContextMenu' || (event.shiftKey && event.key === 'F10')) {
      const key = timeline.keys.findIndex((candidate) => frame >= candidate.frame && frame <= candidate.holdEnd);
      const keys = rows.find(({ kind }) => kind === 'keys');
      if (key === -1 || keys === undefined) return;
      event.preventDefault();
      const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
      onMenu({ key, place: { x: box.left + xOf(scene.axis, frame), y: box.top + keys.top + keys.height } });
    }
  };
  return (
    <div
      class="grid"
      role="grid"
      tabIndex={0}
      aria-label={stale ? l10n.t('Timeline before the errors in the text') : l10n.t('Timeline')}
      aria-rowcount={rows.length}
      aria-colcount={timeline.frames}
      aria-readonly={stale}
      aria-activedescendant={current === undefined ? undefined : cellId(current)}
      onKeyDown={onKeyDown}
    >
      {rows.map((row, index) => (
        <div key={row.id} role="row" aria-rowindex={index + 1} aria-label={row.label}>
          <div
            id={cellId(row)}
            role="gridcell"
            aria-colindex={frame + 1}
            aria-selected={row.id === current?.id}
            class={row.id === current?.id ? 'cell current' : 'cell'}
            style={{ top: `${row.top}px`, height: `${row.height}px` }}
          >
            {cellText(context, row, frame)}
          </div>
        </div>
      ))}
    </div>
  );
}

const cellId = ({ id }: Lane) => `cell-${id.replace(/[^\w-]/g, (char) => `_${char.codePointAt(0)}_`)}`;
