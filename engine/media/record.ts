import { createHash } from 'node:crypto';
import { z } from 'zod';
import { GET_AGAIN } from '../../plan/get-again.ts';
import type { PublishedPlan } from '../../plan/published-plan.ts';
import { type ReadPlan, readPlan } from '../../plan/versions.ts';

/** What a rendered file holds about its render. */
export interface TravelRecord {
  /** The `.travel` source, verbatim. */
  readonly source: string;
  /** The plan, or why it cannot be read: a later version of Prompt Travel may have written it. */
  readonly plan: ReadPlan;
}

/** A file has no readable record. The message is a sentence without its subject, the file's path. */
export class NoRecordError extends Error {
  override readonly name = 'NoRecordError';
}

const MARK = 'prompt-travel/1';
const RECORD = /^prompt-travel\/1 (\d{1,12}) ([0-9a-f]{64}) (\{.*\})$/s;

/** All that a record must have; `readPlan` reads the rest. */
const WithSource = z.looseObject({ source: z.string() });

/**
 * A plan as one line of text that fits in any container: `prompt-travel/1 LENGTH SHA256 JSON`. The JSON is printable
 * ASCII without `<`, `>` and `&` (all other characters are escaped as `\uXXXX`), so XML, C strings and wrong character
 * sets cannot change it. Length and hash distinguish a truncated file from a modified one. The plan contains the
 * source.
 */
export function encodeRecord(plan: PublishedPlan): string {
  const json = JSON.stringify(plan).replace(
    /[^\x20-\x7e]|[<>&]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `${MARK} ${json.length} ${sha256(json)} ${json}`;
}

/** Whether a text starts like a record. It may be truncated. */
export function isRecord(text: string): boolean {
  return text.startsWith(`${MARK} `);
}

/**
 * The reverse of `encodeRecord`.
 *
 * @throws NoRecordError when the text is truncated, was modified, or has no source
 */
export function decodeRecord(text: string): TravelRecord {
  const match = RECORD.exec(text);
  const [, length, hash, json] = match ?? [];
  if (length === undefined || hash === undefined || json === undefined) {
    throw new NoRecordError(
      isRecord(text)
        ? `has a truncated .travel source. ${GET_AGAIN}`
        : 'has other data in place of its .travel source. Another program may have modified it. Use another copy.',
    );
  }
  if (json.length < Number(length)) {
    throw new NoRecordError(`has a truncated .travel source. ${GET_AGAIN}`);
  }
  if (json.length !== Number(length) || sha256(json) !== hash) {
    throw new NoRecordError('has a .travel source that was modified or damaged after the render. Use another copy.');
  }
  const stored: unknown = JSON.parse(json);
  const parsed = WithSource.safeParse(stored);
  if (!parsed.success) {
    throw new NoRecordError('has a record without a .travel source. Update Prompt Travel and try again.');
  }
  return { source: parsed.data.source, plan: readPlan(stored) };
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'latin1').digest('hex');
}
