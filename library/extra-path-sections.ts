import { readFile, stat } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { whyUnreadable } from '../disk/why-unreadable.ts';
import type { SettingIssue, SyntaxIssue } from '../grammar/settings/issues.ts';
import { parseYaml, type YamlMap, type YamlValue } from '../grammar/settings/yaml-tree.ts';
import { messageOf } from '../plan/message-of.ts';

/** The kinds of folders with supported models. The others contain models for other purposes. */
const KINDS = [
  'checkpoints',
  'diffusers',
  'diffusion_models',
  'unet',
  'loras',
  'text_encoders',
  'clip',
  'vae',
  'vae_approx',
  'embeddings',
  'controlnet',
  'animatediff_models',
  'animatediff_motion_lora',
  'frame_interpolation',
];

const MOST_BYTES = 100_000;

/** A section of `extra_model_paths.yaml`, with paths as written. */
export interface ExtraPathSection {
  readonly name: string;
  readonly base: string | null;
  /** Of kinds with supported models. */
  readonly folders: readonly string[];
}

const Section = z.looseObject({
  base_path: z.string().optional(),
  ...Object.fromEntries(KINDS.map((kind) => [kind, z.string().nullish()])),
});
const Config = z.record(z.string(), Section.nullable());

/**
 * The sections of ComfyUI's `extra_model_paths.yaml` (`utils/extra_config.py`).
 *
 * @param path absolute path of the file
 * @returns none if the file does not exist
 * @throws Error when it cannot be read: which file, what is wrong with it and where, and what to do
 */
export async function extraPathSections(path: string): Promise<ExtraPathSection[]> {
  const text = await textOf(path);
  if (text === null) return [];
  const { root, issues } = parseYaml(text);
  const [first] = issues.filter(isFault).sort((a, b) => a.span.start - b.span.start);
  if (first) throw defect(path, inWords(first), text, first.span.start);
  const config = Config.safeParse(valuesOf(path, text));
  if (!config.success) {
    const [name, key] = config.error.issues[0]!.path.map(String);
    throw defect(path, expected(name, key), text, placeOf(root, name, key));
  }
  return Object.entries(config.data).flatMap(([name, section]) => {
    if (section === null) return [];
    const folders = KINDS.flatMap((kind) => {
      const lines = section[kind];
      return typeof lines === 'string' ? lines.split('\n').map((line) => line.trim()) : [];
    });
    return [{ name, base: section.base_path ?? null, folders: folders.filter((line) => line !== '') }];
  });
}

/** Null if there is no such file. */
async function textOf(path: string): Promise<string | null> {
  const why = await whyUnreadable(path);
  if (why !== null) throw new Error(`${path} ${why}`);
  const info = await stat(path).catch(() => null);
  if (info === null) return null;
  if (!info.isFile()) throw new Error(`${path} is not a file. Move or rename it.`);
  if (info.size > MOST_BYTES) {
    const size = `${Math.round(info.size / 1000)} kB`;
    throw defect(path, `it has ${size}, which is too much for a list of folders`);
  }
  const bytes = await readFile(path);
  try {
    // Without the byte order mark.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return text;
  } catch {
    // Reported below.
  }
  throw defect(path, 'it is not text in UTF-8');
}

function defect(path: string, what: string, text = '', offset: number | null = null): Error {
  const lines = text.slice(0, offset ?? 0).split('\n');
  const where = offset === null ? '' : ` (line ${lines.length}, column ${lines.at(-1)!.length + 1})`;
  return new Error(`${path} cannot be read: ${what}${where}. Correct it, or remove the file.`);
}

type Fault = Extract<SettingIssue, { readonly kind: 'front-matter-syntax' }>;

/** ComfyUI's parser reads anchors, and keys that occur twice, of which the last one counts. */
const isFault = (issue: SettingIssue): issue is Fault =>
  issue.kind === 'front-matter-syntax' && issue.reason !== 'alias';

const FAULTS: Readonly<Partial<Record<SyntaxIssue['reason'], string>>> = {
  'not-a-setting': 'this line is not “key: value”',
  'too-deep': 'its values are nested too deeply',
  'ends-early': 'it has a second document',
  tag: 'YAML tags are not supported',
  'open-list': 'a list is never closed',
  'open-map': 'a map in braces is never closed',
  'open-quote': 'a value has no closing quotation mark',
  'missing-comma': 'a comma is missing between two values',
  tab: 'a tab cannot indent a line',
  'key-not-a-word': 'a key must be a word',
  unquoted: 'this value must be in quotes',
  backslash: 'in double quotes, a backslash begins an escape',
};

const NOT_YAML = 'it is not valid YAML';

const inWords = (issue: Fault): string => FAULTS[issue.reason] ?? NOT_YAML;

/** The values, with anchors replaced as ComfyUI's parser does. @param text without syntax errors */
function valuesOf(path: string, text: string): unknown {
  try {
    return parse(text, { uniqueKeys: false, merge: true, logLevel: 'error' }) ?? {};
  } catch (error) {
    throw defect(path, aliasFault(messageOf(error)));
  }
}

/** @param message of the YAML library, about what is not syntax */
function aliasFault(message: string): string {
  const alias = /^Unresolved alias [^\n]*: (\S+)/.exec(message)?.[1];
  if (alias !== undefined) return `“*${alias}” refers to an anchor that is not defined before it`;
  if (message.startsWith('Excessive alias count')) return 'its aliases repeat too many values';
  if (message.startsWith('Merge sources')) return '“<<” must be followed by a map, or by the alias of one';
  return NOT_YAML;
}

/** @param name of the section with the error, and the key in it, if they exist */
function expected(name: string | undefined, key: string | undefined): string {
  if (name === undefined) return 'it must have sections, such as “comfyui:”, with one kind of model per line';
  if (key === undefined) return `“${name}” must have indented lines, such as “vae: models/vae”`;
  return `“${key}” must be one folder path${key === 'base_path' ? '' : ', or several on separate lines after “|”'}`;
}

/** The offset of a value; that of the nearest one around it if it comes from an anchor. */
function placeOf(root: YamlValue | null, ...keys: readonly (string | undefined)[]): number | null {
  let value = root;
  for (const key of keys) {
    const inner = value?.kind === 'map' && key !== undefined ? entry(value, key) : undefined;
    if (inner) value = inner;
  }
  return value?.span.start ?? null;
}

const entry = (map: YamlMap, name: string) => map.entries.find(({ key }) => key === name)?.value;
