import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it, vi } from 'vitest';
import { resultText } from '../../rendering/render-text.ts';
import { l10n } from './vscode.ts';

vi.mock('vscode', () => import('./vscode.ts'));

const ROOT = resolve(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(resolve(ROOT, path), 'utf8');

const CLIP = { extent: { kind: 'frames', count: 32 }, seed: 42, steps: 20 } as const;
const DONE = { ok: true, files: [], device: 'CPU', timings: { total: 31 } } as never;

it('translates what the extension shows, also that of the command line, and not before it is started', async () => {
  expect(resultText(CLIP, DONE)).toBe('32 frames, seed 42, in 0:31 on CPU');
  l10n.bundle = JSON.parse(read('l10n/bundle.l10n.ja.json'));
  await import('../../client/l10n.ts');
  expect(resultText(CLIP, DONE)).toBe('32 フレーム、シード 42、所要時間 0:31 (CPU)');
});

it.each([
  ['client/extension.ts', []],
  ['client/web.ts', []],
  ['webview/main.tsx', ['./zod-settings.ts']],
])('is loaded by %s before texts in constants', (entry, before) => {
  const imports = Array.from(read(entry).matchAll(/^import (?:.* from )?'([^']+)';$/gm), ([, specifier]) => specifier);
  expect(imports.slice(0, before.length + 1)).toEqual([...before, './l10n.ts']);
});
