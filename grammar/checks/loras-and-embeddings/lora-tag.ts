import { type ExtraNetwork, isLora, parseExtraNetworks, readLora } from '../../../prompt/extra-networks.ts';
import type { Problem } from '../../problem.ts';
import { documentSpan, type PromptText } from '../../syntax/document.ts';
import { type PromptCheck, replace } from '../check.ts';

const OPENING = /<(?:lora|lyco|hypernet):(?!>)/gi;

/** A1111 reads them as text, because nothing follows the colon. */
const EMPTY = /<(?:lora|lyco|hypernet):>/gi;

/** A tag without its `>`: its type, its name, and numbers. */
const UNCLOSED = /<\w{1,20}:[^<>:,\r\n]{1,200}(?::[ \t]{0,9}[-+]?[\d.]{1,20})*/y;

export const loraTag: PromptCheck = {
  code: 'travel/lora-tag',
  *find(prompt) {
    const { networks } = parseExtraNetworks(prompt.text);
    for (const network of networks) {
      const span = documentSpan(prompt, network.start, network.end);
      if (isLora(network)) {
        const tag = readLora(network);
        if (tag.ok) continue;
        yield { code: this.code, severity: tag.nameless ? 'warning' : 'error', message: tag.problem, span };
      } else if (isLora({ ...network, type: network.type.toLowerCase() })) {
        const { type, start } = network;
        const word = documentSpan(prompt, start + 1, start + 1 + type.length);
        const lower = type.toLowerCase();
        const message = `“${type}” must be in lower case. Otherwise the tag has no effect. Write “${lower}”.`;
        yield {
          code: this.code,
          severity: 'warning',
          message,
          span,
          fixes: [replace(`Change to “${lower}”`, word, lower)],
        };
      } else {
        const message = `“${network.type}” tags are not available yet. This one has no effect. Remove it.`;
        yield { code: this.code, severity: 'warning', message, span };
      }
    }
    let next = 0;
    for (const { 0: written, index } of prompt.text.matchAll(EMPTY)) {
      while (next < networks.length && networks[next]!.end <= index) next++;
      const isInside = next < networks.length && networks[next]!.start < index;
      if (isInside) continue;
      yield {
        code: this.code,
        severity: 'warning',
        message: `The tag “${written}” has no name. It is treated as text. Write <lora:name:weight>, or remove the tag.`,
        span: documentSpan(prompt, index, index + written.length),
        fixes: [],
      };
    }
    yield* unclosedTags(prompt, networks);
  },
};

/** A tag extends to the next `>`, even if another tag starts before it. */
function* unclosedTags(prompt: PromptText, networks: readonly ExtraNetwork[]): Generator<Problem, void> {
  const { text } = prompt;
  const starts = new Set(networks.map(({ start }) => start));
  const openings = Array.from(text.matchAll(OPENING), ({ index }) => index);
  let next = 0;
  for (const [i, start] of openings.entries()) {
    while (next < networks.length && networks[next]!.end <= start) next++;
    const network = networks[next];
    const isClosed = starts.has(start) && network && network.end <= (openings[i + 1] ?? text.length);
    if (isClosed) continue;
    UNCLOSED.lastIndex = start;
    const written = (UNCLOSED.exec(text)?.[0] ?? '').trimEnd();
    const end = start + written.length;
    yield {
      code: 'travel/lora-tag',
      severity: 'warning',
      message: `This tag is never closed. ${network ? 'It swallows the text up to the next “>”.' : 'It is treated as text.'} Add “>” at its end.`,
      span: documentSpan(prompt, start, written === '' ? start + 1 : end),
      fixes: written === '' ? [] : [replace('Add “>”', afterOffset(prompt, end), '>')],
    };
  }
}

function afterOffset(prompt: PromptText, at: number) {
  const { end } = documentSpan(prompt, at - 1, at);
  return { start: end, end };
}
