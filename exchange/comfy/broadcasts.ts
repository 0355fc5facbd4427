import { isList, type Json } from '../json.ts';
import { BYPASSED, type EditorNode, type Link, MUTED } from './editor-node.ts';

/** Nodes of ComfyUI-KJNodes that give a link a name, and take it up under that name elsewhere. */
const SET = 'SetNode';
const GET = 'GetNode';
/** Nodes of cg-use-everywhere that give what they get to all inputs of its type that have no link. */
const EVERYWHERE = /^(?:Anything Everywhere[?3]?|Prompts Everywhere)$/;

/** Nodes that the editor resolves itself, and that pass on their first input. */
export const NAMED_LINKS: ReadonlySet<string> = new Set([SET, GET]);

/** Whether a node only gives to others what it gets. */
export const isBroadcast = (type: string): boolean => EVERYWHERE.test(type) || type === 'Seed Everywhere';

/**
 * Adds the links that are not drawn: those between nodes that set and get a name, and those to all inputs of a type.
 *
 * @param links by target, `ID/slot`, to which they are added
 *
 * Sources: ComfyUI-KJNodes `web/js/setgetnodes.js`; cg-use-everywhere `js/use_everywhere_classes.js`.
 */
export function addHiddenLinks(nodes: ReadonlyMap<string, EditorNode>, links: Map<string, Link>): void {
  const active = [...nodes.values()].filter(({ mode }) => mode !== MUTED && mode !== BYPASSED);
  addNamed(active, links);
  addEverywhere(active, links);
}

function addNamed(nodes: readonly EditorNode[], links: Map<string, Link>): void {
  const set = new Map<Json | undefined, Link>();
  for (const { id, type, widgets } of nodes) {
    const link = type === SET ? links.get(`${id}/0`) : undefined;
    if (link) set.set(nameOf(widgets), link);
  }
  for (const { id, type, widgets } of nodes) {
    const link = type === GET ? set.get(nameOf(widgets)) : undefined;
    if (link) links.set(`${id}/0`, link);
  }
}

const nameOf = (widgets: Json | undefined) => (isList(widgets) ? widgets[0] : undefined);

/** Which inputs take the first and the second prompt. */
const PROMPTS = [/(?:^|_)pos/i, /(?:^|_)neg/i];

interface Open {
  readonly key: string;
  readonly name: string;
}

function addEverywhere(nodes: readonly EditorNode[], links: Map<string, Link>): void {
  const givers = nodes.filter(({ type }) => EVERYWHERE.test(type));
  if (givers.length === 0) return;
  const open = openInputs(nodes, links);
  // Of two nodes that give the same, the first one counts.
  const given = new Set<string>();
  for (const { id, type, inputs } of givers) {
    for (const [i, input] of inputs.entries()) {
      const link = links.get(`${id}/${i}`);
      const name = type === 'Prompts Everywhere' ? PROMPTS[i] : undefined;
      const what = `${input.type}/${name ?? ''}`;
      if (!link || given.has(what)) continue;
      given.add(what);
      for (const target of open.get(input.type) ?? []) {
        if (!links.has(target.key) && (name === undefined || name.test(target.name))) links.set(target.key, link);
      }
    }
  }
}

/** Inputs without a link and without a value of their own, by type. */
function openInputs(nodes: readonly EditorNode[], links: ReadonlyMap<string, Link>): Map<string, Open[]> {
  const open = new Map<string, Open[]>();
  for (const { id, type, inputs } of nodes) {
    if (isBroadcast(type)) continue;
    for (const [slot, input] of inputs.entries()) {
      const key = `${id}/${slot}`;
      if (links.has(key) || input.isWidget || input.type === '*') continue;
      const known = open.get(input.type);
      if (known) known.push({ key, name: input.name });
      else open.set(input.type, [{ key, name: input.name }]);
    }
  }
  return open;
}
