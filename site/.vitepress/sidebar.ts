import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { DefaultTheme } from 'vitepress';

/** The groups of `docs/diagnostics/README.md`, each with a link to every page of its table. */
export function diagnosticGroups(root: string): DefaultTheme.SidebarItem[] {
  const index = readFileSync(resolve(root, 'docs/diagnostics/README.md'), 'utf8');
  return index
    .split(/^## /m)
    .slice(1)
    .map((group) => ({
      text: group.slice(0, group.indexOf('\n')),
      collapsed: true,
      items: Array.from(group.matchAll(/^\| \[`([\w-]+)`\]/gm), ([, code]) => ({
        text: code!,
        link: `/diagnostics/${code}`,
      })),
    }));
}
