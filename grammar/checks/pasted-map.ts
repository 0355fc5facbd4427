import { type Check, replace } from './check.ts';

/** `"0": "a",` of JSON and FizzNodes, `0 = "a",` and `0:'a'` of pythonic schedules. */
const ENTRY = /^["'“]?(-?\d+)["'”]?[ \t]*[:=][ \t]*["'“](.*)["'”],?$/;

export const pastedMap: Check = {
  code: 'travel/pasted-map',
  run({ document: { head, keyframes, tail, text } }) {
    const lines = [
      ...head.map(({ prompt }) => prompt.span),
      ...tail.map(({ prompt }) => prompt.span),
      ...keyframes.map(({ span, line }) => ({ start: span.start, end: Math.min(span.end, line.end) })),
    ];
    return lines.flatMap((span) => {
      const match = ENTRY.exec(text.slice(span.start, span.end).trimEnd());
      if (!match) return [];
      const line = `${match[1]}: ${match[2]!.replaceAll('\\"', '"')}`;
      return [
        {
          code: this.code,
          severity: 'warning',
          message:
            'This is an entry of a JSON or Python schedule; its quotes would become part of the prompt. Write `frame: prompt` without them.',
          span,
          fixes: [replace('Convert to a keyframe', span, line)],
        },
      ];
    });
  },
};
