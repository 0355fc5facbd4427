import { beforeEach, describe, expect, it, vi } from 'vitest';
import { fake, registered, Uri } from './vscode.ts';

vi.mock('vscode', () => import('./vscode.ts'));
const { linkToPages, registerPages } = await import('../../client/pages.ts');

interface Provider {
  readFile(uri: unknown): Promise<Uint8Array>;
  writeFile(uri: unknown): void;
}

function provider(): Provider {
  registerPages(Uri.file('/extension') as never);
  return registered.at(-1) as Provider;
}

const page = (path: string) => Uri.from({ scheme: 'travel-page', path });

beforeEach(() => {
  fake.reset();
  fake.files.set('/extension/docs/diagnostics/memory.md', '# Memory');
  fake.files.set('/extension/docs-private/notes.md', 'private');
  fake.files.set('/extension/package.json', '{}');
  fake.files.set('/home/me/secret', 'secret');
});

describe('the pages of the extension', () => {
  it('are read from its docs folder', async () => {
    const bytes = await provider().readFile(page('/docs/diagnostics/memory.md'));
    expect(new TextDecoder().decode(bytes)).toBe('# Memory');
  });

  it.each([
    '/package.json',
    '/docs/../package.json',
    '/docs/diagnostics/../../package.json',
    '/docs/../../home/me/secret',
    '/docs-private/notes.md',
    '/../home/me/secret',
    '/docs',
  ])('refuse %s, which is not in it', async (path) => {
    const files = provider();
    await expect((async () => files.readFile(page(path)))()).rejects.toThrow(/^not found: travel-page:/);
  });

  it('cannot be written', () => {
    expect(() => provider().writeFile(page('/docs/diagnostics/memory.md'))).toThrow(/no permissions/);
  });
});

describe('the link of a diagnostic', () => {
  const linked = async (code: unknown) => {
    const report = { kind: 'full', items: [{ code }] };
    await linkToPages.provideDiagnostics!({} as never, undefined, {} as never, async () => report as never);
    return report.items[0]!.code;
  };

  it('leads to the page of its code', async () => {
    expect(await linked('travel/memory')).toMatchObject({
      value: 'travel/memory',
      target: { scheme: 'travel-page', path: '/docs/diagnostics/memory.md' },
    });
    expect(await linked({ value: 'travel/memory', target: 'elsewhere' })).toMatchObject({ value: 'travel/memory' });
  });

  it.each(['other/code', 'travel/../../x', 7, undefined])('leaves the code %j alone', async (code) => {
    expect(await linked(code)).toBe(code);
  });
});
