// The small zod: the whole one would double the time that the extension takes to load.
import * as z from 'zod/mini';

/** Request: an open document as a prompt for AUTOMATIC1111's prompt box. */
export const A1111_PROMPT = 'travel/a1111Prompt';

export const A1111PromptRequest = z.object({ uri: z.string() });
export type A1111PromptRequest = z.infer<typeof A1111PromptRequest>;

export const A1111PromptAnswer = z.object({
  prompt: z.string(),
  /** What the prompt box cannot hold, one sentence each. */
  lost: z.array(z.string()),
});
export type A1111PromptAnswer = z.infer<typeof A1111PromptAnswer>;

/** Request: a text that is about to be pasted into an open document, with its JSON or Python schedules as keyframes. */
export const CONVERT_SCHEDULE = 'travel/convertSchedule';

export const ConvertScheduleRequest = z.object({
  uri: z.string(),
  /** Where it is pasted. */
  position: z.object({ line: z.number(), character: z.number() }),
  text: z.string(),
});
export type ConvertScheduleRequest = z.infer<typeof ConvertScheduleRequest>;

/** null where the text holds no schedule, or where no keyframe can stand. */
export const ConvertScheduleAnswer = z.object({ text: z.nullable(z.string()) });

/*
 * What a server in a browser asks of its client, which has the workspace's file system and knows where the extension's
 * own files are.
 */

/** Request: a text file of the workspace. */
export const READ_TEXT = 'travel/readText';

export const ReadTextRequest = z.object({ uri: z.string() });

/** Request: the byte-pair merges of CLIP's vocabulary, which the extension brings along. */
export const CLIP_MERGES = 'travel/clipMerges';

/** null where there is no such file, or it is no UTF-8. */
export const TextAnswer = z.object({ text: z.nullable(z.string()) });
export type TextAnswer = z.infer<typeof TextAnswer>;

/** Request: the `.txt` files in a folder and in those below it. */
export const LIST_TEXTS = 'travel/listTexts';

export const ListTextsRequest = z.object({ folder: z.string() });

/** Empty where there is no such folder. */
export const ListTextsAnswer = z.object({ uris: z.array(z.string()) });
export type ListTextsAnswer = z.infer<typeof ListTextsAnswer>;
