/** What was thrown, as text for a message or a log. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
