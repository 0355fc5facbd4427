import { type CompletionList, type Hover, MarkupContent, MarkupKind } from 'vscode-languageserver';

/** A code block that `fenced` makes; it may contain shorter runs of backticks. */
const FENCED = /^(`{3,})text\n([\s\S]*?)\n\1$/gm;

/** Inline code or bold text. */
const MARKED = /(`+)(.+?)\1|\*\*(.+?)\*\*/g;

/** Converts the Markdown that this server writes to plain text. Prompts stay as they are, but indented. */
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

/** For clients that do not render Markdown, such as Emacs without markdown-mode. */
export function plainHover(hover: Hover): Hover {
  const { contents } = hover;
  return MarkupContent.is(contents) ? { ...hover, contents: plainMarkup(contents) } : hover;
}

/** For clients that do not render Markdown. */
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
