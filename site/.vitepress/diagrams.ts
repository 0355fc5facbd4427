import { renderMermaidSVG } from 'beautiful-mermaid';
import type { MarkdownRenderer } from 'vitepress';

/** Colors of the theme of the site. */
const THEMES = {
  light: { bg: '#ffffff', fg: '#3c3c43', line: '#67676c' },
  dark: { bg: '#1b1b1f', fg: '#dfdfd6', line: '#98989f' },
};

/** The library's own font, which it would load from another host. */
const WEB_FONT = /@import url\('[^']*'\);/;

/** Mermaid diagrams become images when the site is built, one for each theme: the page needs no script for them. */
export function drawDiagrams(markdown: MarkdownRenderer): void {
  const { fence } = markdown.renderer.rules;
  markdown.renderer.rules.fence = (tokens, index, options, env, self) => {
    const token = tokens[index];
    if (token?.info.trim() !== 'mermaid') return fence?.(tokens, index, options, env, self) ?? '';
    const images = Object.entries(THEMES)
      .map(([theme, colors]) => {
        const svg = renderMermaidSVG(token.content, { ...colors, font: 'system-ui', transparent: true });
        const data = Buffer.from(svg.replace(WEB_FONT, '')).toString('base64');
        return `<img class="diagram diagram-${theme}" alt="Diagram" src="data:image/svg+xml;base64,${data}">`;
      })
      .join('');
    return `<div class="diagram-scroll" tabindex="0">${images}</div>`;
  };
}
