import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fenced } from '../../../server/features/hover-frame.ts';
import { plainText } from '../../../server/features/markdown-to-plain-text.ts';
import { settingDocumentation } from '../../../server/features/setting-documentation.ts';

describe('plainText', () => {
  it('removes the marks of bold text and code, and indents prompts', () => {
    expect(plainText(`**Frame 5** of 32\n\n${fenced('(a **cat**:1.2), `red`')}\n\nTransition: \`ease-in\`.`)).toBe(
      'Frame 5 of 32\n\n    (a **cat**:1.2), `red`\n\nTransition: ease-in.',
    );
  });

  it('leaves no marks in the documentation of a setting', () => {
    expect(plainText(settingDocumentation(['checkpoint'])!.markdown)).toMatch(/^checkpoint/);
    expect(plainText(settingDocumentation(['sampler'])!.markdown)).not.toMatch(/`|\*\*/);
  });

  it('keeps every line of any prompt', () => {
    const line = fc.string({ unit: fc.constantFrom('`', '*', 'a', ' ', '(', '🐈'), minLength: 1 });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1 }), (lines) => {
        expect(plainText(fenced(lines.join('\n')))).toBe(lines.map((text) => `    ${text}`).join('\n'));
      }),
    );
  });
});
