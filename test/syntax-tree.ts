import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseSync } from 'vite';

const ROOT = resolve(import.meta.dirname, '..');

/** A node of the syntax tree of a source (ESTree). */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly [part: string]: unknown;
}

export interface Source {
  readonly text: string;
  readonly program: Node;
}

export const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value;

/** The nodes of a list; empty for anything else. */
export const nodes = (value: unknown): Node[] => (Array.isArray(value) ? value.filter(isNode) : []);

/** @param parents of the node, the outermost first */
type Enter = (node: Node, parents: readonly Node[]) => void;

/** Every node, each before its parts. */
export function visit(node: Node, enter: Enter, parents: readonly Node[] = []): void {
  enter(node, parents);
  const below = [...parents, node];
  for (const part of Object.values(node)) {
    if (isNode(part)) visit(part, enter, below);
    else for (const child of nodes(part)) visit(child, enter, below);
  }
}

const parsed = new Map<string, Source>();

/** @param file relative to the root. @throws Error if it is not TypeScript */
export function parse(file: string): Source {
  const known = parsed.get(file);
  if (known) return known;
  const text = readFileSync(resolve(ROOT, file), 'utf8');
  const program: unknown = parseSync(file, text).program;
  if (!isNode(program)) throw new Error(`${file} could not be parsed.`);
  const source = { text, program };
  parsed.set(file, source);
  return source;
}

/** `prompt/attention.ts:38` */
export function placeOf(file: string, { start }: Node): string {
  return `${file}:${parse(file).text.slice(0, start).split('\n').length}`;
}
