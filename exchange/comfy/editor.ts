import { isList, isMap, itemsOf, type Json, type JsonMap, shown } from '../json.ts';
import { ImportError } from '../notes.ts';
import { addHiddenLinks, isBroadcast, NAMED_LINKS } from './broadcasts.ts';
import {
  BYPASSED,
  type EditorNode,
  type Flat,
  MUTED,
  type Slot,
  SUBGRAPH_OUTPUTS,
  widgetInputs,
} from './editor-node.ts';
import type { Graph, GraphInput, GraphNode } from './graph.ts';
import { Origins } from './origins.ts';
import { PRIMITIVE, REMARKS, REROUTE } from './widgets.ts';

/** Whether a map is a workflow as the editor saves it. */
export const isEditorGraph = (map: JsonMap): boolean => isList(map.get('nodes')) && isList(map.get('links'));

/** How the editor marks an input that a node is run without. */
const OPTIONAL_SHAPE = 7;
/** Levels of subgraphs inside one another. */
const DEEPEST = 20;
/** Nodes and links that subgraphs and group nodes become in all. A few lines can name millions of copies. */
const MOST_EXPANDED = 20_000;

/**
 * A workflow as ComfyUI would queue it from the editor: subgraphs and group nodes are expanded, muted nodes left out,
 * bypassed ones and reroutes passed through, and primitives replaced by their values.
 *
 * Source: ComfyUI_frontend `graphToPrompt`, `ExecutableNodeDTO`, `groupNode`.
 */
export function editorGraph(root: JsonMap): Graph {
  const flat: Flat = { nodes: new Map(), links: new Map() };
  const definitions = new Map<string, JsonMap>();
  const listed = isMap(root.get('definitions')) ? (root.get('definitions') as JsonMap).get('subgraphs') : undefined;
  for (const subgraph of itemsOf(listed)) {
    if (isMap(subgraph)) definitions.set(String(subgraph.get('id')), subgraph);
  }
  const extra = root.get('extra');
  const groups =
    isMap(extra) && isMap(extra.get('groupNodes')) ? (extra.get('groupNodes') as JsonMap) : new Map<string, Json>();
  addLevel(root, '', { flat, definitions, groups, expanded: 0 }, 0, new Map());
  addHiddenLinks(flat.nodes, flat.links);
  return run(flat);
}

interface Expansion {
  readonly flat: Flat;
  readonly definitions: ReadonlyMap<string, JsonMap>;
  readonly groups: JsonMap;
  /** Nodes and links of subgraphs and groups so far. */
  expanded: number;
}

/** @throws ImportError if a subgraph or group with `more` nodes and links is too large, with all before it */
function countExpanded(expansion: Expansion, { id, type }: EditorNode, more: number): void {
  expansion.expanded += more;
  if (expansion.expanded <= MOST_EXPANDED) return;
  throw new ImportError(
    'too-large',
    `The workflow’s subgraphs and group nodes have more than ${MOST_EXPANDED} nodes and links in all, counted up to node ${shown(id)} (${shown(type)}).`,
  );
}

const sizeOf = (level: JsonMap): number => itemsOf(level.get('nodes')).length + itemsOf(level.get('links')).length;

/** @param shown by node and widget: the values that the subgraph's node shows outside */
function addLevel(
  level: JsonMap,
  prefix: string,
  expansion: Expansion,
  depth: number,
  shown: ReadonlyMap<string, ReadonlyMap<string, Json>>,
): void {
  if (depth > DEEPEST)
    throw new ImportError(
      'too-deep',
      `The workflow has subgraphs nested more than ${DEEPEST} levels deep at node ${prefix.slice(0, 40)}.`,
    );
  const { flat, definitions, groups } = expansion;
  const list = level.get('nodes');
  for (const node of itemsOf(list)) {
    if (!isMap(node)) continue;
    const id = `${prefix}${String(node.get('id'))}`;
    const own = editorNode(node, id, shown.get(String(node.get('id'))) ?? new Map());
    flat.nodes.set(id, own);
    if (own.mode === MUTED || own.mode === BYPASSED) continue;
    const subgraph = definitions.get(own.type);
    if (subgraph) {
      countExpanded(expansion, own, sizeOf(subgraph));
      addLevel(subgraph, `${id}:`, expansion, depth + 1, proxies(node));
    }
    const group = /^workflow[/>]/.test(own.type) ? groups.get(own.type.replace(/^workflow[/>]/, '')) : undefined;
    if (isMap(group)) {
      countExpanded(expansion, own, sizeOf(group));
      addGroup(group, own, flat);
    }
  }
  const links = level.get('links');
  for (const link of itemsOf(links)) addLink(link, prefix, flat);
}

function editorNode(node: JsonMap, id: string, shownOutside: ReadonlyMap<string, Json>): EditorNode {
  const slots = (name: string): Slot[] => {
    const list = node.get(name);
    return itemsOf(list)
      .filter(isMap)
      .map((slot) => {
        const widget = slot.get('widget');
        const shownName = isMap(widget) ? widget.get('name') : slot.get('name');
        return {
          name: String(shownName ?? ''),
          type: String(slot.get('type') ?? '*'),
          isWidget: isMap(widget),
          isOptional: slot.get('shape') === OPTIONAL_SHAPE,
        };
      });
  };
  const mode = node.get('mode');
  const title = node.get('title');
  return {
    id,
    type: String(node.get('type') ?? ''),
    title: typeof title === 'string' ? title : undefined,
    mode: typeof mode === 'number' ? mode : 0,
    inputs: slots('inputs'),
    outputs: slots('outputs'),
    widgets: node.get('widgets_values'),
    shownOutside,
  };
}

/** Links are lists; in subgraphs, maps. */
function addLink(link: Json, prefix: string, { links }: Flat): void {
  const fields = isMap(link)
    ? ['origin_id', 'origin_slot', 'target_id', 'target_slot'].map((name) => link.get(name))
    : isList(link)
      ? link.slice(1, 5)
      : [];
  if (fields.length < 4) return;
  const [from, fromSlot, to, toSlot] = fields;
  links.set(`${prefix}${String(to)}/${String(toSlot)}`, {
    from: `${prefix}${String(from)}`,
    fromSlot: Number(fromSlot),
  });
}

/** `proxyWidgets`: widgets of inner nodes whose values are on the node of the subgraph, in the same order. */
function proxies(node: JsonMap): Map<string, Map<string, Json>> {
  const shown = new Map<string, Map<string, Json>>();
  const properties = node.get('properties');
  const list = isMap(properties) ? properties.get('proxyWidgets') : undefined;
  const values = node.get('widgets_values');
  for (const [i, proxy] of itemsOf(list).entries()) {
    const value = isList(values) ? values[i] : undefined;
    if (!isList(proxy) || value === undefined) continue;
    const [inner, widget] = proxy.map(String);
    const known = shown.get(inner!) ?? new Map<string, Json>();
    known.set(widget!, value);
    shown.set(inner!, known);
  }
  return shown;
}

/**
 * The nodes of a group: its widget values are those of its nodes one after another, and its inputs and outputs are the
 * ones that no link inside connects.
 */
function addGroup(group: JsonMap, node: EditorNode, flat: Flat): void {
  const inner = itemsOf(group.get('nodes')).filter(isMap);
  // Links without an origin come from outside.
  const links = itemsOf(group.get('links'))
    .filter(isList)
    .filter(([from]) => from !== null);
  const values = [...itemsOf(node.widgets)];
  const idOf = (index: number) => `${node.id}:${index}`;
  let input = 0;
  for (const [index, part] of inner.entries()) {
    const id = idOf(index);
    const own = editorNode(part, id, new Map());
    const count = isList(own.widgets) ? own.widgets.length : 0;
    flat.nodes.set(id, { ...own, widgets: values.splice(0, count) });
    for (const slot of own.inputs.keys()) {
      const link = links.find(([, , to, toSlot]) => to === index && toSlot === slot);
      if (link) flat.links.set(`${id}/${slot}`, { from: idOf(Number(link[0])), fromSlot: Number(link[1]) });
      else {
        flat.links.set(`${id}/${slot}`, { from: `${node.id}<`, fromSlot: input });
        input++;
      }
    }
  }
  // Outputs that are used inside are not outputs of the group, unless they are listed.
  const external = itemsOf(group.get('external')).filter(isList);
  const outputs = inner.flatMap((part, index) =>
    editorNode(part, '', new Map()).outputs.flatMap((_, slot) => {
      const isInside = links.some(([from, fromSlot]) => from === index && fromSlot === slot);
      const isListed = external.some(([from, fromSlot]) => from === index && fromSlot === slot);
      return isInside && !isListed ? [] : [{ from: idOf(index), fromSlot: slot }];
    }),
  );
  for (const [slot, link] of outputs.entries()) flat.links.set(`${node.id}>/${slot}`, link);
}

/** What ComfyUI's own nodes are not run without. Other inputs may be left out, as a person does who mutes a node. */
const NEEDED: ReadonlySet<string> = new Set([
  'clip',
  'conditioning',
  'conditioning_1',
  'conditioning_2',
  'conditioning_from',
  'conditioning_to',
  'control_net',
  'image',
  'images',
  'latent_image',
  'model',
  'negative',
  'noise',
  'guider',
  'pixels',
  'positive',
  'sampler',
  'samples',
  'sigmas',
  'vae',
]);

/** Nodes that only the editor has. */
const VIRTUAL: ReadonlySet<string> = new Set([PRIMITIVE, REROUTE, ...NAMED_LINKS, ...REMARKS]);

function run(flat: Flat): Graph {
  const graph = new Map<string, GraphNode>();
  const origins = new Origins(flat);
  for (const node of flat.nodes.values()) {
    const isVirtual = VIRTUAL.has(node.type) || isBroadcast(node.type);
    const isExpanded = flat.links.has(`${node.id}>/0`) || flat.links.has(`${node.id}:${SUBGRAPH_OUTPUTS}/0`);
    if (node.mode === MUTED || node.mode === BYPASSED || isVirtual || isExpanded) continue;
    const inputs = new Map<string, GraphInput>(widgetInputs(node));
    for (const [slot, { name, isOptional }] of node.inputs.entries()) {
      const link = flat.links.get(`${node.id}/${slot}`);
      const source = link ? origins.of(link) : null;
      if (!source) continue;
      if ('maker' in source) {
        if (NEEDED.has(name) && !isOptional) inputs.set(name, { kind: 'gone', maker: source.maker });
      } else if (source.node.type === PRIMITIVE) {
        const value = isList(source.node.widgets) ? source.node.widgets[0] : undefined;
        if (value !== undefined) inputs.set(name, { kind: 'value', value });
      } else inputs.set(name, { kind: 'link', node: source.node.id, slot: source.slot });
    }
    const { id, type, title } = node;
    graph.set(id, { id, type, title, inputs, hasChoices: type === 'CLIPTextEncode' });
  }
  return graph;
}
