/** Builds the documentation site into `dist/site`, from the programs in `dist/`. */
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';

export default function buildSite(): void {
  const root = resolve(import.meta.dirname, '..');
  const vitepress = resolve(root, 'node_modules/vitepress/bin/vitepress.js');
  execFileSync(process.execPath, [vitepress, 'build', 'site'], { cwd: root, stdio: 'pipe' });
}
