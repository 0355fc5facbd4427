import { z } from 'zod';
import { DEFAULT_WILDCARD_FOLDERS } from '../grammar/wildcards/file.ts';

/** What an editor may set under `travel`; the rest of its settings is the editor's own business. */
export const Configuration = z.object({
  /** Installations of AUTOMATIC1111, Forge or ComfyUI, or plain folders with model files. */
  modelFolders: z.array(z.string().min(1)).default([]),
  /** Folders with `name.txt` files for `__name__`; relative ones start beside the document. */
  wildcardFolders: z.array(z.string().min(1)).default([...DEFAULT_WILDCARD_FOLDERS]),
});
export type Configuration = z.output<typeof Configuration>;

/** `initializationOptions`: the same settings for editors that send no others, and what the client can do. */
export const InitializationOptions = z.object({
  modelFolders: z.array(z.string().min(1)).optional(),
  wildcardFolders: z.array(z.string().min(1)).optional(),
  /** Commands that the client carries out; lenses are offered for these only. */
  commands: z.array(z.string()).default([]),
  /** Whether files may be read; an editor that knows of trust says no of a folder that is not trusted. */
  disk: z.boolean().default(true),
});
export type InitializationOptions = z.output<typeof InitializationOptions>;

/**
 * The settings in force: what the editor says now, over what it said at the start.
 * @returns why they cannot be used, where they are not what they should be
 */
export function readConfiguration(
  initial: Pick<InitializationOptions, 'modelFolders' | 'wildcardFolders'>,
  current: unknown,
): { readonly ok: true; readonly configuration: Configuration } | { readonly ok: false; readonly reason: string } {
  const parsed = InitializationOptions.omit({ commands: true, disk: true }).safeParse(current ?? {});
  if (!parsed.success) {
    return { ok: false, reason: `The settings under "travel" are not used: ${z.prettifyError(parsed.error)}` };
  }
  return { ok: true, configuration: Configuration.parse({ ...initial, ...parsed.data }) };
}
