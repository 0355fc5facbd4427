import { createHash } from 'node:crypto';
import type { TravelPlan } from '../../plan/plan.ts';
import { readPlan } from '../../plan/versions.ts';

/** What a written file holds of the render that made it. */
export interface TravelRecord {
  /** The `.travel` source, verbatim. */
  readonly source: string;
  readonly plan: TravelPlan;
}

/** A file cannot be opened back into its source; the message says why, to follow on the file's name. */
export class NoRecordError extends Error {
  override readonly name = 'NoRecordError';
}

const MARK = 'prompt-travel/1';
const SEALED = /^prompt-travel\/1 (\d{1,12}) ([0-9a-f]{64}) (\{.*\})$/s;

/**
 * A plan as one line of text that fits in any container: `prompt-travel/1 LENGTH SHA256 JSON`. The JSON is printable
 * ASCII without `<`, `>` and `&` (all else is escaped as `\uXXXX`), so neither XML, nor C strings, nor a guessed
 * character set can change it. Length and hash tell a file that was cut off from one that was altered. The source is in
 * the plan.
 */
export function seal(plan: TravelPlan): string {
  const json = JSON.stringify(plan).replace(
    /[^\x20-\x7e]|[<>&]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `${MARK} ${json.length} ${sha256(json)} ${json}`;
}

/** True for text that `seal` wrote, or the beginning of it. */
export function isSealed(text: string): boolean {
  return text.startsWith(`${MARK} `);
}

/**
 * The reverse of `seal`.
 *
 * @throws NoRecordError when the text is not whole, was changed, or holds a plan of another version
 */
export function unseal(text: string): TravelRecord {
  const match = SEALED.exec(text);
  const [, length, hash, json] = match ?? [];
  if (length === undefined || hash === undefined || json === undefined) {
    throw new NoRecordError(
      isSealed(text)
        ? 'holds only the beginning of its .travel source: it was cut off. Copy or download it again.'
        : 'holds something else where its .travel source should be: another program may have changed it.',
    );
  }
  if (json.length < Number(length)) {
    throw new NoRecordError('holds only the beginning of its .travel source: it was cut off. Copy it again.');
  }
  if (json.length !== Number(length) || sha256(json) !== hash) {
    throw new NoRecordError('holds a .travel source that was changed or damaged since the render. Use another copy.');
  }
  const read = readPlan(JSON.parse(json));
  if (!read.ok) throw new NoRecordError(`holds a plan that cannot be read. ${read.reason}`);
  return { source: read.plan.source, plan: read.plan };
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'latin1').digest('hex');
}
