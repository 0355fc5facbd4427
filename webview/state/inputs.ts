import type { PreviewInputs } from '../../protocol/preview.ts';

/** A part of what guides a clip: what frames start from, or a ControlNet unit (0-based). */
export type Layer = 'start' | number;

/** A picture beside others, in one frame. */
export interface InputCell {
  readonly kind: 'source' | 'hint';
  readonly layer: Layer;
  /** Number of the picture; null: the frame has none. */
  readonly picture: number | null;
  /** Why there are no pictures; null: there are. */
  readonly problem: string | null;
}

/** The pictures of a frame in order: what it starts from, then the source of each unit, if it is another one, and its hint. */
export function cellsAt({ start, units }: PreviewInputs, frame: number): InputCell[] {
  const cells: InputCell[] = [];
  const addSource = (layer: Layer, sources: readonly (number | null)[], problem: string | null) => {
    const picture = sources[frame] ?? null;
    const isShown = cells.some((cell) => cell.kind === 'source' && cell.picture === picture);
    if (picture === null ? layer === 'start' : !isShown) cells.push({ kind: 'source', layer, picture, problem });
  };
  if (start) addSource('start', start.sources, start.problem);
  units.forEach(({ sources, hints, problem }, unit) => {
    addSource(unit, sources, null);
    cells.push({ kind: 'hint', layer: unit, picture: hints[frame] ?? null, problem });
  });
  return cells;
}

/** What can be laid over the result: hints, and what frames start from. */
export function layersOf({ start, units }: PreviewInputs): Layer[] {
  return [...units.keys(), ...(start ? (['start'] as const) : [])];
}

/** The picture of a layer in a frame: a hint, or what the frame starts from; null: there is none. */
export function overlayAt({ start, units }: PreviewInputs, layer: Layer, frame: number): number | null {
  const pictures = layer === 'start' ? start?.sources : units[layer]?.hints;
  return pictures?.[frame] ?? null;
}

/** The source of each frame, for the strip: what frames start from, or else that of the first unit that has any. */
export function sourcesOf(inputs: PreviewInputs | null): readonly (number | null)[] {
  if (!inputs) return [];
  const all = [...(inputs.start ? [inputs.start.sources] : []), ...inputs.units.map(({ sources }) => sources)];
  return all.find((sources) => sources.some((picture) => picture !== null)) ?? [];
}

/** All pictures that a frame may show. */
export const picturesAt = (inputs: PreviewInputs, frame: number): number[] =>
  cellsAt(inputs, frame).flatMap(({ picture }) => picture ?? []);
