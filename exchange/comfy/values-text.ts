import { shown } from '../json.ts';
import { onOneLine } from '../text.ts';
import type { GraphNode } from './graph.ts';

/** The values of a node, for a message; empty if it has none. */
export function valuesText({ inputs }: Pick<GraphNode, 'inputs'>): string {
  const values = [...inputs].flatMap(([name, input]) =>
    input.kind === 'value'
      ? [
          `${/^\d+$/.test(name) ? '' : `${name}: `}${typeof input.value === 'string' ? held(input.value) : shown(input.value)}`,
        ]
      : [],
  );
  return values.join(', ');
}

/** Prompts of people are shorter. */
const MOST_CHARACTERS = 2000;

function held(text: string): string {
  const line = onOneLine(text);
  return line.length <= MOST_CHARACTERS ? line : `${line.slice(0, MOST_CHARACTERS - 1)}…`;
}

/** The same as a sentence that follows others. */
export function valuesOf(node: GraphNode): string {
  const values = valuesText(node);
  return values === '' ? '' : ` Its values were: ${values}`;
}
