// zod/mini, because the full package would double the time that the extension takes to load.
import * as z from 'zod/mini';

/** Request: an open document as text for AUTOMATIC1111's two prompt boxes. */
export const A1111_PROMPT = 'travel/a1111Prompt';

export const A1111PromptRequest = z.object({ uri: z.string() });
export type A1111PromptRequest = z.infer<typeof A1111PromptRequest>;

export const A1111PromptAnswer = z.object({
  prompt: z.string(),
  /** For the box of the negative prompt. */
  negative: z.string(),
  /** What `prompt` does not contain, and what has another effect there, one sentence each. */
  lost: z.array(z.string()),
});
export type A1111PromptAnswer = z.infer<typeof A1111PromptAnswer>;

/**
 * Request: text that is about to be pasted into an open document, with its JSON or Python schedules as keyframes and
 * its generation parameters as settings.
 */
export const CONVERT_SCHEDULE = 'travel/convertSchedule';

export const ConvertScheduleRequest = z.object({
  uri: z.string(),
  /** The position at which it is pasted. */
  position: z.object({ line: z.number(), character: z.number() }),
  text: z.string(),
});
export type ConvertScheduleRequest = z.infer<typeof ConvertScheduleRequest>;

export const ConvertScheduleAnswer = z.object({
  /** null if there is nothing to convert, or if a keyframe is not possible at the position. */
  text: z.nullable(z.string()),
  /** What to insert into the document's settings, at a place before the pasted text; null if nothing. */
  settings: z.nullable(z.object({ position: z.object({ line: z.number(), character: z.number() }), text: z.string() })),
  /** What could not be carried over. */
  notes: z.array(z.string()),
});
export type ConvertScheduleAnswer = z.infer<typeof ConvertScheduleAnswer>;

/** Request: the edit of an open document that names a video or a folder of images as its input. */
export const NAME_INPUT = 'travel/nameInput';

export const NameInputRequest = z.object({
  uri: z.string(),
  /** In a ControlNet unit: the input becomes that of the unit. */
  position: z.object({ line: z.number(), character: z.number() }),
  /** As the document names it. */
  path: z.string(),
  /** `folder`: its images are the frames of a video. */
  kind: z.enum(['video', 'folder']),
});
export type NameInputRequest = z.infer<typeof NameInputRequest>;
export type InputKind = NameInputRequest['kind'];

/** What to insert; null if the unit or the document names an input already. */
export const NameInputAnswer = z.nullable(
  z.object({
    position: z.object({ line: z.number(), character: z.number() }),
    text: z.string(),
    /** Whether it becomes the input of a unit. */
    isUnit: z.boolean(),
  }),
);
export type NameInputAnswer = z.infer<typeof NameInputAnswer>;

/** Request: text of another tool as a `.travel` file. */
export const IMPORT = 'travel/import';

/** Which clip to import of a workflow that makes several. */
export const ClipChoice = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('first') }),
  /** One of those that an answer lists. */
  z.object({ kind: z.literal('chosen'), id: z.string() }),
]);
export type ClipChoice = z.infer<typeof ClipChoice>;

export const ImportRequest = z.object({
  /** The text of a file, or the texts in an image or video with the names of their fields. */
  texts: z.array(z.object({ field: z.optional(z.string()), text: z.string() })),
  clip: z._default(ClipChoice, { kind: 'first' }),
});
export type ImportRequest = z.infer<typeof ImportRequest>;

/** One of several clips of a workflow. */
export const ClipOption = z.object({
  id: z.string(),
  /** Of the node that makes it. */
  title: z.string(),
  frames: z.number(),
  /** Pixels; null if it is not in the workflow. */
  size: z.nullable(z.object({ width: z.number(), height: z.number() })),
  /** How its prompt begins. */
  prompt: z.string(),
});
export type ClipOption = z.infer<typeof ClipOption>;

export const ImportAnswer = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    /** As `travel import` names it. */
    format: z.string(),
    /** As in a rendered file, or formatted. */
    travel: z.string(),
    /** What could not be carried over, one or more sentences each. */
    notes: z.array(z.string()),
    /** All clips of a workflow that makes several, that of the choice `first` first; empty if there is one. */
    clips: z.array(ClipOption),
    /** Those of the notes that change the clip. */
    warnings: z.array(z.string()),
  }),
  /** Why it cannot be imported. */
  z.object({ ok: z.literal(false), message: z.string() }),
]);
export type ImportAnswer = z.infer<typeof ImportAnswer>;

/** Request: an open document in the format of another tool. */
export const EXPORT = 'travel/export';

/** The formats, as `travel export --to` names them. */
export const EXPORT_TARGETS = ['a1111-prompt', 'webui-api', 'fizz', 'cli', 'deforum', 'comfy-api', 'infotext'] as const;
export type ExportTarget = (typeof EXPORT_TARGETS)[number];

export const ExportRequest = z.object({
  uri: z.string(),
  to: z.enum(EXPORT_TARGETS),
  /** How transitions such as `ease` are written: as linear ones, or with further keyframes. */
  easing: z._default(z.enum(['linear', 'keys']), 'linear'),
});
export type ExportRequest = z.infer<typeof ExportRequest>;

export const ExportAnswer = z.object({
  /** The whole file. */
  text: z.string(),
  isJson: z.boolean(),
  /** Whether `easing: 'keys'` would come closer. */
  hasLostEasing: z.boolean(),
  /** What a person needs besides the file, and what it cannot hold; one or more sentences each. */
  notes: z.array(z.string()),
});
export type ExportAnswer = z.infer<typeof ExportAnswer>;

/*
 * Requests from a server in a browser to its client, which can read the workspace and the extension's own files.
 */

/** Request: the content of a text file in the workspace. */
export const READ_TEXT = 'travel/readText';

export const ReadTextRequest = z.object({ uri: z.string() });

/** Request: the byte-pair merges of CLIP's vocabulary, which is part of the extension. */
export const CLIP_MERGES = 'travel/clipMerges';

/** null if the file does not exist or is not valid UTF-8. */
export const TextAnswer = z.object({ text: z.nullable(z.string()) });
export type TextAnswer = z.infer<typeof TextAnswer>;

/** Request: the `.txt` files in a folder and its subfolders. */
export const LIST_TEXTS = 'travel/listTexts';

export const ListTextsRequest = z.object({ folder: z.string() });

/** Request: the files and folders in a folder. */
export const LIST_FOLDER = 'travel/listFolder';

export const ListFolderRequest = z.object({ folder: z.string() });

/** Empty if the folder does not exist. */
export const ListFolderAnswer = z.object({
  entries: z.array(z.object({ name: z.string(), isFolder: z.boolean() })),
});
export type ListFolderAnswer = z.infer<typeof ListFolderAnswer>;

/** Empty if the folder does not exist. */
export const ListTextsAnswer = z.object({ uris: z.array(z.string()) });
export type ListTextsAnswer = z.infer<typeof ListTextsAnswer>;
