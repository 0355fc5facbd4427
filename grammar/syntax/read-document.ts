import { type CstNode, isCompositeCstNode, isLeafCstNode, type LangiumParser } from 'langium';
import type { TextSpan } from '../problem.ts';
import type {
  FrontMatterBlock,
  Keyframe,
  NegativePart,
  PromptPart,
  PromptText,
  TextLine,
  TextRun,
  TravelDocument,
  Written,
} from './document.ts';
import { isKeyLine, type KeyLine, type Part, type TravelFile } from './generated/ast.ts';
import { PromptIdentity } from './prompt-identity.ts';

/**
 * Parses a file and sorts its lines into head, keyframes and tail. Accepts any text, in linear time.
 *
 * @param joined the text with the lines that brackets span joined
 */
export function readDocument(parser: LangiumParser, source: string, joined: string): TravelDocument {
  const text: JoinedText = { source, joined };
  const file = parser.parse<TravelFile>(joined).value;
  const head: TextLine[] = [];
  const tail: TextLine[] = [];
  const keyframes: OpenKeyframe[] = [];
  // The keyframe that an indented line would continue, because the last line other than a comment belongs to it.
  let open: OpenKeyframe | null = null;
  for (const line of file.lines ?? []) {
    const parts = (line.parts ?? []).map((part) => partOf(part, joined));
    if (isKeyLine(line)) {
      open = { key: line, lines: [parts] };
      keyframes.push(open);
      continue;
    }
    const first = parts[0];
    if (!first) continue;
    const start = lineStart(joined, first.span.start);
    if (open && start < first.span.start && joined[start] !== '\uFEFF') {
      open.lines.push(parts);
      continue;
    }
    open = null;
    const textLine = { prompt: promptText([parts], text, first.span.start), line: lineAt(joined, start) };
    (keyframes.length > 0 ? tail : head).push(textLine);
  }
  return {
    text: source,
    joined,
    frontMatter: frontMatterOf(file, source),
    head,
    keyframes: keyframes.map((keyframe) => keyframeOf(keyframe, text)),
    tail,
    comments: [...commentsOf(file), ...joinedComments(text)].sort((a, b) => a.start - b.start),
  };
}

/** The same text twice, with the same offsets. */
interface JoinedText {
  readonly source: string;
  readonly joined: string;
}

interface OpenKeyframe {
  readonly key: KeyLine;
  /** Parts of its own line and of each continuation. */
  readonly lines: PromptPart[][];
}

function keyframeOf({ key, lines }: OpenKeyframe, text: JoinedText): Keyframe {
  const { joined } = text;
  const start = key.$cstNode?.offset ?? 0;
  const position: Written = { text: key.position, span: { start, end: start + key.position.length } };
  const hold = key.hold === undefined ? null : after(joined, key.hold, position.span.end);
  const transition =
    key.transition === undefined ? null : after(joined, key.transition, hold?.span.end ?? position.span.end);
  const colonAt = joined.indexOf(':', (transition ?? hold ?? position).span.end);
  const colon = { start: colonAt, end: colonAt + 1 };

  const positive: PromptPart[][] = [];
  const negative: PromptPart[][] = [];
  const markers: TextSpan[] = [];
  for (const line of lines) {
    let from = 0;
    line.forEach((part, i) => {
      if (part.kind !== 'Negative') return;
      (markers.length > 0 ? negative : positive).push(line.slice(from, i));
      markers.push(part.span);
      from = i + 1;
    });
    (markers.length > 0 ? negative : positive).push(line.slice(from));
  }
  const last = lines.at(-1)?.at(-1);
  const line = lineAt(text.source, start);
  const negativePart: NegativePart | null =
    markers.length > 0 ? { markers, prompt: promptText(negative, text, markers[0]!.end) } : null;
  return {
    position,
    // Without the dash.
    hold: hold && {
      text: hold.text.replace(/^-\s*/, ''),
      span: { start: hold.span.start + dash(hold.text), end: hold.span.end },
    },
    transition,
    colon,
    prompt: promptText(positive, text, colon.end),
    negative: negativePart,
    span: { start, end: Math.max(last?.span.end ?? colon.end, colon.end) },
    line,
  };
}

const dash = (hold: string) => /^-\s*/.exec(hold)?.[0].length ?? 0;

function after(text: string, token: string, from: number): Written {
  const start = text.indexOf(token, from);
  return { text: token, span: { start, end: start + token.length } };
}

/** Joins lines of parts. `at` is the location of a prompt without text. */
function promptText(lines: readonly (readonly PromptPart[])[], text: JoinedText, at: number): PromptText {
  const runs: TextRun[] = [];
  let joined = '';
  for (const line of lines) {
    const first = line[0];
    const last = line.at(-1);
    if (!first || !last) continue;
    // Outside a line's parts there are only spaces, and a comment at its end.
    for (const { start, end } of writtenLines(text, first.span.start, last.span.end)) {
      if (joined) joined += ' ';
      let offset = start;
      for (const run of text.source.slice(start, end).split(/(?<!\\)(?=\\#)/)) {
        const isEscaped = run.startsWith('\\#') || (offset === start && escapesKey(text.source, start));
        const backslash = isEscaped ? 1 : 0;
        runs.push({ at: joined.length, offset: offset + backslash, length: run.length - backslash });
        joined += run.slice(backslash);
        offset += run.length;
      }
    }
  }
  const first = runs[0];
  const last = runs.at(-1);
  const span = first && last ? { start: first.offset, end: last.offset + last.length } : { start: at, end: at };
  return { text: joined, identity: new PromptIdentity(), span, runs, parts: lines.flat() };
}

/** The parts of a joined line that are on lines of their own, without the spaces around them. */
function* writtenLines({ source, joined }: JoinedText, start: number, end: number): Generator<TextSpan, void> {
  let from = start;
  for (let at = source.indexOf('\n', from); at >= 0 && at < end; at = source.indexOf('\n', from)) {
    let last = at;
    while (isSpace(joined[last - 1]!)) last--;
    yield { start: from, end: last };
    from = at + 1;
    while (isSpace(joined[from]!)) from++;
  }
  yield { start: from, end };
}

const isSpace = (character: string) => /[ \t\r\u3000\uFEFF]/.test(character);

/**
 * Whether a backslash begins a line there, before what would begin a key, as in `\12: noon`. It is not part of the
 * prompt.
 */
function escapesKey(text: string, at: number): boolean {
  if (!/^\\[-－]?[0-9０-９]/.test(text.slice(at, at + 3))) return false;
  let start = at;
  while (start > 0 && isSpace(text[start - 1]!)) start--;
  return start === 0 || text[start - 1] === '\n';
}

/** The comments on the lines of brackets, which are spaces in the joined text. */
function joinedComments({ source, joined }: JoinedText): TextSpan[] {
  const comments: TextSpan[] = [];
  if (source === joined) return comments;
  for (let at = source.indexOf('#'); at >= 0; at = source.indexOf('#', at + 1)) {
    if (joined[at] === '#') continue;
    const start = at;
    while (at < source.length && !/[\r\n]/.test(source[at]!)) at++;
    comments.push({ start, end: at });
  }
  return comments;
}

function partOf(part: Part, text: string): PromptPart {
  const start = part.$cstNode?.offset ?? 0;
  const end = part.$cstNode?.end ?? start;
  return { kind: part.$type, text: text.slice(start, end), span: { start, end } };
}

function frontMatterOf({ frontMatter }: TravelFile, text: string): FrontMatterBlock | null {
  const node = frontMatter?.$cstNode;
  if (!frontMatter || !node) return null;
  const open = node.offset + frontMatter.open.length;
  const { close } = frontMatter;
  if (close === undefined) {
    return { span: { start: node.offset, end: text.length }, yaml: { start: open, end: text.length }, closed: false };
  }
  return {
    span: { start: node.offset, end: node.end },
    yaml: { start: open, end: node.end - close.length },
    closed: true,
  };
}

function commentsOf(file: TravelFile): TextSpan[] {
  const comments: TextSpan[] = [];
  const visit = (node: CstNode) => {
    if (isCompositeCstNode(node)) node.content.forEach(visit);
    else if (isLeafCstNode(node) && node.tokenType.name === 'COMMENT')
      comments.push({ start: node.offset, end: node.end });
  };
  if (file.$cstNode) visit(file.$cstNode);
  return comments.sort((a, b) => a.start - b.start);
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

function lineAt(text: string, offset: number): TextSpan {
  const start = offset === 0 ? 0 : lineStart(text, offset);
  const newline = text.indexOf('\n', offset);
  const end = newline < 0 ? text.length : newline;
  return { start, end: end > start && text[end - 1] === '\r' ? end - 1 : end };
}
