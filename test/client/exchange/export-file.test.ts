import { describe, expect, it, vi } from 'vitest';
import { TARGET_NAMES } from '../../../exchange/target.ts';
import { EXPORT_TARGETS } from '../../../protocol/language-server.ts';
import { documentAt, fake, window } from '../vscode.ts';

vi.mock('vscode', () => import('../vscode.ts'));
const { exportFile } = await import('../../../client/exchange/export-file.ts');
const { client, setUp } = await import('./services.ts');

setUp();

describe('Export', () => {
  const open = (text: string) => {
    fake.documents = [documentAt('/clips/fox.travel', { text })];
    window.activeTextEditor = { document: fake.documents[0]! };
  };

  it('offers all formats', async () => {
    open('a\n');
    await exportFile(client);
    expect(EXPORT_TARGETS).toEqual(TARGET_NAMES);
    expect(fake.lists[0]).toHaveLength(TARGET_NAMES.length);
    expect(fake.shown).toEqual([]);
  });

  it('opens the result beside the file, and what is lost beside both', async () => {
    open('---\ncfg_scale: {0: 7, 8: 3}\n---\n0: a\n8 ease: b\n');
    fake.picks = ['A1111 API'];
    await exportFile(client);
    const [result, lost] = fake.shown;
    expect(result).toMatchObject({ languageId: 'json', isUntitled: true });
    expect(JSON.parse(result!.text)).toMatchObject({ prompt: '0: a\n8: b', cfg_scale: 7 });
    expect(lost!.text).toMatch(/^# fox\.travel → A1111 API Request\n\n(\* .+\n){2,}/);
    expect(lost!.text).toContain('cfg_scale');
  });

  it('offers further keyframes for easing, and opens the result with them', async () => {
    open('---\nframes: 32\n---\n0: a\n24 ease-in-out: b\n');
    fake.picks = ['A1111 Prompt'];
    fake.answers = ['Write Easing as Keyframes'];
    await exportFile(client);
    await expect.poll(() => fake.shown.length).toBe(4);
    const texts = fake.shown.map(({ text }) => text);
    expect(texts[0]).toBe('0: a\n24: b\n');
    expect(texts[1]).toContain('are linear there');
    expect(texts[2]).toMatch(/^0: a\n\d: a\n\d\d: b\n24: b\n$/);
    expect(texts[3]).toContain('differs by at most');
  });

  it('offers none if there is no easing, or if the format mixes nothing', async () => {
    for (const [text, format] of [
      ['0: a\n8 cut: b\n', 'A1111 Prompt'],
      ['0: a\n8 ease: b\n', 'Deforum'],
    ] as const) {
      open(text);
      fake.picks = [format];
      await exportFile(client);
    }
    expect(fake.messages).toEqual([]);
  });

  it('opens nothing else if nothing is lost', async () => {
    open('0: a\n8: b\n');
    fake.picks = ['A1111 Prompt'];
    await exportFile(client);
    expect(fake.shown.map(({ languageId, text }) => [languageId, text])).toEqual([['plaintext', '0: a\n8: b\n']]);
  });

  it('needs a .travel file', async () => {
    await exportFile(client);
    expect(fake.messages).toMatchObject([{ kind: 'warning' }]);
  });
});
