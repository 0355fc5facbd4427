import { framesFor } from '../../grammar/clip/clip-length.ts';
import { Settings } from '../../grammar/settings/schema.ts';
import type { PromptText } from '../../grammar/syntax/document.ts';
import { parseTravel } from '../../grammar/syntax/parse.ts';
import type { ExchangeFormat, ReadClip, Source } from '../format.ts';
import { boxText } from '../text.ts';
import { refuseLong, refuseManyLines } from '../write-travel.ts';

/** Text of A1111's prompt box: the body of a `.travel` file, as it is. Any text has this format. */
export const a1111Prompt: ExchangeFormat = {
  name: 'a1111-prompt',
  detect: ({ text }) => text.trim() !== '',
  read,
};

function read({ text }: Source): ReadClip {
  const normal = text.replace(/\r\n?/g, '\n');
  const lines = normal.split('\n');
  refuseManyLines(lines.length);
  refuseLong(lines);
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
      settings: { frames },
    },
    notes: [],
  };
}
