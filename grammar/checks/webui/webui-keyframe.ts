import type { TimedKeyframe } from '../../clip/timeline.ts';
import type { Fix, Problem, TextSpan } from '../../problem.ts';
import type { Keyframe, TravelDocument } from '../../syntax/document.ts';
import { type WebuiLine, webuiLines } from '../../webui/prompt.ts';
import { type Check, type CheckContext, replace } from '../check.ts';

/** A keyframe of the dialect: anything else than this, at the start of its line, is text. */
const KEY = /^\d+: [^\n]/;

/** Keyframes, or lines of them, that sd-webui-animatediff takes for text of every frame. */
export const webuiKeyframe: Check = {
  code: 'travel/webui-keyframe',
  dialect: 'webui',
  run(context) {
    const { document, timed } = context;
    const lines = linesOf(document);
    const places = new Map(lines.map((line, at) => [line.offset, at]));
    // Blanks before the first line are not counted as its indent.
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
    let lost = false;
    return timed.flatMap((item): Problem[] => {
      const { keyframe } = item;
      const at = placeOf(keyframe);
      if (at === undefined) return [];
      const line = lines[at]!;
      if (line.part === 'key')
        return brokenOver(keyframe, document).map(([span, fixes]) => problem(BROKEN, span, fixes));
      const key = { start: keyframe.span.start, end: keyframe.colon.end };
      if (!KEY.test(line.text)) return [problem(FORM, key, plainKey(item, context))];
      // A key in another form ends the keyframes too; to mend it is enough. The first that is lost stands for all.
      if (lost || own.has(ended)) return [];
      lost = true;
      const related = [{ span: spanOf(lines[ended]!), message: 'This line ended the keyframes.' }];
      return [{ ...problem(PLACE, key, closeUp(document, lines)), related }];
    });
  },
};

const FORM =
  'sd-webui-animatediff takes this line for text of every frame. A key is a whole number, a colon and one blank, at the start of its line.';
const PLACE =
  'sd-webui-animatediff takes this keyframe, and all below it, for text of every frame: a line that is no keyframe, and be it blank, ends the keyframes. Put all keys in lines that follow one another.';
const BROKEN =
  'In sd-webui-animatediff a keyframe is one line; what continues it here is text of every frame. Write it in one line.';

/** The lines of the body, placed in the document. */
export function linesOf({ text, frontMatter }: TravelDocument): WebuiLine[] {
  const start = frontMatter?.span.end ?? 0;
  return webuiLines(text.slice(start)).map((line) => ({ ...line, offset: start + line.offset }));
}

function spanOf({ offset, text }: WebuiLine): TextSpan {
  return { start: offset, end: offset + text.length };
}

/** `50%: a`, `0-8: a`, `8 ease: a`, ` 8:a` → `8: a` */
function plainKey({ keyframe: { line, colon }, frame }: TimedKeyframe, { document, settings }: CheckContext): Fix[] {
  let end = colon.end;
  while (end < line.end && /[ \t]/.test(document.text[end]!)) end++;
  if (end === line.end || frame === null || frame < 0 || frame >= settings.frames) return [];
  return [replace(`Write “${frame}: ”`, { start: line.start, end }, `${frame}: `)];
}

/** The lines that continue a keyframe; joined to it where no comment is between them. */
function brokenOver({ line, span }: Keyframe, { text, comments }: TravelDocument): [TextSpan, Fix[]][] {
  if (span.end <= line.end) return [];
  const rest = text.slice(line.end, span.end);
  const start = line.end + rest.search(/\S/);
  const commented = comments.some((comment) => comment.start >= line.start && comment.start < span.end);
  const edits = Array.from(rest.matchAll(/\s*\n\s*/g), ({ 0: { length }, index }) => ({
    span: { start: line.end + index, end: line.end + index + length },
    text: ' ',
  }));
  const fixes = commented ? [] : [{ title: 'Write it in one line', edits, mechanical: false }];
  return [[{ start, end: span.end }, fixes]];
}

/** Takes the lines out from between the keyframes, where they are blank or comments. */
function closeUp({ keyframes, tail, comments }: TravelDocument, lines: readonly WebuiLine[]): Fix[] {
  const [first, last] = [keyframes[0]!, keyframes.at(-1)!];
  const between = lines.filter(({ offset }) => offset > first.line.end && offset < last.line.start);
  const isComment = new Set(comments.map(({ start }) => start));
  const idle = between.filter(({ offset, text }) => {
    const indent = text.search(/\S/);
    return indent < 0 || isComment.has(offset + indent);
  });
  const broken = keyframes.some(({ line, span }) => span.end > line.end && line !== last.line);
  if (broken || tail.some(({ line }) => line.start < last.line.start)) return [];
  const edits = idle.map(({ offset, text }) => ({ span: { start: offset, end: offset + text.length + 1 }, text: '' }));
  return [{ title: 'Put the keyframes close together', edits, mechanical: false }];
}
