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
