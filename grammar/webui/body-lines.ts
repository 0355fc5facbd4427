import type { TravelDocument } from '../syntax/document.ts';
import { type WebuiLine, webuiLines } from './prompt.ts';

/** The lines of a document's body as sd-webui-animatediff reads them. Offsets are those of the document. */
export function bodyLines({ text, frontMatter }: TravelDocument): WebuiLine[] {
  const start = frontMatter?.span.end ?? 0;
  return webuiLines(text.slice(start)).map((line) => ({ ...line, offset: start + line.offset }));
}
