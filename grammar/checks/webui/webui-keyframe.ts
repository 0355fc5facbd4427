import type { ClipContext } from '../../clip/context.ts';
import type { TimedKeyframe } from '../../clip/timeline.ts';
import type { Fix, Problem, TextSpan } from '../../problem.ts';
import type { Keyframe, TravelDocument } from '../../syntax/document.ts';
import { type LostKey, lostKeys } from '../../syntax/key-notation.ts';
import { bodyLines } from '../../webui/body-lines.ts';
import type { WebuiLine } from '../../webui/prompt.ts';
import type { Check } from '../check.ts';

/** A keyframe in the webui dialect. Anything else at the start of a line is text. */
const KEY = /^\d+: [^\n]/;

/** Keyframes, or lines of keyframes, that sd-webui-animatediff treats as text of every frame. */
export const webuiKeyframe: Check = {
  code: 'travel/webui-keyframe',
  dialect: 'webui',
  run(context) {
    const { document, timed } = context;
    const lines = bodyLines(document);
    const places = new Map(lines.map((line, at) => [line.offset, at]));
    // Spaces before the first line are not part of the line.
    const placeOf = ({ line, span }: Keyframe) => places.get(line.start) ?? places.get(span.start);
    const own = new Set(document.keyframes.map(placeOf));
    const problem = (message: string, span: TextSpan, fixes: readonly Fix[]): Problem => ({
      code: this.code,
      severity: 'warning',
      message,
      span,
      fixes,
    });
    const ended = lines.findIndex(({ part }) => part === 'tail');
    const removal = removeLinesBetween(document, lines).flatMap(({ edits }) => edits);
    const between = removal.length <= MOST_REMOVED ? removal : [];
    const notations = lostKeys(document)
      .filter(({ kind }) => kind === 'notation')
      .map((lost) => problem(FORM, lost.span, plainNotation(lost, context, between)));
    let lost = false;
    const placed = timed.flatMap((item): Problem[] => {
      const { keyframe } = item;
      const at = placeOf(keyframe);
      if (at === undefined) return [];
      const line = lines[at]!;
      if (line.part === 'key')
        return brokenOver(keyframe, document).map(([span, fixes]) => problem(BROKEN, span, fixes));
      const key = { start: keyframe.span.start, end: keyframe.colon.end };
      if (!KEY.test(line.text)) return [problem(FORM, key, plainKey(item, context, between))];
      // A key in another form ends the keyframes too, and correcting it is enough. One problem is enough for all lost
      // keyframes.
      if (lost || own.has(ended)) return [];
      lost = true;
      const related = [{ span: spanOf(lines[ended]!), message: 'The keyframes end at this line.' }];
      return [{ ...problem(PLACE, key, removeLinesBetween(document, lines)), related }];
    });
    return [...placed, ...notations];
  },
};

/** Lines that a key's own fix removes: every wrong key has such a fix. */
const MOST_REMOVED = 50;

const FORM =
  'sd-webui-animatediff treats this line as text of every frame. A key is a whole number, a colon and one space, at the start of its line.';
const PLACE =
  'sd-webui-animatediff treats this keyframe as text of every frame. The keyframes end at any other line, even an empty one, so all keyframes below it are lost. Write all keyframes on consecutive lines.';
const BROKEN =
  'In sd-webui-animatediff a keyframe is a single line. This continuation is text of every frame. Write the keyframe on one line.';

function spanOf({ offset, text }: WebuiLine): TextSpan {
  return { start: offset, end: offset + text.length };
}

/** `50%: a`, `0-8: a`, `8 ease: a`, ` 8:a` → `8: a` */
function plainKey(
  { keyframe: { line, colon }, frame }: TimedKeyframe,
  { document, settings }: ClipContext,
  between: Fix['edits'],
): Fix[] {
  let end = colon.end;
  while (end < line.end && /[ \t]/.test(document.text[end]!)) end++;
  if (end === line.end || frame === null || frame < 0 || frame >= settings.frames) return [];
  const own = { span: { start: line.start, end }, text: `${frame}: ` };
  // Below another line, even a correct key is text.
  return [{ title: `Write “${frame}: ”`, edits: [...between, own], mechanical: false }];
}

/** `8–9: a`, `8,5: a` → `8: a` */
function plainNotation({ span, key }: LostKey, { settings }: ClipContext, between: Fix['edits']): Fix[] {
  const frame = /^\d+(?=[-:])/.exec(key ?? '')?.[0];
  if (frame === undefined || Number(frame) >= settings.frames) return [];
  return [{ title: `Write “${frame}: ”`, edits: [...between, { span, text: `${frame}: ` }], mechanical: false }];
}

/** The lines that continue a keyframe. The fix joins them unless there is a comment between them. */
function brokenOver({ line, span }: Keyframe, { text, comments }: TravelDocument): [TextSpan, Fix[]][] {
  if (span.end <= line.end) return [];
  const rest = text.slice(line.end, span.end);
  const start = line.end + rest.search(/\S/);
  const commented = comments.some((comment) => comment.start >= line.start && comment.start < span.end);
  const edits = Array.from(rest.matchAll(/(?<!\s)\s*\n\s*/g), ({ 0: { length }, index }) => ({
    span: { start: line.end + index, end: line.end + index + length },
    text: ' ',
  }));
  const fixes = commented ? [] : [{ title: 'Write it on one line', edits, mechanical: false }];
  return [[{ start, end: span.end }, fixes]];
}

/** Removes the lines between the keyframes if they are all empty or comments. */
function removeLinesBetween(
  { keyframes, tail, comments, text: source }: TravelDocument,
  lines: readonly WebuiLine[],
): Fix[] {
  const [first, last] = [keyframes[0], keyframes.at(-1)];
  if (!first || !last) return [];
  const between = lines.filter(({ offset }) => offset > first.line.end && offset < last.line.start);
  const isComment = new Set(comments.map(({ start }) => start));
  const removable = between.filter(({ offset, text }) => {
    const indent = text.search(/\S/);
    return indent < 0 || isComment.has(offset + indent);
  });
  const broken = keyframes.some(({ line, span }) => span.end > line.end && line !== last.line);
  if (broken || tail.some(({ line }) => line.start < last.line.start)) return [];
  const edits = removable.map(({ offset, text }) => ({
    span: { start: offset, end: source.indexOf('\n', offset + text.length) + 1 || source.length },
    text: '',
  }));
  return [{ title: 'Remove the lines between the keyframes', edits, mechanical: false }];
}
