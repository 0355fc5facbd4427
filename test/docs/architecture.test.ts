import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MAY_IMPORT } from '../architecture/arrows.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const page = readFileSync(resolve(ROOT, 'docs/architecture.md'), 'utf8');

/** The diagram's arrows. */
function drawn(): Map<string, string[]> {
  const [, diagram = ''] = /```mermaid\n([\s\S]*?)```/.exec(page) ?? [];
  const arrows = diagram.matchAll(/^ {2}(\w+) --> (\w+(?: & \w+)*)$/gm);
  return new Map([...arrows].map(([, from, to]) => [from!, to!.split(' & ')]));
}

describe('the architecture page', () => {
  it('draws the arrows that the architecture test enforces', () => {
    const arrows = drawn();
    const reach = (from: string): string[] => (arrows.get(from) ?? []).flatMap((to) => [to, ...reach(to)]);
    for (const [folder, allowed] of Object.entries(MAY_IMPORT)) {
      expect(allowed, folder).toEqual(expect.arrayContaining(arrows.get(folder) ?? []));
      expect(reach(folder), folder).toEqual(expect.arrayContaining([...allowed]));
    }
  });

  it('describes every folder, and only folders that exist', () => {
    const [, table = ''] = /## Folders\n([\s\S]*?)\n## /.exec(page) ?? [];
    const described = [...table.matchAll(/^\| `(\w+)\/` \|/gm)].map(([, folder]) => folder!);
    expect(described.toSorted()).toEqual([...Object.keys(MAY_IMPORT), 'test'].toSorted());
    for (const folder of described) expect(existsSync(resolve(ROOT, folder)), folder).toBe(true);
  });
});
