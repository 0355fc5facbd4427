import { type CompletionList, type Hover, MarkupContent, MarkupKind } from 'vscode-languageserver';

/** A block of code of `fenced`, with its closing line; what is in it may hold shorter runs of backticks. */
const FENCED = /^(`{3,})text\n([\s\S]*?)\n\1$/gm;

/** Code or bold print in a line. */
const MARKED = /(`+)(.+?)\1|\*\*(.+?)\*\*/g;

/** What the server writes in Markdown, for an editor that shows Markdown as it is written. Prompts stay as they are. */
export function plainText(markdown: string): string {
  let plain = '';
  let end = 0;
  for (const block of markdown.matchAll(FENCED)) {
    plain += unmarked(markdown.slice(end, block.index)) + block[2]!.replace(/^(?=.)/gm, '    ');
    end = block.index + block[0].length;
  }
  return plain + unmarked(markdown.slice(end));
}

const unmarked = (text: string) =>
  text.replace(MARKED, (_, _ticks, code?: string, bold?: string) => code ?? bold ?? '');

/** For a client that does not show Markdown, such as Emacs without its markdown-mode. */
export function plainHover(hover: Hover): Hover {
  const { contents } = hover;
  return MarkupContent.is(contents) ? { ...hover, contents: plainMarkup(contents) } : hover;
}

/** For the same clients. */
export function plainCompletion(list: CompletionList): CompletionList {
  const items = list.items.map((item) =>
    MarkupContent.is(item.documentation) ? { ...item, documentation: plainMarkup(item.documentation) } : item,
  );
  return { ...list, items };
}

const plainMarkup = ({ value }: MarkupContent): MarkupContent => ({
  kind: MarkupKind.PlainText,
  value: plainText(value),
});
