import type { Json } from '../json.ts';

/** A node as the editor stores it. */
export interface EditorNode {
  /** Unique in the whole workflow: those of a subgraph begin with the ID of its node. */
  readonly id: string;
  readonly type: string;
  readonly title: string | undefined;
  readonly mode: number;
  readonly inputs: readonly Slot[];
  readonly outputs: readonly Slot[];
  readonly widgets: Json | undefined;
  /** Values that the node of a subgraph shows outside, which win. */
  readonly shownOutside: ReadonlyMap<string, Json>;
}

export interface Slot {
  readonly name: string;
  readonly type: string;
  /** It has a value of its own, which a link replaces. */
  readonly isWidget: boolean;
}

export interface Link {
  readonly from: string;
  readonly fromSlot: number;
}
