import type { TravelDocument } from '../syntax/document.ts';
import { type WebuiLine, webuiLines } from './prompt.ts';

/** The body of a document with the line ends that A1111's prompt box sends. */
export function webuiBody({ text, frontMatter }: TravelDocument): string {
  return text.slice(frontMatter?.span.end ?? 0).replaceAll('\r\n', '\n');
}

/** The lines of a document's body as sd-webui-animatediff reads them. Offsets are those of the document. */
export function bodyLines(document: TravelDocument): WebuiLine[] {
  const { text, frontMatter } = document;
  const body = webuiBody(document);
  let from = frontMatter?.span.end ?? 0;
  let shift = from;
  let at = 0;
  return webuiLines(body).map((line) => {
    // Each carriage return before the line moves it by one.
    for (
      let newline = body.indexOf('\n', at);
      newline >= 0 && newline < line.offset;
      newline = body.indexOf('\n', at)
    ) {
      const written = text.indexOf('\n', from);
      if (text[written - 1] === '\r') shift++;
      from = written + 1;
      at = newline + 1;
    }
    return { ...line, offset: shift + line.offset };
  });
}
