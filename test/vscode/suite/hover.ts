import { commands, type Hover, MarkdownString, type Position, type TextDocument } from 'vscode';

/** All that a hover at this place shows, as Markdown. */
export async function hoverText({ uri }: TextDocument, at: Position): Promise<string> {
  const hovers = await commands.executeCommand<Hover[]>('vscode.executeHoverProvider', uri, at);
  return hovers
    .flatMap(({ contents }) => contents)
    .map((content) => (content instanceof MarkdownString ? content.value : String(content)))
    .join('\n');
}
