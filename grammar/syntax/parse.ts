import { runToEnd, type SlicedTask } from '../sliced-task.ts';
import type { TravelDocument } from './document.ts';
import { type DocumentPart, joinDocuments } from './join-documents.ts';
import { frontMatterEnd, joinBracketLines } from './joined-lines.ts';
import { createTravelServices } from './langium-services.ts';
import { readDocument } from './read-document.ts';

let parser: ReturnType<typeof createTravelServices>['travel']['parser']['LangiumParser'] | null = null;

/** Characters that are parsed in a few milliseconds. */
const BLOCK_LENGTH = 8000;

/** The newline before an independent line: not a continuation, not the start of front matter, not a comment. */
const BLOCK_END = /\n(?=[^\s#-]|-\d)/g;

/** Parses a `.travel` file. Accepts any text, never throws, and takes time linear in its length. */
export function parseTravel(text: string): TravelDocument {
  return runToEnd(parseTravelSliced(text));
}

/**
 * The same in slices. If the lines that brackets span are joined, the meaning of a line does not depend on earlier
 * lines, except those that it continues, so a long file is parsed block by block. The syntax tree of a block is
 * released before the next one is built.
 *
 * @param blockLength characters after which a block ends at the next independent line
 */
export function* parseTravelSliced(text: string, blockLength = BLOCK_LENGTH): SlicedTask<TravelDocument> {
  return yield* parseJoinedSliced(text, joinBracketLines(text), blockLength);
}

/** @param joined the text with the lines that brackets span joined */
export function* parseJoinedSliced(
  text: string,
  joined: string,
  blockLength = BLOCK_LENGTH,
): SlicedTask<TravelDocument> {
  // Building the parser takes longer than parsing most files, so it is shared.
  parser ??= createTravelServices().travel.parser.LangiumParser;
  const parts: DocumentPart[] = [];
  let end = blockEnd(joined, Math.max(blockLength, frontMatterEnd(text)));
  for (let start = 0; start < text.length || start === 0; ) {
    const source = ownText(text.slice(start, end));
    const document = readDocument(parser, source, joined === text ? source : ownText(joined.slice(start, end)));
    if (document.frontMatter?.closed === false && end < text.length) {
      // It extends to the end of the file.
      end = text.length;
      continue;
    }
    parts.push({ document, by: start });
    if (end === text.length) break;
    yield;
    start = end;
    end = blockEnd(joined, start + blockLength);
  }
  return joinDocuments(text, joined, parts);
}

function blockEnd(text: string, from: number): number {
  BLOCK_END.lastIndex = from;
  const newline = BLOCK_END.exec(text);
  return newline ? newline.index + 1 : text.length;
}

/**
 * A copy that shares no memory with `text`. A slice keeps the string alive that it was taken from, so a single
 * unchanged keyframe would keep a whole older version of a file in memory.
 */
function ownText(slice: string): string {
  return ` ${slice}`.slice(1);
}
