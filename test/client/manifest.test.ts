import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CLIP_ENDINGS, MEDIA_ENDINGS, RENDER_FOLDERS } from '../../client/file-endings.ts';
import { DEFAULT_WILDCARD_FOLDERS } from '../../grammar/wildcards/file.ts';
import { endingOf } from '../../plan/format-limits.ts';
import { lockOf } from '../../plan/lock.ts';
import { MACHINE_KEYS, MACHINE_SETTINGS, NO_MACHINE, resolveMachine } from '../../plan/machine.ts';
import { OutputFormat } from '../../plan/plan.ts';
import { withTexts } from '../../scripts/package/nls.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(resolve(ROOT, path), 'utf8');

const Manifest = z.object({
  icon: z.string(),
  capabilities: z.object({ untrustedWorkspaces: z.object({ restrictedConfigurations: z.array(z.string()) }) }),
  contributes: z.object({
    languages: z.array(
      z.object({
        id: z.string(),
        configuration: z.string().optional(),
        icon: z.record(z.string(), z.string()).default({}),
        filenamePatterns: z.array(z.string()).default([]),
      }),
    ),
    customEditors: z.array(
      z.object({ viewType: z.string(), selector: z.array(z.object({ filenamePattern: z.string() })) }),
    ),
    grammars: z.array(z.object({ path: z.string() })),
    snippets: z.array(z.object({ path: z.string() })),
    commands: z.array(z.object({ command: z.string(), title: z.string(), category: z.literal('Travel') })),
    menus: z.record(z.string(), z.array(z.object({ command: z.string(), when: z.string().optional() }))),
    configuration: z.object({
      properties: z.record(
        z.string(),
        z.object({
          description: z.string().optional(),
          markdownDescription: z.string().optional(),
          scope: z.string().optional(),
          enum: z.array(z.string()).optional(),
          default: z.unknown(),
        }),
      ),
    }),
    walkthroughs: z.array(
      z.object({
        steps: z.array(
          z.object({
            description: z.string(),
            media: z.union([
              z.strictObject({ markdown: z.string() }),
              // Read to those who do not see it.
              z.strictObject({ image: z.string(), altText: z.string().min(40) }),
            ]),
          }),
        ),
      }),
    ),
  }),
});

const { icon, capabilities, contributes } = Manifest.parse(withTexts(JSON.parse(read('package.json'))));
const commands = contributes.commands.map(({ command }) => command);
const settings = Object.entries(contributes.configuration.properties);
const steps = contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);
const pagesOfSteps = steps.flatMap(({ media }) => ('markdown' in media ? [media.markdown] : []));
const imagesOfSteps = steps.flatMap(({ media }) => ('image' in media ? [media.image] : []));

describe('the manifest', () => {
  it.each([
    icon,
    ...contributes.languages.flatMap(({ configuration, icon }) => [
      ...(configuration === undefined ? [] : [configuration]),
      ...Object.values(icon),
    ]),
    ...contributes.grammars.map(({ path }) => path),
    ...contributes.snippets.map(({ path }) => path),
    ...pagesOfSteps,
    ...imagesOfSteps,
  ])('names an existing file: %s', (path) => {
    expect(existsSync(resolve(ROOT, path))).toBe(true);
  });

  it('has fewer than 25 settings, each with a description and a default', () => {
    expect(settings.length).toBeLessThan(25);
    for (const [name, { description, markdownDescription, ...setting }] of settings) {
      expect((description ?? markdownDescription ?? '').length, name).toBeGreaterThan(40);
      expect(setting.default, name).toBeDefined();
    }
  });

  it('restricts settings that name folders, or a program, to trusted folders', () => {
    const folders = settings.map(([name]) => name).filter((name) => name.endsWith('Folders'));
    expect(folders.length).toBeGreaterThan(0);
    expect(capabilities.untrustedWorkspaces.restrictedConfigurations.toSorted()).toEqual(
      [...folders, 'travel.ffmpeg'].toSorted(),
    );
  });

  it.each(MACHINE_KEYS)('has a setting of the machine, not set by default, for %s', (key) => {
    const { flag, setting, variable, value } = MACHINE_SETTINGS[key];
    const property = contributes.configuration.properties[`travel.${setting}`];
    expect(property?.scope).toBe('machine');
    expect(read('docs/command-line.md')).toContain(`| \`${flag}\` | \`${variable}\` | \`travel.${setting}\` |`);
    expect(resolveMachine({ settings: { [setting]: property?.default } })).toEqual({ machine: NO_MACHINE, wrong: [] });
    for (const choice of property?.enum ?? []) if (choice !== '') expect(value.safeParse(choice).success).toBe(true);
  });

  it('has the default wildcard folders that the command line and the server have', () => {
    expect(contributes.configuration.properties['travel.wildcardFolders']?.default).toEqual(DEFAULT_WILDCARD_FOLDERS);
  });

  it('uses only its own commands in menus and walkthroughs', () => {
    const used = Object.values(contributes.menus).flatMap((items) => items.map(({ command }) => command));
    const linked = steps.flatMap(({ description }) => [...description.matchAll(/\(command:(travel\.\w+)\)/g)]);
    expect(linked.length).toBeGreaterThan(0);
    for (const command of [...used, ...linked.map((match) => match[1]!)]) expect(commands).toContain(command);
  });

  it('opens locks as JSON', () => {
    const json = contributes.languages.find(({ id }) => id === 'json');
    expect(json?.filenamePatterns).toEqual([`*${lockOf('.travel')}`]);
  });

  it('opens every file that a render writes with the player', () => {
    const renders = OutputFormat.options.map(endingOf);
    expect([...CLIP_ENDINGS, 'txt'].toSorted()).toEqual(renders.toSorted());
    const [player] = contributes.customEditors;
    expect(player!.viewType).toBe('travel.renderedFile');
    // Elsewhere, text is not written by renders.
    const texts = `**/{${RENDER_FOLDERS.join(',')}}/**/*.txt`;
    expect(player!.selector.map(({ filenamePattern }) => filenamePattern)).toEqual([
      ...CLIP_ENDINGS.map((ending) => `*.${ending}`),
      texts,
    ]);
  });

  it('offers to open as Travel what Import asks for', () => {
    const item = contributes.menus['explorer/context']?.find(({ command }) => command === 'travel.openAsTravel');
    const folders = `resourceDirname =~ /[\\\\\\/](${RENDER_FOLDERS.join('|')})([\\\\\\/]|$)/`;
    const kinds = [
      'resourceExtname =~ /^\\.json$/i',
      `resourceExtname =~ /^\\.txt$/i && ${folders}`,
      `(!isWeb || remoteName) && resourceExtname =~ /^\\.(${MEDIA_ENDINGS.join('|')})$/i`,
    ];
    expect(item?.when).toBe(`!explorerResourceIsFolder && (${kinds.join(' || ')})`);
  });

  it('offers to render saved and untitled files alike', () => {
    const places = ['editor/title/run', 'editor/context', 'commandPalette'];
    const conditions = places.map((place) =>
      contributes.menus[place]?.find(({ command }) => command === 'travel.render'),
    );
    expect(conditions.map((item) => item?.when)).toEqual(
      places.map(() => 'editorLangId == travel && resourceScheme =~ /^(file|untitled)$/'),
    );
  });

  it('has walkthrough pages whose samples fit beside the steps, and whose images VS Code loads', () => {
    const pages = pagesOfSteps.map(read);
    const samples = pages.flatMap((page) => [...page.matchAll(/```\n([\s\S]*?)```/g)].map((match) => match[1]!));
    expect(samples.length).toBeGreaterThan(1);
    for (const line of samples.join('').split('\n')) expect(line.length, line).toBeLessThanOrEqual(40);
    const images = pages.flatMap((page) => [...page.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map((match) => match[1]!));
    expect(images.length).toBeGreaterThan(0);
    // Only files in the folder of the page are loaded.
    for (const image of images) expect(existsSync(resolve(ROOT, 'media/walkthrough', image)), image).toBe(true);
    for (const image of images) expect(image).not.toContain('/');
  });

  it('is documented in docs/extension.md', () => {
    const page = read('docs/extension.md');
    for (const { title } of contributes.commands) expect(page).toContain(`| Travel: ${title} |`);
    for (const [name, setting] of settings) {
      const isText = typeof setting.default === 'string' && setting.default !== '';
      const value = isText ? setting.default : JSON.stringify(setting.default);
      expect(page).toContain(`| \`${name}\` | \`${value}\` |`);
    }
    const rows = page.split('\n').filter((line) => /^\| (Travel: |`travel\.)/.test(line));
    expect(rows).toHaveLength(commands.length + settings.length);
    const snippets = z
      .record(z.string(), z.object({ prefix: z.array(z.string()) }))
      .parse(JSON.parse(read('snippets/travel.json')));
    for (const { prefix } of Object.values(snippets)) expect(page).toContain(`\`${prefix[0]}\``);
  });
});
