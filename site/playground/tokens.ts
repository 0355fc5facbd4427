import { type Range, StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView } from '@codemirror/view';
import type { SemanticTokensLegend } from 'vscode-languageserver-protocol';

interface EncodedTokens {
  /** Five numbers for each token, as LSP encodes them. */
  readonly data: readonly number[];
  readonly legend: SemanticTokensLegend;
}

/** The tokens of the text as it is now. */
export const setTokens = StateEffect.define<EncodedTokens>();

/** Colors the text: each token gets a class for its type, such as `token-keyword`, and its modifiers. */
export const showTokens = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(shown, { changes, effects, newDoc }) {
    for (const effect of effects) {
      if (effect.is(setTokens)) return decorate(effect.value, (line) => newDoc.line(line + 1).from);
    }
    return shown.map(changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** @param startOf the offset at which a line starts, counted from 0 */
function decorate({ data, legend }: EncodedTokens, startOf: (line: number) => number): DecorationSet {
  const marks: Range<Decoration>[] = [];
  let line = 0;
  let character = 0;
  for (let at = 0; at + 4 < data.length; at += 5) {
    const [lines = 0, characters = 0, length = 0, type = 0, modifiers = 0] = data.slice(at, at + 5);
    character = lines === 0 ? character + characters : characters;
    line += lines;
    const names = [legend.tokenTypes[type], ...legend.tokenModifiers.filter((_, bit) => modifiers & (1 << bit))];
    const from = startOf(line) + character;
    if (length > 0) {
      marks.push(Decoration.mark({ class: names.map((name) => `token-${name}`).join(' ') }).range(from, from + length));
    }
  }
  return Decoration.set(marks, true);
}
