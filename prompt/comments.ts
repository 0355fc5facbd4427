/**
 * An A1111 prompt without its comments, `#` to the end of the line. A line that is only a comment leaves no line
 * behind, except the second of two; `\#` does not escape.
 *
 * Source: A1111 `modules/processing_scripts/comments.py`, `strip_comments`. `.travel` files have comments of their own;
 * this is for text that comes from A1111.
 */
export function stripWebuiComments(prompt: string): string {
  return prompt.replace(/(^|\n)#[^\n]*(\n|$)/g, '\n').replace(/#[^\n]*(\n|$)/g, '\n');
}
