/** Endings of clips that a render writes, in the order in which the player prefers them. */
export const CLIP_ENDINGS = ['webp', 'gif', 'png', 'apng', 'mp4', 'webm', 'mov', 'mkv'] as const;

/** Endings of images and videos that *Import…* and *Open as Travel* read: those of renders, and of other tools. */
export const MEDIA_ENDINGS = [...CLIP_ENDINGS, 'jpg', 'jpeg'] as const;

/** Endings of texts that they read. */
export const TEXT_ENDINGS = ['json', 'txt'] as const;

/** Of what is offered by its name: contents decide when it is read. */
export const IMPORT_ENDINGS: readonly string[] = [...MEDIA_ENDINGS, ...TEXT_ENDINGS];

/** Folders of renders of this program, of A1111 and of ComfyUI, in which text files are parameters. */
export const RENDER_FOLDERS = ['renders', 'outputs', 'output'] as const;

/** Whether a file is offered for import by its name. */
export const isImportName = (name: string): boolean =>
  IMPORT_ENDINGS.includes(/\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '');
