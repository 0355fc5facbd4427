import { runToEnd, type SlicedTask } from '../sliced-task.ts';
import type { TravelDocument } from './document.ts';
import { type DocumentPart, joinDocuments } from './join-documents.ts';
import { createTravelServices } from './langium-services.ts';
import { readDocument } from './read-document.ts';

let parser: ReturnType<typeof createTravelServices>['travel']['parser']['LangiumParser'] | null = null;

/** Characters that are parsed in some milliseconds. */
const BLOCK_LENGTH = 8000;

/** The newline before a line that stands for itself: it continues no keyframe, opens no front matter, is no comment. */
const BLOCK_END = /\n(?=[^\s#-]|-\d)/g;

/** Parses a `.travel` file. Every text gives a document, in time linear in its length; nothing is thrown. */
export function parseTravel(text: string): TravelDocument {
  return runToEnd(parseTravelSliced(text));
}

/**
 * The same in pieces. What a line means does not depend on the lines before it, but for those that it continues, so that
 * a long file is parsed block by block; the syntax tree of a block is dropped before the next one is made.
 *
 * @param blockLength characters after which a block ends where the next line allows it
 */
export function* parseTravelSliced(text: string, blockLength = BLOCK_LENGTH): SlicedTask<TravelDocument> {
  // Building the parser takes longer than most files; one serves all.
  parser ??= createTravelServices().travel.parser.LangiumParser;
  const parts: DocumentPart[] = [];
  let end = blockEnd(text, Math.max(blockLength, frontMatterLength(text)));
  for (let start = 0; start < text.length || start === 0; ) {
    const document = readDocument(parser, ownText(text.slice(start, end)));
    if (document.frontMatter?.closed === false && end < text.length) {
      // It goes on to the end of the file.
      end = text.length;
      continue;
    }
    parts.push({ document, by: start });
    if (end === text.length) break;
    yield;
    start = end;
    end = blockEnd(text, start + blockLength);
  }
  return joinDocuments(text, parts);
}

function blockEnd(text: string, from: number): number {
  BLOCK_END.lastIndex = from;
  const newline = BLOCK_END.exec(text);
  return newline ? newline.index + 1 : text.length;
}

/** At least as long as the front matter, which one block has to hold. */
function frontMatterLength(text: string): number {
  if (!/^\uFEFF?---/.test(text)) return 0;
  const close = /\n---[ \t]*(?=[\r\n]|$)/g.exec(text);
  return close ? close.index + close[0].length : text.length;
}

/**
 * A copy that shares no memory with `text`. A slice keeps the string alive that it was taken from, so that one keyframe
 * which has stayed the same since an older version of a file would keep all of that version.
 */
function ownText(slice: string): string {
  return ` ${slice}`.slice(1);
}
