import { readFile, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { expandHome } from './home.ts';

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

const LONGEST_FILE = 1_000_000;

const Section = z.looseObject({ base_path: z.string().optional() });
const Config = z.record(z.string(), Section.nullable());

/**
 * The folders that ComfyUI's `extra_model_paths.yaml` adds (`utils/extra_config.py`): sections with a `base_path` and,
 * for each kind, one folder a line.
 *
 * @param path absolute path of the file
 * @returns absolute paths; none if the file does not exist
 * @throws Error when it cannot be read
 */
export async function extraModelPaths(path: string): Promise<string[]> {
  const info = await stat(path).catch(() => null);
  if (!info?.isFile()) return [];
  if (info.size > LONGEST_FILE) throw new Error(`${path} is too large for a list of folders.`);
  const config = Config.safeParse(parse(await readFile(path, 'utf8')) ?? {});
  if (!config.success) throw new Error(`${path}: ${z.prettifyError(config.error)}`);
  const folders = Object.values(config.data).flatMap((section) => {
    const base = expanded(section?.base_path ?? '.');
    return KINDS.flatMap((kind) => {
      const lines = section?.[kind];
      if (typeof lines !== 'string') return [];
      const named = lines.split('\n').map((line) => line.trim());
      return named.filter((line) => line !== '').map((line) => resolve(dirname(path), base, expanded(line)));
    });
  });
  return [...new Set(folders)];
}

/** A path with the home folder and environment variables in it, as Python's `expanduser` and `expandvars`. */
function expanded(path: string): string {
  const home = expandHome(path);
  const filled = home.replace(/\$\{?(\w+)\}?|%(\w+)%/g, (written, posix?: string, windows?: string) => {
    return process.env[posix ?? windows ?? ''] ?? written;
  });
  return isAbsolute(filled) ? filled : join('.', filled);
}
