import { describe, expect, it } from 'vitest';
import { renameOf } from '../../../server/features/rename.ts';
import { atCursor, edited, URI } from '../hosts.ts';
import { example } from './names.ts';

describe('rename', () => {
  const renamed = (to: string) => {
    const { analysis, position } = atCursor(example('$‸hero'));
    const rename = renameOf(analysis, position, to);
    return rename.ok ? edited(analysis, rename.edit.changes?.[URI] ?? []) : rename.reason;
  };

  it('changes every occurrence and nothing else', () => {
    expect(renamed('heldin')).toBe(
      example('$hero').replaceAll('$hero', '$heldin').replace('{hero}', '{heldin}').replace('  hero:', '  heldin:'),
    );
  });

  it('accepts the name with its dollar sign', () => {
    expect(renamed('$heldin')).toBe(renamed('heldin'));
  });

  it('refuses invalid names and names that are already defined', () => {
    expect(renamed('two words')).toContain('is not a valid name');
    expect(renamed('')).toContain('is not a valid name');
    expect(renamed('pair')).toContain('already defined');
  });
});
