import { z } from 'zod';
import { ClipInputs } from '../plan/clip-inputs.ts';

/** Request: what guides the clip of an open document. The answer is for its latest version. */
export const INPUTS = 'travel/inputs';
export const InputsRequest = z.strictObject({ uri: z.string() });
export type InputsRequest = z.infer<typeof InputsRequest>;

/** null if nothing guides the clip, if files are not read, or if the document is not open. */
export const InputsAnswer = ClipInputs.nullable();
export type InputsAnswer = z.infer<typeof InputsAnswer>;
