import type { TextDocument } from 'vscode';

/** More than a person types while the server answers. */
export const MOST_ATTEMPTS = 20;

/**
 * Asks about the newest version of a document, again whenever someone has typed meanwhile.
 *
 * @returns the last answer: `outdated` only if the document was closed, or if its text kept changing
 */
export async function askWhileTyping<T extends { readonly kind: string }>(
  document: Pick<TextDocument, 'isClosed'>,
  ask: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const answer = await ask();
    if (answer.kind !== 'outdated' || document.isClosed || attempt === MOST_ATTEMPTS) return answer;
  }
}
