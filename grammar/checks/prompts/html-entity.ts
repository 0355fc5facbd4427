import { decodeHTMLStrict } from 'entities';
import { documentSpan, type PromptText } from '../../syntax/document.ts';
import { type PromptCheck, replace } from '../check.ts';

/** Also encoded several times, as `&amp;amp;lt;`. */
const ENTITY = /&(?:amp;){0,9}(?:#\d{1,7}|#[xX][\dA-Fa-f]{1,6}|[A-Za-z][A-Za-z\d]{1,31});/g;

const OPENING = '([{<';
const CLOSING = ')]}>';

/** An entity, or several from an opening bracket to its closing one. Offsets are in the prompt's text. */
interface Place {
  readonly start: number;
  readonly end: number;
  readonly entities: readonly Entity[];
}

interface Entity {
  readonly start: number;
  readonly end: number;
  readonly plain: string;
}

export const htmlEntity: PromptCheck = {
  code: 'travel/html-entity',
  *find(prompt) {
    if (!prompt.text.includes('&')) return;
    for (const { start, end, entities } of placesOf(entitiesIn(prompt))) {
      const written = prompt.text.slice(start, end);
      const correct = decoded(prompt.text, { start, end, entities });
      const isOne = entities.length === 1;
      const edits = entities.map((entity) => ({
        span: documentSpan(prompt, entity.start, entity.end),
        text: entity.plain,
      }));
      const isLoneBracket = isOne && '()[]{}'.includes(correct.trim() || ' ');
      yield {
        code: this.code,
        severity: 'warning',
        message: `“${written.slice(0, 60)}” ${isOne ? 'is an HTML entity' : 'contains HTML entities'}. It is treated as text, as it was copied from a web page. Write “${correct.trim() || 'a space'}”.`,
        span: documentSpan(prompt, start, end),
        fixes: [
          { title: `Change to “${correct}”`, edits, mechanical: false },
          ...(isLoneBracket ? [replace(`Change to “\\${correct}”`, edits[0]!.span, `\\${correct}`)] : []),
        ],
      };
    }
  },
};

function entitiesIn({ text }: PromptText): Entity[] {
  return Array.from(text.matchAll(ENTITY)).flatMap(({ 0: written, index }): Entity[] => {
    const plain = plainText(written);
    if (plain === written) return [];
    const end = index + written.length;
    // A “#” after a space would start a comment.
    const isComment = plain === '#' && (index === 0 || /\s/.test(text[index - 1]!));
    return [{ start: index, end, plain: isComment ? '\\#' : plain }];
  });
}

/** The characters of an entity, as this language writes them. */
function plainText(entity: string): string {
  let text = entity;
  for (let before = ''; text !== before; ) {
    before = text;
    text = decodeHTMLStrict(text);
  }
  return text
    .replace(/[\s\p{Cc}]/gu, ' ')
    .replace(/\p{Cf}/gu, '')
    .replace(/[“”„‟]/g, '"')
    .replace(/[‘’‚]/g, "'")
    .replace(/[！-～]/g, (character) => character.normalize('NFKC'));
}

/** A tag or brackets written with entities are one place, because half of them would be a new problem. */
function placesOf(entities: readonly Entity[]): Place[] {
  const ends = pairs(entities);
  const places: Place[] = [];
  for (let i = 0; i < entities.length; ) {
    const last = ends.get(i) ?? i;
    const group = entities.slice(i, last + 1);
    places.push({ start: group[0]!.start, end: group.at(-1)!.end, entities: group });
    i = last + 1;
  }
  return places;
}

/** Indices of opening entities and of the closing ones that match. */
function pairs(entities: readonly Entity[]): Map<number, number> {
  const ends = new Map<number, number>();
  const open: number[] = [];
  for (const [i, { plain }] of entities.entries()) {
    if (OPENING.includes(plain || ' ')) open.push(i);
    const kind = CLOSING.indexOf(plain || ' ');
    const start = kind < 0 ? undefined : open.at(-1);
    if (start !== undefined && entities[start]!.plain === OPENING[kind]) ends.set(open.pop()!, i);
  }
  return ends;
}

function decoded(text: string, { start, end, entities }: Place): string {
  let result = '';
  let at = start;
  for (const entity of entities) {
    result += text.slice(at, entity.start) + entity.plain;
    at = entity.end;
  }
  return result + text.slice(at, end);
}
