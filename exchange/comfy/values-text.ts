import { type Json, shown } from '../json.ts';
import { onOneLine } from '../text.ts';

/** A node as far as its values are concerned. */
interface Held {
  readonly inputs: ReadonlyMap<
    string,
    { readonly kind: 'value'; readonly value: Json } | { readonly kind: 'gone' | 'link' }
  >;
}

/** The values of a node, for a message; empty if it has none. */
export function valuesText({ inputs }: Held): string {
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
export function valuesOf(node: Held): string {
  const values = valuesText(node);
  return values === '' ? '' : ` Its values were: ${values}`;
}
