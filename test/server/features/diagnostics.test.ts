import { describe, expect, it } from 'vitest';
import { diagnosticsOf } from '../../../server/features/diagnostics.ts';
import { analyze, URI } from '../hosts.ts';

describe('diagnostics', () => {
  it('have code, severity, source, range and related information', () => {
    const [diagnostic] = diagnosticsOf(analyze('8: a\n0: b\n')).filter(({ code }) => code === 'travel/key-order');
    expect(diagnostic).toMatchObject({
      severity: 2,
      source: 'travel',
      range: { start: { line: 1, character: 0 }, end: { line: 1, character: 1 } },
      relatedInformation: [{ location: { uri: URI, range: { start: { line: 0, character: 0 } } } }],
    });
  });

  it('are empty for a valid file', () => {
    expect(diagnosticsOf(analyze('---\nframes: 16\n---\na cat\n\n0: red\n8: blue\n'))).toEqual([]);
  });
});
