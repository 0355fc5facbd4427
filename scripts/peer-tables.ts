import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { exportTravel } from '../exchange/export.ts';
import type { LostKey } from '../exchange/lost.ts';
import type { NoteKey } from '../exchange/notes.ts';
import {
  A1111_SCHEDULE_LABELS,
  CLI_OUTPUT_FORMATS,
  CLI_SCHEDULERS,
  COMFY_PREPROCESSORS,
  COMFY_SCHEDULERS,
  COMFY_VIDEO_FORMATS,
  CONTROL_MODES,
  RESIZE_MODES,
} from '../exchange/tables.ts';
import type { TargetName } from '../exchange/target.ts';
import { Settings } from '../grammar/settings/schema.ts';
import { parseTravel } from '../grammar/syntax/parse.ts';
import { COMFY_SAMPLERS } from '../plan/other-samplers.ts';
import { LOST_TEXTS, NOTE_TEXTS } from './peer-texts.ts';

const EXCHANGE = resolve(import.meta.dirname, '../exchange');

/** Files that have, together, everything that a format may lack. */
const EVERYTHING: readonly string[] = [
  `---
frames: 32
context: 16
context_schedule: static
closed_loop: N
fuse: flat
loop: 3
mix: slerp
sampler: DPM++ 3M SDE
schedule: align_your_steps
cfg_scale: {0: 7, 16: 3}
motion_scale: {0: 1, 16: 1.5}
motion_module: mm_sd_v15_v2.ckpt
negative_prompt: blurry
rng: gpu
subseed: 3
subseed_strength: 0.2
init_image: start.png
last_frame: end.png
video: {path: pose}
controlnet: [{model: openpose, preprocessor: openpose, image: pose.png}]
interpolate: {method: film, x: 3}
reverse: [add]
save: [webm, png, txt]
---
a (fox:1.2), [tail], {red|blue} __hair__ BREAK \\#1 AND b <lora:style:0.5:0.7>

0: a <lora:detail:0.3> --neg rain
8-12 ease: [c:d:0.5]
16 cut: e
16: twice
90: beyond the end
`,
  `---
frames: 16
context: 16
closed_loop: A
---
0: a
8: b
`,
];

type Tables = Readonly<Record<string, () => string>>;

/** The generated parts of the pages about other tools, by the names in their markers. */
const TABLES: Tables = {
  'a1111-schedules': () => namesTable('schedule type', A1111_SCHEDULE_LABELS),
  'a1111-controlnet': () => namesTable('control mode, resize mode', labels([...CONTROL_MODES, ...RESIZE_MODES])),
  'a1111-import': () => notesTable(['read/infotext.ts', 'read/webui-api.ts']),
  'a1111-export': () => lostTable('webui-api'),
  'comfyui-samplers': () => namesTable('sampler', COMFY_SAMPLERS),
  'comfyui-schedulers': () => namesTable('scheduler', COMFY_SCHEDULERS),
  'comfyui-formats': () => namesTable('format of Video Combine', COMFY_VIDEO_FORMATS),
  'comfyui-preprocessors': () => namesTable('node', COMFY_PREPROCESSORS),
  // Of A1111's fields, it reads none; they share a function.
  'comfyui-import': () => notesTable(['read/comfy.ts', 'read/ade.ts'], 'webui-fields.ts'),
  'comfyui-export': () => lostTable('comfy-api'),
  'fizznodes-import': () => notesTable(['read/fizz.ts']),
  'fizznodes-export': () => lostTable('fizz'),
  'animatediff-cli-schedulers': () =>
    namesTable('scheduler', new Map([...CLI_SCHEDULERS].map(([name, pair]) => [name, pair.join(', ')]))),
  'animatediff-cli-formats': () => namesTable('output format', CLI_OUTPUT_FORMATS),
  'animatediff-cli-import': () => notesTable(['read/cli.ts']),
  'animatediff-cli-export': () => lostTable('cli'),
  'deforum-import': () => notesTable(['read/deforum.ts']),
  'deforum-export': () => lostTable('deforum'),
};

const NOTE_KEYS = Object.keys(NOTE_TEXTS) as NoteKey[];
const LOST_KEYS = Object.keys(LOST_TEXTS) as LostKey[];

const BLOCK = /<!-- generated: ([a-z0-9-]+) -->[\s\S]*?<!-- end -->/g;

/** A page with its generated parts as they should be. @throws Error if a marker has no table */
export function withTables(page: string): string {
  return page.replace(BLOCK, (_, name: string) => {
    const table = TABLES[name];
    if (!table) throw new Error(`There is no generated table ${name}.`);
    return `<!-- generated: ${name} -->\n${table()}\n<!-- end -->`;
  });
}

/** The tables that a page has. */
export const tablesIn = (page: string): string[] => Array.from(page.matchAll(BLOCK), ([, name]) => name!);

export const TABLE_NAMES: readonly string[] = Object.keys(TABLES);

/** Without the numbers of old versions. */
const labels = (names: readonly (readonly [string, string])[]) => new Map(names.filter(([name]) => !/^\d$/.test(name)));

function namesTable(title: string, names: ReadonlyMap<string, string | null>): string {
  const known = [...names].filter(([, own]) => own !== null);
  const unknown = [...names].filter(([, own]) => own === null).map(([name]) => `\`${name}\``);
  const rows = known.map(([name, own]) => `| \`${name}\` | \`${own}\` |`);
  return [
    `| ${title} | here |`,
    '| --- | --- |',
    ...rows,
    ...(unknown.length > 0 ? ['', `Not available here: ${unknown.join(', ')}.`] : []),
  ].join('\n');
}

/** Puts the keyframes of every import in order. */
const FOR_ALL = 'tidy-keyframes.ts';

/** What imports of some formats can report. @param files of their readers @param except a file whose notes are not theirs */
function notesTable(files: readonly string[], except?: string): string {
  const seen = except === undefined ? [] : [join(EXCHANGE, except)];
  const keys = new Set([...files, FOR_ALL].flatMap((file) => [...keysIn(join(EXCHANGE, file), new Set(seen))]));
  const rows = NOTE_KEYS.filter((key) => keys.has(key)).map((key) => `| \`${key}\` | ${NOTE_TEXTS[key]} |`);
  return ['| note | not carried over |', '| --- | --- |', ...rows].join('\n');
}

/** The keys of the notes in a file and those that it imports. */
function keysIn(path: string, seen: Set<string>): Set<NoteKey> {
  if (seen.has(path) || !path.startsWith(EXCHANGE)) return new Set();
  seen.add(path);
  const text = readFileSync(path, 'utf8');
  // A call, or a row of a list: `[/hash/, 'hashes', …]`.
  const own = Array.from(text.matchAll(/(?:[nN]ote\(\s*|\/[a-z]*,\s*)'([a-z0-9-]+)',/g), ([, key]) => key!);
  const imported = Array.from(text.matchAll(/from '(\.[^']+)'/g), ([, file]) => resolve(dirname(path), file!));
  const keys = NOTE_KEYS.filter((key) => own.includes(key));
  return new Set([...keys, ...imported.flatMap((file) => [...keysIn(file, seen)])]);
}

/** What an export of a file that has everything reports. */
function lostTable(target: TargetName): string {
  const keys = new Set(EVERYTHING.flatMap((text) => exportTravelText(text, target)));
  const rows = LOST_KEYS.filter((key) => keys.has(key)).map((key) => `| \`${key}\` | ${LOST_TEXTS[key]} |`);
  return ['| key | not in the result |', '| --- | --- |', ...rows].join('\n');
}

function exportTravelText(text: string, target: TargetName): LostKey[] {
  const document = parseTravel(text);
  const { start, end } = document.frontMatter!.yaml;
  const settings = Settings.parse(parse(text.slice(start, end)));
  return exportTravel(document, { settings, issues: [] }, target).lost.map(({ key }) => key);
}
