import { isList, isMap, type Json, type JsonMap } from '../json.ts';
import type { Graph, GraphInput, GraphNode } from './graph.ts';

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
