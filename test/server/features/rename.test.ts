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

  it.each([
    ['in the body', '\\$hero and $‸hero, \\\\$hero', '\\$hero and $dog, \\\\$dog'],
    ['with braces', `\\$\{hero} and $\{he‸ro}`, `\\$\{hero} and $\{dog}`],
  ])('leaves escaped names as they are %s', (_, line, after) => {
    const settings = (name: string) => `---\ndefine: {${name}: a cat}\n---\n`;
    const { analysis, position } = atCursor(`${settings('hero')}${line}\n`);
    const rename = renameOf(analysis, position, 'dog');
    expect(rename.ok && edited(analysis, rename.edit.changes?.[URI] ?? [])).toBe(`${settings('dog')}${after}\n`);
  });

  it.each([
    ['plain text', 'no \\$hero, $hero', 'no \\$hero, $dog'],
    ['single quotes', "'no \\$hero, it''s $hero'", "'no \\$hero, it''s $dog'"],
    ['double quotes', '"no \\\\$hero, \\"a\\" $hero"', '"no \\\\$hero, \\"a\\" $dog"'],
    ['double quotes with an escaped backslash', '"\\\\\\\\$hero"', '"\\\\\\\\$dog"'],
    ['a block', '|\n  no \\$hero,\n  $hero', '|\n  no \\$hero,\n  $dog'],
  ])('leaves escaped names in settings as they are: %s', (_, value, after) => {
    const text = (name: string, written: string) =>
      `---\nnegative_prompt: ${written}\ndefine: {${name}: a cat}\n---\na\n`;
    const { analysis, position } = atCursor(text('he‸ro', value));
    const rename = renameOf(analysis, position, 'dog');
    expect(rename.ok && edited(analysis, rename.edit.changes?.[URI] ?? [])).toBe(text('dog', after));
  });

  it('refuses invalid names and names that are already defined', () => {
    expect(renamed('two words')).toContain('is not a valid name');
    expect(renamed('')).toContain('is not a valid name');
    expect(renamed('pair')).toContain('already defined');
  });
});
