/**
 * An A1111 prompt without its comments, from `#` to the end of the line. A line that is only a comment is removed,
 * except the second of two; `\#` does not escape.
 *
 * Source: A1111 `modules/processing_scripts/comments.py`, `strip_comments`. `.travel` files have their own comments;
 * this is for text from A1111.
 */
export function stripWebuiComments(prompt: string): string {
  return prompt.replace(/(^|\n)#[^\n]*(\n|$)/g, '\n').replace(/#[^\n]*(\n|$)/g, '\n');
}
