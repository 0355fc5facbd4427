import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRecord, encodeRecord, isRecord, NoRecordError } from '../../../engine/media/record.ts';
import { publishedPlan } from '../../../plan/published-plan.ts';
import { type PlanOptions, planOf } from './fixtures.ts';

const publishedOf = (options?: PlanOptions) => publishedPlan(planOf(options), new Map());

/** A record of any JSON, with the right length and hash. */
const recordOf = (json: string) =>
  `prompt-travel/1 ${json.length} ${createHash('sha256').update(json, 'latin1').digest('hex')} ${json}`;

describe('encodeRecord and decodeRecord', () => {
  it('preserve any source: Unicode, NUL, lone surrogates', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((c) => String.fromCharCode(c)) }),
        (source) => {
          const plan = publishedOf({ source });
          expect(decodeRecord(encodeRecord(plan))).toEqual({ source, plan: { ok: true, plan } });
        },
      ),
    );
  });

  it('use only characters that no container or text tool changes', () => {
    expect(encodeRecord(publishedOf({ source: '<&>é\n\r\t\0🦊\x7f' }))).toMatch(/^[\x20-\x25\x27-\x3b\x3d\x3f-\x7e]+$/);
  });

  it('detect every truncation', () => {
    const record = encodeRecord(publishedOf());
    fc.assert(
      fc.property(fc.integer({ min: 'prompt-travel/1 '.length, max: record.length - 1 }), (length) => {
        expect(isRecord(record.slice(0, length))).toBe(true);
        expect(() => decodeRecord(record.slice(0, length))).toThrow(NoRecordError);
        expect(() => decodeRecord(record.slice(0, length))).toThrow(/truncated/);
      }),
    );
  });

  it('detect every change of one character', () => {
    const record = encodeRecord(publishedOf());
    fc.assert(
      fc.property(fc.nat(record.length - 1), fc.integer({ min: 32, max: 126 }), (at, code) => {
        const character = String.fromCharCode(code);
        fc.pre(character !== record[at]);
        expect(() => decodeRecord(record.slice(0, at) + character + record.slice(at + 1))).toThrow(NoRecordError);
      }),
    );
  });

  it('return the source of a plan from a later version, and why the plan cannot be read', () => {
    const { source, plan } = decodeRecord(recordOf(JSON.stringify({ version: 999, source: 'a cat' })));
    expect(source).toBe('a cat');
    expect(plan).toEqual({ ok: false, reason: expect.stringMatching(/version 999.*Update Prompt Travel/) });
  });

  it('reject an intact record without a source', () => {
    expect(() => decodeRecord(recordOf('{"version":2,"source":7}'))).toThrow(/without a \.travel source/);
  });
});
