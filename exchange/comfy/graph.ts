import { isList, isMap, type Json, type JsonMap, shown } from '../json.ts';
import { type Note, note } from '../notes.ts';

/** An input of a node: the output of another one, or a value. */
export type GraphInput =
  | { readonly kind: 'link'; readonly node: string; readonly slot: number }
  | { readonly kind: 'value'; readonly value: Json };

export interface GraphNode {
  readonly id: string;
  /** ComfyUI's `class_type`. */
  readonly type: string;
  readonly inputs: ReadonlyMap<string, GraphInput>;
}

/** A workflow as ComfyUI runs it: nodes by ID, without muted and virtual ones. */
export type Graph = ReadonlyMap<string, GraphNode>;

/** Whether a map is a workflow in the API format: nodes with a `class_type`. */
export function isApiGraph(map: JsonMap): boolean {
  const nodes = [...map.values()];
  return nodes.length > 0 && nodes.some((node) => isMap(node) && typeof node.get('class_type') === 'string');
}

/** The API format. Links are `[node, slot]`. */
export function apiGraph(map: JsonMap): Graph {
  const nodes = new Map<string, GraphNode>();
  for (const [id, node] of map) {
    const type = isMap(node) ? node.get('class_type') : undefined;
    if (!isMap(node) || typeof type !== 'string') continue;
    const given = node.get('inputs');
    const inputs = [...(isMap(given) ? given : [])].map(([name, value]) => [name, inputOf(value)] as const);
    nodes.set(id, { id, type, inputs: new Map(inputs) });
  }
  return nodes;
}

function inputOf(value: Json): GraphInput {
  if (isList(value) && value.length === 2 && typeof value[1] === 'number') {
    const [node, slot] = value;
    if (typeof node === 'string' || typeof node === 'number') return { kind: 'link', node: `${node}`, slot };
  }
  return { kind: 'value', value };
}

/** The output of a node. */
export interface Output {
  readonly node: GraphNode;
  readonly slot: number;
}

/** Follows links of a graph. */
export class Links {
  readonly graph: Graph;
  /** By node and input. */
  readonly #unread = new Map<string, Note>();

  constructor(graph: Graph) {
    this.graph = graph;
  }

  /** What an input is linked to; null if it is a value, or its node does not exist. */
  from(node: GraphNode, name: string): Output | null {
    const input = node.inputs.get(name);
    const source = input?.kind === 'link' ? this.graph.get(input.node) : undefined;
    return source && input?.kind === 'link' ? { node: source, slot: input.slot } : null;
  }

  /** The value of an input, also through nodes that hold nothing else; undefined if it has none. */
  value(node: GraphNode, name: string): Json | undefined {
    let input = node.inputs.get(name);
    for (let steps = 0; input?.kind === 'link' && steps < 20; steps++) {
      const source: GraphNode | undefined = this.graph.get(input.node);
      input =
        source && [...source.inputs.values()].length > 0
          ? (source.inputs.get('value') ?? onlyValue(source))
          : undefined;
    }
    return input?.kind === 'value' ? input.value : undefined;
  }

  text(node: GraphNode, name: string): string | undefined {
    const value = this.known(node, name);
    if (typeof value === 'string') return value;
    if (value !== undefined && value !== null) this.#misread(node, name, value);
    return undefined;
  }

  number(node: GraphNode, name: string): number | undefined {
    const value = this.known(node, name);
    if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
    if (value !== undefined && value !== null) this.#misread(node, name, value);
    return undefined;
  }

  /** The value of an input, of which `unread` gives a note if another node makes it in a way that is not known. */
  known(node: GraphNode, name: string): Json | undefined {
    const value = this.value(node, name);
    const input = node.inputs.get(name);
    if (value === undefined && input?.kind === 'link') {
      const source = this.graph.get(input.node);
      const made = source
        ? `by the node “${source.type}” (${source.id})`
        : `by the node ${input.node}, which is missing`;
      this.#keep(
        node,
        name,
        note(
          'linked-value',
          `The input ${name} of the node “${node.type}” (${node.id}) is made ${made}, so it is not carried over.`,
        ),
      );
    }
    return value;
  }

  /** Inputs that were asked for, and whose values could not be read. */
  unread(): Note[] {
    return [...this.#unread.values()];
  }

  #misread(node: GraphNode, name: string, value: Json): void {
    const message = `The input ${name} of the node “${node.type}” (${node.id}) is not carried over. It was: ${shown(value)}`;
    this.#keep(node, name, note('other-fields', message));
  }

  #keep(node: GraphNode, name: string, found: Note): void {
    this.#unread.set(`${node.id}/${name}`, found);
  }

  /** Every node that a node depends on, itself included, nearest first. */
  upstream(start: GraphNode): GraphNode[] {
    const found = new Map([[start.id, start]]);
    for (const node of found.values()) {
      for (const name of node.inputs.keys()) {
        const source = this.from(node, name)?.node;
        if (source && !found.has(source.id)) found.set(source.id, source);
      }
    }
    return [...found.values()];
  }

  /** Inputs that are linked to nodes that do not exist. */
  broken(): { readonly node: GraphNode; readonly name: string; readonly missing: string }[] {
    return [...this.graph.values()].flatMap((node) =>
      [...node.inputs].flatMap(([name, input]) =>
        input.kind === 'link' && !this.graph.has(input.node) ? [{ node, name, missing: input.node }] : [],
      ),
    );
  }
}

/** Notes once that a walk through a graph comes back to a node. */
export class Walk {
  readonly #seen = new Set<GraphNode>();
  readonly #notes: Note[];

  constructor(notes: Note[]) {
    this.#notes = notes;
  }

  /** false if the node was visited before: the walk ends. */
  visits(node: GraphNode): boolean {
    if (this.#seen.has(node)) {
      const message = `The links of the node “${node.type}” (${node.id}) lead back to it. What is behind them is left out.`;
      this.#notes.push(note('cycle', message));
      return false;
    }
    this.#seen.add(node);
    return true;
  }
}

function onlyValue(node: GraphNode): GraphInput | undefined {
  return node.inputs.size === 1 ? [...node.inputs.values()][0] : undefined;
}
