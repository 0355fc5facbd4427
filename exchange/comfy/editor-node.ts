import { isList, isMap, type Json } from '../json.ts';
import type { GraphInput } from './graph.ts';
import { widgetNames } from './widgets.ts';

/** Modes of nodes that are not run. */
export const MUTED = 2;
export const BYPASSED = 4;
/** Where the links of a subgraph come from and go to. */
export const SUBGRAPH_INPUTS = '-10';
export const SUBGRAPH_OUTPUTS = '-20';

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
  /** The node is run without it. */
  readonly isOptional: boolean;
}

export interface Link {
  readonly from: string;
  readonly fromSlot: number;
}

/** The nodes and links of all levels, with links by target: `ID/slot`. */
export interface Flat {
  readonly nodes: Map<string, EditorNode>;
  readonly links: Map<string, Link>;
}

/** The values of a node’s widgets by name. */
export function widgetInputs({ type, widgets, shownOutside }: EditorNode): [string, GraphInput][] {
  const value = (name: string, given: Json): [string, GraphInput] => [
    name,
    { kind: 'value', value: shownOutside.get(name) ?? given },
  ];
  if (isMap(widgets)) return [...widgets].map(([name, given]) => value(name, given));
  if (!isList(widgets)) return [];
  // Nodes that are not known keep their values under numbers, so that a message can show them.
  const names = widgetNames(type, widgets) ?? widgets.map((_, i) => `${i}`);
  return widgets.flatMap((given, i) =>
    names[i] === undefined || names[i] === 'control' ? [] : [value(names[i], given)],
  );
}
