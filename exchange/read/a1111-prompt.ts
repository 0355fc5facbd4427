import { foreignKeySyntax } from '../../grammar/checks/keyframes/foreign-key-syntax.ts';
import { framesFor } from '../../grammar/clip/clip-length.ts';
import { applyEdits } from '../../grammar/format/format.ts';
import { restoredLines } from '../../grammar/pasted/infotext.ts';
import { Settings } from '../../grammar/settings/schema.ts';
import type { PromptText } from '../../grammar/syntax/document.ts';
import { parseTravel } from '../../grammar/syntax/parse.ts';
import { bareClip } from '../bare-clip.ts';
import type { ExchangeFormat, ReadClip, Source } from '../format.ts';
import { type Note, note } from '../notes.ts';
import { boxText, onOneLine } from '../text.ts';
import { refuseLong, refuseManyLines } from '../write-travel.ts';
import { promptLines } from './negative-lines.ts';

/**
 * Text of A1111's prompt box: the body of a `.travel` file, as it is, perhaps with a negative prompt below it. Any text has
 * this format.
 */
export const a1111Prompt: ExchangeFormat = {
  name: 'a1111-prompt',
  detect: ({ text }) => text.trim() !== '',
  read,
};

function read({ text }: Source): ReadClip {
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  refuseManyLines(lines.length);
  refuseLong(lines);
  const restored = restoredLines(lines.join('\n'));
  const { prompt, negative } = promptLines(restored);
  const isTyped = negative !== null && promptLines(lines).negative === null;
  const body = prompt.join('\n');
  const normal = withOwnKeys(body);
  const document = parseTravel(normal);
  const written = ({ span }: PromptText) => boxText(normal.slice(span.start, span.end));
  const last = document.keyframes.reduce((latest, { position }) => Math.max(latest, Number(position.text) || 0), 0);
  const frames = Math.max(Settings.parse({}).frames, framesFor(last));
  return {
    clip: {
      head: document.head.map(({ prompt }) => written(prompt)),
      keyframes: document.keyframes.map(({ position, hold, transition, prompt, negative }) => ({
        at: hold ? `${position.text}-${hold.text}` : position.text,
        transition: transition?.text,
        prompt: written(prompt),
        negative: negative ? written(negative.prompt) : undefined,
      })),
      tail: document.tail.map(({ prompt }) => written(prompt)),
      settings: { frames, ...(negative && { negative_prompt: boxText(onOneLine(negative.join('\n'))) }) },
    },
    notes: [...(isTyped ? [TYPED_NOTE] : []), ...(normal === body ? [] : [KEYS_NOTE])],
  };
}

const TYPED_NOTE: Note = note(
  'repaired',
  'The text after “negative prompt:” was read as the negative prompt. A1111 does that only if it begins with a capital letter.',
);

/** Kinds of keys that one text has. */
const MOST_KINDS = 4;

/** Keys in the syntax of other tools, such as `0: a | 30: b`, as the editor’s fixes change them. */
function withOwnKeys(text: string): string {
  let own = text;
  for (let i = 0; i < MOST_KINDS; i++) {
    const [fix] = [...foreignKeySyntax.run(bareClip(own))].flatMap(({ fixes }) => fixes?.[0] ?? []);
    if (!fix) break;
    own = applyEdits(own, fix.edits);
  }
  return own;
}

const KEYS_NOTE: Note = note(
  'repaired',
  'Keyframes in the syntax of another tool, such as several on a line, were read. A1111 reads them as text. Check them.',
);
