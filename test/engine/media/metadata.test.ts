import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSealed, NoRecordError, seal, unseal } from '../../../engine/media/metadata.ts';
import { planOf } from './fixtures.ts';

describe('seal and unseal', () => {
  it('give any source back: Unicode, NUL, lone halves of pairs', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((c) => String.fromCharCode(c)) }),
        (source) => {
          const plan = planOf({ source });
          expect(unseal(seal(plan))).toEqual({ source, plan });
        },
      ),
    );
  });

  it('use only signs that no container or text tool changes', () => {
    expect(seal(planOf({ source: '<&>é\n\r\t\0🦊\x7f' }))).toMatch(/^[\x20-\x25\x27-\x3b\x3d\x3f-\x7e]+$/);
  });

  it('tell every text that was cut off', () => {
    const sealed = seal(planOf());
    fc.assert(
      fc.property(fc.integer({ min: 'prompt-travel/1 '.length, max: sealed.length - 1 }), (length) => {
        expect(isSealed(sealed.slice(0, length))).toBe(true);
        expect(() => unseal(sealed.slice(0, length))).toThrow(NoRecordError);
        expect(() => unseal(sealed.slice(0, length))).toThrow(/cut off/);
      }),
    );
  });

  it('tell every change of one sign', () => {
    const sealed = seal(planOf());
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), fc.integer({ min: 32, max: 126 }), (at, code) => {
        const sign = String.fromCharCode(code);
        fc.pre(sign !== sealed[at]);
        expect(() => unseal(sealed.slice(0, at) + sign + sealed.slice(at + 1))).toThrow(NoRecordError);
      }),
    );
  });

  it('refuse a whole record whose plan is of another version, and say where it differs', () => {
    const newer = seal({ ...planOf(), version: 999 } as unknown as ReturnType<typeof planOf>);
    expect(() => unseal(newer)).toThrow(/version 999.*Update Prompt Travel/);
  });
});
