import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineConfig } from 'vitepress';
import { drawDiagrams } from './diagrams.ts';
import { addressOf, excluded, linkPages, slug } from './pages.ts';
import { diagnosticGroups } from './sidebar.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const grammar = JSON.parse(readFileSync(resolve(ROOT, 'syntaxes/travel.tmLanguage.json'), 'utf8'));

/** A picture as an address, since the site has no folder for public files. */
const icon = (name: string) =>
  `data:image/svg+xml;base64,${readFileSync(resolve(ROOT, 'media', name)).toString('base64')}`;

/** The documentation site: the pages of `docs/` as they are, a start page, and the playground. */
export default defineConfig({
  title: 'Prompt Travel',
  description: 'Write an animation as text and render it on your own computer.',
  lang: 'en-US',
  head: [['link', { rel: 'icon', href: icon('travel-light.svg') }]],
  /** Below this path on its host, with a slash at both ends. */
  base: process.env.TRAVEL_SITE_BASE ?? '/',
  srcDir: '..',
  srcExclude: excluded(ROOT),
  outDir: '../dist/site',
  cacheDir: '../node_modules/.cache/vitepress',
  rewrites: addressOf,
  cleanUrls: false,
  markdown: {
    languages: ['yaml', { ...grammar, name: 'travel', embeddedLangs: ['yaml'] }],
    // As on GitHub, a block without a language is plain; here it is almost always a `.travel` file.
    defaultHighlightLang: 'travel',
    // GitHub's, so that links to headings work in both.
    anchor: { slugify: slug },
    config: (markdown) => {
      linkPages(markdown, ROOT);
      drawDiagrams(markdown);
    },
  },
  vite: {
    // Assets such as the language server's worker are in `dist/`, next to the site's own folder.
    server: { fs: { allow: [ROOT] } },
    build: { chunkSizeWarningLimit: 1500 },
  },
  themeConfig: {
    logo: { light: icon('travel-light.svg'), dark: icon('travel-dark.svg'), alt: '' },
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Start', link: '/start' },
      { text: 'Language', link: '/language' },
      { text: 'Diagnostics', link: '/diagnostics/' },
      { text: 'Playground', link: '/playground' },
    ],
    sidebar: [
      {
        text: 'Begin',
        items: [
          { text: 'Five minutes', link: '/start' },
          { text: 'Get models', link: '/get-models' },
          { text: 'Video to video', link: '/video-to-video' },
          {
            text: 'Coming from other tools',
            link: '/coming-from',
            collapsed: true,
            items: [
              { text: 'AUTOMATIC1111', link: '/coming-from/a1111' },
              { text: 'ComfyUI', link: '/coming-from/comfyui' },
              { text: 'FizzNodes', link: '/coming-from/fizznodes' },
              { text: 'animatediff-cli', link: '/coming-from/animatediff-cli' },
              { text: 'Deforum', link: '/coming-from/deforum' },
            ],
          },
          { text: 'Comparison', link: '/comparison' },
          { text: 'Troubleshooting', link: '/troubleshooting' },
          { text: 'Playground', link: '/playground' },
        ],
      },
      {
        text: 'Write',
        items: [
          { text: 'Language', link: '/language' },
          { text: 'Settings', link: '/settings' },
          { text: 'Diagnostics', link: '/diagnostics/', items: diagnosticGroups(ROOT), collapsed: true },
        ],
      },
      {
        text: 'Render',
        items: [
          { text: 'VS Code', link: '/extension' },
          { text: 'Preview', link: '/extension#the-preview' },
          { text: 'Command line', link: '/command-line' },
          { text: 'Other editors', link: '/editors' },
          { text: 'Files', link: '/files' },
        ],
      },
      {
        text: 'Inside',
        items: [
          { text: 'Architecture', link: '/architecture' },
          { text: 'Engine', link: '/engine' },
          { text: 'Measurements', link: '/measured' },
          { text: 'Packages', link: '/packages' },
          { text: 'Contributing', link: '/contributing' },
          { text: 'Changes', link: '/changes' },
        ],
      },
    ],
  },
});
