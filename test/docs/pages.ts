import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Environment } from '../../grammar/clip/environment.ts';
import type { VideoHeader } from '../../plan/video-header.ts';
import { clipTokenizer } from '../golden/prompts.ts';
import { checkpoint, lora, testEnvironment } from '../grammar/environment.ts';
import { testVideo } from '../grammar/test-video.ts';

export const ROOT = resolve(import.meta.dirname, '../..');

const FOLDER = join(ROOT, 'docs', 'diagnostics');

/** A diagnostics page. */
export interface Page {
  readonly code: string;
  readonly title: string;
  readonly severities: readonly string[];
  readonly hasFix: boolean;
  readonly needsFiles: boolean;
  /** null if the text of a file alone cannot cause the problem. */
  readonly examples: { readonly wrong: string; readonly right: string } | null;
}

/** A row of the list of pages. */
export interface ListedPage extends Pick<Page, 'code' | 'title' | 'severities'> {
  /** Name of the group's folder: `weights-and-brackets`. */
  readonly group: string;
}

export const pages: readonly Page[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.md') && file !== 'README.md')
  .map(readPage);

export const listedPages: readonly ListedPage[] = readFileSync(join(FOLDER, 'README.md'), 'utf8')
  .split(/^## /m)
  .slice(1)
  .flatMap((section) => {
    const group = section.slice(0, section.indexOf('\n')).toLowerCase().replaceAll(' ', '-');
    const rows = section.matchAll(/^\| \[`([a-z0-9-]+)`\]\(\1\.md\) +\| (.+?) +\| (.+?) +\|$/gm);
    return Array.from(rows, ([, code, title, severities]) => ({
      group,
      code: code!,
      title: title!,
      severities: severities!.split(' or '),
    }));
  });

function readPage(file: string): Page {
  const text = readFileSync(join(FOLDER, file), 'utf8');
  const code = file.replace(/\.md$/, '');
  const head =
    /^# (?<title>.+)\n\n`travel\/(?<code>[a-z0-9-]+)` · (?<severities>[a-z ]+) · (?<fix>quick fix|no quick fix)/.exec(
      text,
    );
  if (head?.groups?.code !== code) throw new Error(`${file} does not start with its title, code, severity and fix.`);
  const [wrong, right] = ['Wrong', 'Right'].map((word) => {
    const [, example] = new RegExp(`^${word}:\\n\\n\`\`\`travel\\n([\\s\\S]*?)\\n\`\`\``, 'm').exec(text) ?? [];
    return example;
  });
  return {
    code,
    title: head.groups.title!,
    severities: head.groups.severities!.split(' or '),
    hasFix: head.groups.fix === 'quick fix',
    needsFiles: text.includes('<!-- needs files -->'),
    examples: wrong !== undefined && right !== undefined ? { wrong, right } : null,
  };
}

/** The environment for the examples of a page. */
export function environmentOf({ needsFiles, code }: Page): Environment {
  return needsFiles ? { ...exampleEnvironment(), hasFfmpeg: code !== 'ffmpeg-missing' } : bareEnvironment();
}

/** Videos that the examples name. */
export const EXAMPLE_VIDEOS: Readonly<Record<string, VideoHeader>> = {
  'dance.gif': testVideo({ container: 'gif', seconds: 2 }),
  'silent.mp4': testVideo({}),
  'running.mp4': testVideo({}),
  'hdr.mov': testVideo({ container: 'mov', isHdr: true }),
  'webm-named.mp4': testVideo({ container: 'webm' }),
  'still.png': { kind: 'refused', reason: 'image', is: 'is one image, not a video. Use a video.' },
  'notes.txt': { kind: 'refused', reason: 'other', is: 'is damaged or not a video. Use another copy.' },
  'saved-page.mp4': {
    kind: 'refused',
    reason: 'other',
    is: 'is a web page (HTML), not a video. Download the video itself.',
  },
};

/** Hints that are black, or have dark lines on white: those of images that the examples name. */
export const EXAMPLE_EMPTY_HINTS: ReadonlySet<string> = new (class extends Set<string> {
  override has(key: string): boolean {
    return key.startsWith('[') ? key.includes('nobody.png') : key.startsWith('dark-lines ') && key.includes('ink.png');
  }
})(['of an image']);

/** All files that the examples name. */
function exampleEnvironment(): Environment {
  const wildcards: Readonly<Record<string, readonly string[]>> = {
    weather: ['sun', 'rain'],
    empty: [],
    conflict: ['<<<<<<< HEAD', 'sun', '=======', 'rain', '>>>>>>> feature'],
    damaged: ['caf\u00c3\u00a9'],
    circle: ['a __circle__'],
    deep: [`${'{1::'.repeat(40)}storm${'|0::fog}'.repeat(40)}`],
    huge: ['x'.repeat(250_000)],
  };
  const more = {
    xl_detail: { ...lora, family: 'sdxl' },
    mm_sd_v15_v2: { kind: 'motion-module', version: 'v2', positions: 32 },
    interrupted_download: { ...checkpoint, vaeChannels: null },
  } as const;
  const environment = testEnvironment({
    wildcard: (name) => wildcards[name] ?? null,
    wildcardNames: () => Object.keys(wildcards),
    readTravelFile: (path) => (path === 'style.travel' ? { path, text: '---\nfps: 12\n---\n' } : null),
    tokenizer: clipTokenizer(),
    memory: 8e9,
    networkFile: () => null,
    inputVideo: (path) => EXAMPLE_VIDEOS[path] ?? null,
    emptyHints: EXAMPLE_EMPTY_HINTS,
  });
  return {
    ...environment,
    resolveModel(kind, name) {
      if (name !== 'xl_detail' && name !== 'mm_sd_v15_v2' && name !== 'interrupted_download')
        return environment.resolveModel(kind, name);
      return { name, description: more[name], file: { path: `/models/${name}.safetensors`, size: 1, mtimeMs: 1 } };
    },
  };
}

/** Nothing but the built-in models. */
function bareEnvironment(): Environment {
  const environment = testEnvironment({ modelNames: () => [] });
  return {
    ...environment,
    resolveModel: (kind, name) => (name === 'pocket' ? environment.resolveModel(kind, name) : null),
  };
}
