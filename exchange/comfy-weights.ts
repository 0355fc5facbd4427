import { isBreak, parseAttention, type WeightedText } from '../prompt/attention.ts';

/**
 * A prompt in A1111's syntax for ComfyUI, where square brackets are text, and a weight in brackets is not multiplied by
 * those around it: `[dark]` is `(dark:0.909)`, and `([x])` is `x`. Prompt editing, which ComfyUI does not have, stays as
 * it is written.
 *
 * Source: ComfyUI `comfy/sd1_clip.py`, `token_weights`.
 */
export function comfyPrompt(text: string): string {
  const { marked, hasDown } = withoutEditing(text);
  if (!hasDown && !multiplies(text)) return text.replace(/\\([[\]])/g, '$1');
  return flat(parseAttention(marked), (part) => part.replace(/[()]/g, '\\$&'));
}

/** A prompt of ComfyUI for A1111's syntax: the weight of inner brackets is the whole one there. */
export function fromComfyWeights(text: string): string {
  if (!multiplies(text)) return text;
  const pieces: WeightedText[] = [];
  addPieces(text, 1, pieces, 0);
  // Escapes stay as they are written.
  return flat(pieces, (part) => part);
}

function flat(pieces: readonly WeightedText[], escaped: (text: string) => string): string {
  return pieces
    .map((piece) => {
      if (isBreak(piece)) return ' BREAK ';
      const text = escaped(piece.text);
      const weight = Number(piece.weight.toFixed(3));
      if (weight === 1 || text.trim() === '') return text;
      return weight === 1.1 ? `(${text})` : `(${text}:${weight})`;
    })
    .join('');
}

/** Whether a weight is inside other brackets: A1111 multiplies, ComfyUI does not. */
function multiplies(text: string): boolean {
  let depth = 0;
  for (const [found, weight] of text.matchAll(/\\[\s\S]|:[ \t]{0,9}([+-]?[.\d]{1,20})[ \t]{0,9}\)|[()]/g)) {
    if (found.startsWith('\\')) continue;
    if (found === '(') depth++;
    else {
      if (weight !== undefined && depth > 1) return true;
      depth = Math.max(0, depth - 1);
    }
  }
  return false;
}

/** The text with the brackets of prompt editing as text, and whether other square brackets lower a weight. */
function withoutEditing(text: string): { readonly marked: string; readonly hasDown: boolean } {
  const open: { readonly at: number; round: number; isEditing: boolean }[] = [];
  const editing = new Set<number>();
  let hasDown = false;
  for (const { 0: found, index } of text.matchAll(/\\[\s\S]|[[\]():|]/g)) {
    const last = open.at(-1);
    if (found === '[') open.push({ at: index, round: 0, isEditing: false });
    else if (found === ']') {
      open.pop();
      if (last?.isEditing) editing.add(last.at).add(index);
      else if (last) hasDown = true;
    } else if (last && found === '(') last.round++;
    else if (last && found === ')') last.round--;
    else if (last && (found === ':' || found === '|') && last.round === 0) last.isEditing = true;
  }
  if (open.length > 0) hasDown = true;
  const marked = Array.from(editing)
    .sort((a, b) => b - a)
    .reduce((now, at) => `${now.slice(0, at)}\\${now.slice(at)}`, text);
  return { marked, hasDown };
}

/** Deeper brackets are text. */
const DEEPEST = 50;

/** As `token_weights` reads brackets: a weight replaces that of the brackets around it. */
function addPieces(text: string, weight: number, pieces: WeightedText[], level: number): void {
  for (const part of topLevel(text)) {
    const isInBrackets = part.length >= 2 && part.startsWith('(') && part.endsWith(')');
    if (!isInBrackets || level > DEEPEST) {
      pieces.push({ text: part, weight });
      continue;
    }
    const inner = part.slice(1, -1);
    const colon = inner.lastIndexOf(':');
    const given = colon > 0 && inner.slice(colon + 1).trim() !== '' ? Number(inner.slice(colon + 1)) : Number.NaN;
    if (Number.isFinite(given)) addPieces(inner.slice(0, colon), given, pieces, level + 1);
    else addPieces(inner, weight * 1.1, pieces, level + 1);
  }
}

/** The parts of a text in round brackets, with them, and those between. */
function topLevel(text: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let depth = 0;
  for (const { 0: found, index } of text.matchAll(/\\[\s\S]|[()]/g)) {
    if (found.startsWith('\\')) continue;
    if (found === '(' && depth++ === 0) {
      if (index > start) parts.push(text.slice(start, index));
      start = index;
    } else if (found === ')' && depth > 0 && --depth === 0) {
      parts.push(text.slice(start, index + 1));
      start = index + 1;
    }
  }
  if (start < text.length) parts.push(text.slice(start));
  return parts;
}
