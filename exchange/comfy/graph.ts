import { isMap, type Json, shown } from '../json.ts';
import { type Note, note } from '../notes.ts';
import { outputInput } from './value-nodes.ts';
import { valuesOf, valuesText } from './values-text.ts';

/** An input of a node: the output of another one, a value, or the output of a node that is not run. */
export type GraphInput =
  | { readonly kind: 'gone'; readonly maker: Maker }
  | { readonly kind: 'link'; readonly node: string; readonly slot: number }
  | { readonly kind: 'value'; readonly value: Json };

/** What would make an input, and does not. */
export interface Maker {
  /** As in “made by the node 3, which is missing”. */
  readonly name: string;
  /** Its values, for a message; empty if they are not known. */
  readonly values: string;
}

export interface GraphNode {
  readonly id: string;
  /** ComfyUI's `class_type`. */
  readonly type: string;
  /** As a person named it, or as the editor names its type. */
  readonly title?: string | undefined;
  readonly inputs: ReadonlyMap<string, GraphInput>;
  /** Its text is as the editor has it, which picks from `{a|b}` when it queues the workflow. */
  readonly hasChoices?: boolean;
  /** What nodes that it combines have, and what it cannot hold, as sentences. */
  readonly lost?: readonly string[];
}

/** A workflow as ComfyUI runs it: nodes by ID, without muted and virtual ones. */
export type Graph = ReadonlyMap<string, GraphNode>;

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
  /** Of the nodes that are left out, those whose own sources are left out with them. */
  readonly #leftOut = new Set<GraphNode>();
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
    if (value === undefined && input !== undefined && input.kind !== 'value') {
      const source = input.kind === 'link' ? this.graph.get(input.node) : undefined;
      const maker = source
        ? { name: `the node “${source.type}” (${source.id})`, values: valuesText(source) }
        : makerOf(input);
      if (source) this.#leftOut.add(source);
      this.#keep(node, name, linkedValue(node, name, maker));
    }
    return value;
  }

  /** A note about a node that changes the result and that is not known here. */
  unknown(node: GraphNode): Note {
    this.leave(node);
    this.#leftOut.add(node);
    return note(
      'unknown-node',
      `The node “${node.type}” (${node.id}) changes the result and is not known here, so it is left out.${valuesOf(node)}`,
    );
  }

  /** The values of a node that a note names, and of those that only it depends on; its type if there are none. */
  held(node: GraphNode): string {
    this.leave(node);
    const texts = this.upstream([node]).map((source) => valuesText(source));
    return texts.filter((text) => text !== '').join(', ') || node.type;
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
        this.#leftOut.add(source);
        const message = `The input ${name} of the node “${node.type}” (${node.id}), made by the node “${source.type}” (${source.id}), is not carried over.${valuesOf(source)}`;
        notes.push(note('unknown-node', message));
      }
    }
    return [...notes, ...this.#heldByOthers()];
  }

  /** Notes about what nodes that are left out get, from nodes of which nothing was asked: a prompt, most often. */
  #heldByOthers(): Note[] {
    const shownOnce = new Set<GraphNode>([...this.#asked, ...this.#unknown]);
    return [...this.#leftOut].flatMap((left) => {
      const found = new Set([left]);
      for (const node of found) {
        for (const name of node.inputs.keys()) {
          const source = this.#source(node, name)?.node;
          if (source && !shownOnce.has(source)) found.add(source);
        }
      }
      found.delete(left);
      for (const source of found) shownOnce.add(source);
      const values = [...found]
        .map((source) => [source, valuesText(source)] as const)
        .filter(([, text]) => text !== '');
      if (values.length === 0) return [];
      const texts = values.map(([{ type, id }, text]) => `“${type}” (${id}), ${text}`);
      const message = `What the node “${left.type}” (${left.id}) gets is not carried over either: ${texts.join('; ')}`;
      return [note('unknown-node', message)];
    });
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
    return this.broken().flatMap(({ node, name, maker }) => {
      if (!needed.has(node) || this.#unread.has(`${node.id}/${name}`)) return [];
      return [linkedValue(node, name, maker)];
    });
  }

  /** Inputs that are linked to nodes that do not exist, or that are not run. */
  broken(): { readonly node: GraphNode; readonly name: string; readonly maker: Maker }[] {
    return [...this.graph.values()].flatMap((node) =>
      [...node.inputs].flatMap(([name, input]) =>
        input.kind === 'gone' || (input.kind === 'link' && !this.graph.has(input.node))
          ? [{ node, name, maker: makerOf(input) }]
          : [],
      ),
    );
  }
}

/** The maker of an input that no node of the graph makes. */
const makerOf = (input: Exclude<GraphInput, { readonly kind: 'value' }>): Maker =>
  input.kind === 'gone' ? input.maker : { name: `the node ${input.node}, which is missing`, values: '' };

function linkedValue(node: GraphNode, name: string, maker: Maker): Note {
  const message = `The input ${name} of the node “${node.type}” (${node.id}) is made by ${maker.name}, so it is not carried over.`;
  const held = maker.values === '' ? '' : ` The values of that node were: ${maker.values}`;
  return note('linked-value', `${message}${held}`);
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
