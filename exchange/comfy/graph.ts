import { isList, isMap, type Json, type JsonMap, shown } from '../json.ts';
import { type Note, note } from '../notes.ts';
import { outputInput } from './value-nodes.ts';

/** An input of a node: the output of another one, or a value. */
export type GraphInput =
  | { readonly kind: 'link'; readonly node: string; readonly slot: number }
  | { readonly kind: 'value'; readonly value: Json };

export interface GraphNode {
  readonly id: string;
  /** ComfyUI's `class_type`. */
  readonly type: string;
  /** As a person named it, or as the editor names its type. */
  readonly title?: string | undefined;
  readonly inputs: ReadonlyMap<string, GraphInput>;
  /** Its text is as the editor has it, which picks from `{a|b}` when it queues the workflow. */
  readonly hasChoices?: boolean;
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
    const meta = node.get('_meta');
    const title = isMap(meta) ? meta.get('title') : undefined;
    nodes.set(id, { id, type, title: typeof title === 'string' ? title : undefined, inputs: new Map(inputs) });
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
  /** Nodes of which something was asked. */
  readonly #asked = new Set<GraphNode>();
  readonly #unknown = new Set<GraphNode>();
  #users: ReadonlyMap<GraphNode, readonly GraphNode[]> | null = null;

  constructor(graph: Graph) {
    this.graph = graph;
  }

  /** What an input is linked to; null if it is a value, or its node does not exist. */
  from(node: GraphNode, name: string): Output | null {
    this.#asked.add(node);
    return this.#source(node, name);
  }

  #source(node: GraphNode, name: string): Output | null {
    const input = node.inputs.get(name);
    const source = input?.kind === 'link' ? this.graph.get(input.node) : undefined;
    return source && input?.kind === 'link' ? { node: source, slot: input.slot } : null;
  }

  /** The value of an input, also through nodes that hold nothing else; undefined if it has none. */
  value(node: GraphNode, name: string): Json | undefined {
    this.#asked.add(node);
    let input = node.inputs.get(name);
    for (let steps = 0; input?.kind === 'link' && steps < 20; steps++) {
      const source: GraphNode | undefined = this.graph.get(input.node);
      if (source) this.#asked.add(source);
      input = source && outputOf(source);
    }
    return input?.kind === 'value' ? input.value : undefined;
  }

  text(node: GraphNode, name: string): string | undefined {
    const known = this.known(node, name);
    // pysssss' loaders keep a file with its preview.
    const value = isMap(known) ? known.get('content') : known;
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'bigint') return `${value}`;
    if (value !== undefined && value !== null) this.#misread(node, name, value);
    return undefined;
  }

  /** ComfyUI converts the text of a number, too. */
  number(node: GraphNode, name: string): number | undefined {
    const known = this.known(node, name);
    const isText = typeof known === 'string' && known.trim() !== '' && Number.isFinite(Number(known));
    const value = isText ? Number(known) : known;
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
      this.#keep(node, name, linkedValue(node, name, made));
    }
    return value;
  }

  /** A note about a node that changes the result and that is not known here. */
  unknown(node: GraphNode): Note {
    this.leave(node);
    return note(
      'unknown-node',
      `The node “${node.type}” (${node.id}) changes the result and is not known here, so it is left out.${valuesOf(node)}`,
    );
  }

  /** A node that a note is about already, with all that it depends on. */
  leave(node: GraphNode): void {
    this.#unknown.add(node);
  }

  /** Nodes that what was read depends on, and of which nothing was asked. */
  ignored(start: GraphNode): Note[] {
    const found = new Set([start]);
    const notes: Note[] = [];
    for (const node of found) {
      for (const name of node.inputs.keys()) {
        const source = this.#source(node, name)?.node;
        if (!source || found.has(source) || this.#unknown.has(source)) continue;
        if (this.#asked.has(source)) {
          found.add(source);
          continue;
        }
        this.leave(source);
        const message = `The input ${name} of the node “${node.type}” (${node.id}), made by the node “${source.type}” (${source.id}), is not carried over.${valuesOf(source)}`;
        notes.push(note('unknown-node', message));
      }
    }
    return notes;
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

  /** Every node that nodes depend on, themselves included, nearest first. */
  upstream(starts: readonly GraphNode[]): GraphNode[] {
    const found = new Set(starts);
    for (const node of found) {
      for (const name of node.inputs.keys()) {
        const source = this.#source(node, name)?.node;
        if (source) found.add(source);
      }
    }
    return [...found];
  }

  /** Every node that depends on nodes, themselves included. */
  downstream(starts: readonly GraphNode[]): Set<GraphNode> {
    this.#users ??= this.#usersOf();
    const found = new Set(starts);
    for (const node of found) {
      for (const user of this.#users.get(node) ?? []) found.add(user);
    }
    return found;
  }

  #usersOf(): Map<GraphNode, GraphNode[]> {
    const users = new Map<GraphNode, GraphNode[]>();
    for (const node of this.graph.values()) {
      for (const name of node.inputs.keys()) {
        const source = this.#source(node, name)?.node;
        if (!source) continue;
        const known = users.get(source);
        if (known) known.push(node);
        else users.set(source, [node]);
      }
    }
    return users;
  }

  /** Notes about links to nodes that do not exist, of what nodes depend on. Those of values are in `unread`. */
  missing(start: GraphNode): Note[] {
    const needed = new Set(this.upstream([start]));
    return this.broken().flatMap(({ node, name, missing }) => {
      if (!needed.has(node) || this.#unread.has(`${node.id}/${name}`)) return [];
      return [linkedValue(node, name, `by the node ${missing}, which is missing`)];
    });
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

function linkedValue(node: GraphNode, name: string, made: string): Note {
  const message = `The input ${name} of the node “${node.type}” (${node.id}) is made ${made}, so it is not carried over.`;
  return note('linked-value', message);
}

function valuesOf({ inputs }: GraphNode): string {
  const values = [...inputs].flatMap(([name, input]) =>
    input.kind === 'value' ? [`${/^\d+$/.test(name) ? '' : `${name}: `}${shown(input.value)}`] : [],
  );
  return values.length > 0 ? ` Its values were: ${values.join(', ')}` : '';
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

/** The input that a node passes on: the one that is known to be, or the only value that it has. */
function outputOf({ type, inputs }: GraphNode): GraphInput | undefined {
  const known = inputs.get(outputInput(type) ?? 'value');
  const [only, ...others] = inputs.values();
  return known ?? (only?.kind === 'value' && others.length === 0 ? only : undefined);
}
