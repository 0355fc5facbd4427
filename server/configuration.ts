import { z } from 'zod';
import { DEFAULT_WILDCARD_FOLDERS } from '../grammar/wildcards/file.ts';

/** What belongs to the computer; `plan/machine.ts` reads the values. */
const MACHINE = {
  device: z.unknown().optional(),
  checkpoint: z.unknown().optional(),
  outputRoot: z.unknown().optional(),
  ffmpeg: z.unknown().optional(),
};

/** The settings under `travel` that the server uses; the others are the editor's. */
export const Configuration = z.object({
  /** Installations of AUTOMATIC1111, Forge or ComfyUI, or plain folders with model files. */
  modelFolders: z.array(z.string().min(1)).default([]),
  /** Folders with `name.txt` files for `__name__`; relative paths start in the document's folder. */
  wildcardFolders: z.array(z.string().min(1)).default([...DEFAULT_WILDCARD_FOLDERS]),
  ...MACHINE,
});
export type Configuration = z.output<typeof Configuration>;

/** `initializationOptions`: the same settings, for editors that do not send settings, and what the client can do. */
export const InitializationOptions = z.object({
  modelFolders: z.array(z.string().min(1)).optional(),
  wildcardFolders: z.array(z.string().min(1)).optional(),
  ...MACHINE,
  /** Commands that the client can run; code lenses are offered only for these. */
  commands: z.array(z.string()).default([]),
  /** Whether files may be read; false in a folder that the user does not trust. */
  disk: z.boolean().default(true),
});
export type InitializationOptions = z.output<typeof InitializationOptions>;

/**
 * The settings in force: the current ones over those from `initialize`.
 * @returns `reason` if the current ones are invalid
 */
export function readConfiguration(
  initial: Omit<InitializationOptions, 'commands' | 'disk'>,
  current: unknown,
): { readonly ok: true; readonly configuration: Configuration } | { readonly ok: false; readonly reason: string } {
  const parsed = InitializationOptions.omit({ commands: true, disk: true }).safeParse(current ?? {});
  if (!parsed.success) {
    return { ok: false, reason: `Invalid settings under “travel” are ignored: ${z.prettifyError(parsed.error)}` };
  }
  return { ok: true, configuration: Configuration.parse({ ...initial, ...parsed.data }) };
}
