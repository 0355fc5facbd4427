/**
 * The beginning of a text, as much as anybody reads at this place. Laying out a line of a million characters would stop
 * the page.
 */
export function shortText(text: string, longest = 300): string {
  // Not between the halves of a character.
  return text.length <= longest ? text : `${text.slice(0, longest).replace(/[\ud800-\udbff]$/, '')}…`;
}
