/** The text of an error: of JavaScript, or of a server, which answers with an object that has a message. */
export function messageOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message);
  return String(error);
}
