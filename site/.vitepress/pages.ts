import { existsSync, readdirSync } from 'node:fs';
import { posix, resolve } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';

/** Pages outside `docs/` and `site/`, which have the names that GitHub expects. */
const ROOT_PAGES: Readonly<Record<string, string>> = {
  'CONTRIBUTING.md': 'contributing.md',
  'CHANGELOG.md': 'changes.md',
};

const isPage = (path: string) => /^(?:docs|site)\/.*\.md$/.test(path) || path in ROOT_PAGES;

/** A page's place in the site, of its path in the repository. */
export function addressOf(path: string): string {
  return ROOT_PAGES[path] ?? path.replace(/^(?:docs|site)\//, '').replace(/(^|\/)README\.md$/, '$1index.md');
}

/** The opposite of `addressOf`. The search index asks with the path in the repository. */
function sourceOf(address: string, root: string): string {
  if (isPage(address)) return address;
  const named = Object.keys(ROOT_PAGES).find((path) => ROOT_PAGES[path] === address);
  const candidates = ['docs', 'site'].flatMap((folder) => [
    `${folder}/${address}`,
    `${folder}/${address.replace(/index\.md$/, 'README.md')}`,
  ]);
  const found = named ?? candidates.find((path) => existsSync(resolve(root, path)));
  if (found === undefined) throw new Error(`No file of the repository is the page ${address}. Correct addressOf.`);
  return found;
}

/** Globs of everything that is not a page. */
export function excluded(root: string): string[] {
  const pages = ['docs', 'site', ...Object.keys(ROOT_PAGES)];
  return readdirSync(root, { withFileTypes: true })
    .filter(({ name }) => !pages.includes(name))
    .map((entry) => (entry.isDirectory() ? `${entry.name}/**` : entry.name));
}

type Tokens = ReturnType<MarkdownRenderer['parse']>;

/** Relative links between the files of the repository become links between pages. Links to source files become text. */
export function linkPages(markdown: MarkdownRenderer, root: string): void {
  /** @returns undefined if the link stays as it is, null if the site does not have its target */
  const pageLink = (href: string, from: string): string | null | undefined => {
    if (href === '' || /^(?:[a-z]+:|[#/])/i.test(href)) return undefined;
    const [path = '', hash] = href.split('#');
    const target = posix.join(posix.dirname(from), path);
    if (!existsSync(resolve(root, target))) {
      throw new Error(`${from} links to ${href}, which does not exist. Correct the link.`);
    }
    if (target === 'README.md') return '/';
    return isPage(target) ? `/${addressOf(target)}${hash === undefined ? '' : `#${hash}`}` : null;
  };

  const linked = (tokens: Tokens, from: string): Tokens => {
    let dropped = false;
    return tokens.filter((token) => {
      if (token.type === 'link_close' && dropped) {
        dropped = false;
        return false;
      }
      if (token.type !== 'link_open') return true;
      const link = pageLink(token.attrGet('href') ?? '', from);
      dropped = link === null;
      if (link != null) token.attrSet('href', link);
      return !dropped;
    });
  };

  markdown.core.ruler.push('repository-links', ({ tokens, env }) => {
    // Without one, a title is rendered.
    if (env.relativePath === undefined) return;
    const from = sourceOf(env.relativePath, root);
    for (const token of tokens) {
      if (token.children) token.children = linked(token.children, from);
    }
  });
}

/** The id of a heading, as GitHub makes it. */
export const slug = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}_\- ]/gu, '')
    .replaceAll(' ', '-');
