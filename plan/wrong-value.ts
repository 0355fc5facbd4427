import type { z } from 'zod';

/** Where the first value is that a schema rejects, as in `models.checkpoint`; null: the value as a whole. */
export function wrongValue(error: z.ZodError): string | null {
  const { path = [] } = error.issues[0] ?? {};
  return path.length === 0 ? null : path.map(String).join('.');
}
