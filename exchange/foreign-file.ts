import { withoutFence } from '../grammar/pasted/fences.ts';
import type { FormatName, Source } from './format.ts';
import { FORMATS } from './formats.ts';
import { importTravel } from './import.ts';
import { ImportError, warningsOf } from './notes.ts';

/** Text that is a whole file of another tool. */
export type ForeignFile =
  /** A request or a workflow, of which keyframes are a small part. */
  | { readonly kind: 'program' }
  /** A `.travel` file, and what could not be carried over. */
  | { readonly kind: 'clip'; readonly travel: string; readonly notes: readonly string[] };

const PROGRAMS: ReadonlySet<FormatName> = new Set(['comfy', 'webui-api']);
/** Any text is a prompt. */
const OWN: ReadonlySet<FormatName> = new Set(['travel', 'a1111-prompt']);

/** What a text is as a whole file; null if it is a text of ours, or cannot be imported. */
export function foreignFile(text: string): ForeignFile | null {
  const source: Source = { text: withoutFence(text) };
  const format = FORMATS.find(({ detect }) => detect(source));
  if (!format || OWN.has(format.name)) return null;
  if (PROGRAMS.has(format.name)) return { kind: 'program' };
  try {
    const { travel, notes } = importTravel([source], { format: format.name });
    return { kind: 'clip', travel, notes: warningsOf(notes) };
  } catch (error) {
    if (error instanceof ImportError) return null;
    throw error;
  }
}
