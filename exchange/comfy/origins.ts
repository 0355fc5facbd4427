import { NAMED_LINKS } from './broadcasts.ts';
import {
  BYPASSED,
  type EditorNode,
  type Flat,
  type Link,
  MUTED,
  SUBGRAPH_INPUTS,
  SUBGRAPH_OUTPUTS,
  widgetInputs,
} from './editor-node.ts';
import type { Maker } from './graph.ts';
import { valuesText } from './values-text.ts';
import { REROUTE } from './widgets.ts';

/** The node that really gives an output, or why none does; null if nothing is linked. */
export type Origin = { readonly node: EditorNode; readonly slot: number } | { readonly maker: Maker } | null;

/** Finds origins: through reroutes, bypassed nodes, and the borders of subgraphs and groups. */
export class Origins {
  readonly #flat: Flat;
  /** By node and output: long chains of reroutes are walked once. */
  readonly #known = new Map<string, Origin>();

  constructor(flat: Flat) {
    this.#flat = flat;
  }

  of(link: Link): Origin {
    const passed: string[] = [];
    let at: Link | undefined = link;
    let found: Origin = null;
    while (at) {
      const key = `${at.from}/${at.fromSlot}`;
      const known = this.#known.get(key);
      if (known !== undefined) {
        found = known;
        break;
      }
      // A chain that leads back to itself ends here.
      this.#known.set(key, null);
      passed.push(key);
      const step: { readonly next: Link } | { readonly end: Origin } = this.#step(at);
      if ('end' in step) found = step.end;
      at = 'next' in step ? step.next : undefined;
    }
    for (const key of passed) this.#known.set(key, found);
    return found;
  }

  #step({ from, fromSlot }: Link): { readonly next: Link } | { readonly end: Origin } {
    const { nodes, links } = this.#flat;
    const outside = from.endsWith('<')
      ? from.slice(0, -1)
      : from.endsWith(`:${SUBGRAPH_INPUTS}`)
        ? from.slice(0, -SUBGRAPH_INPUTS.length - 1)
        : null;
    const node = nodes.get(from);
    const passes =
      outside !== null
        ? links.get(`${outside}/${fromSlot}`)
        : node && node.mode !== MUTED
          ? (links.get(`${from}>/${fromSlot}`) ?? links.get(`${from}:${SUBGRAPH_OUTPUTS}/${fromSlot}`))
          : undefined;
    if (passes) return { next: passes };
    if (outside !== null) return { end: null };
    if (!node) return { end: { maker: { name: `the node ${from}, which is missing`, values: '' } } };
    if (node.mode === MUTED) return { end: notRun(node, 'is muted') };
    const isVirtual = node.type === REROUTE || NAMED_LINKS.has(node.type);
    if (!isVirtual && node.mode !== BYPASSED) return { end: { node, slot: fromSlot } };
    const next = links.get(`${from}/${isVirtual ? 0 : bypassSlot(node, fromSlot)}`);
    return next ? { next } : { end: notRun(node, isVirtual ? 'gets nothing' : 'is bypassed') };
  }
}

const notRun = (node: EditorNode, why: string): Origin => ({
  maker: {
    name: `the node “${node.type}” (${node.id}), which ${why}`,
    values: valuesText({ inputs: new Map(widgetInputs(node)) }),
  },
});

/** The input that a bypassed node passes on: the one at the output's place, or the first one of its type. */
function bypassSlot({ inputs, outputs }: EditorNode, slot: number): number {
  const type = outputs[slot]?.type;
  return type === '*' || inputs[slot]?.type === type ? slot : inputs.findIndex((input) => input.type === type);
}
