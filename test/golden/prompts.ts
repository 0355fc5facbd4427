import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { Emphasis } from '../../plan/plan.ts';
import { parseAttention } from '../../prompt/attention.ts';
import { chunkPrompt } from '../../prompt/chunks.ts';
import { ClipTokenizer } from '../../prompt/clip-tokenizer.ts';
import { stripWebuiComments } from '../../prompt/comments.ts';
import { splitComposition } from '../../prompt/composition.ts';
import { applyEmphasis } from '../../prompt/emphasis.ts';
import { parseExtraNetworks, readLora } from '../../prompt/extra-networks.ts';
import { scheduleSteps } from '../../prompt/step-schedule.ts';
import type { Checker, GoldenCase, Outcome } from './case.ts';
import { compareOutputs } from './compare.ts';

/** CLIP's byte-pair merges, one per line. */
export function clipMerges(): string {
  return gunzipSync(readFileSync(join(process.cwd(), 'models/clip/merges.txt.gz'))).toString('utf8');
}

let tokenizer: ClipTokenizer | undefined;

/** The tokenizer with CLIP's own merges, created once. */
export function clipTokenizer(): ClipTokenizer {
  tokenizer ??= new ClipTokenizer(clipMerges());
  return tokenizer;
}

/** Numbers are compared with a relative tolerance of 1e-9, everything else exactly. */
function same(actual: unknown, expected: unknown): boolean {
  if (typeof actual === 'number' && typeof expected === 'number') {
    return actual === expected || Math.abs(actual - expected) <= 1e-9 * Math.abs(expected);
  }
  if (Array.isArray(actual) && Array.isArray(expected)) {
    return actual.length === expected.length && actual.every((item, i) => same(item, expected[i]));
  }
  return actual === expected;
}

interface Comparison {
  readonly about: string;
  readonly actual: unknown;
  readonly expected: unknown;
}

function outcomeOf(questions: readonly Comparison[]): Outcome {
  const wrong = questions.filter(({ actual, expected }) => !same(actual, expected));
  if (questions.length === 0) return { status: 'failed', detail: 'nothing was compared' };
  if (wrong.length === 0) return { status: 'passed', detail: `${questions.length} texts` };
  const [first] = wrong;
  const shown = [first!.about, first!.actual, first!.expected].map((value) => JSON.stringify(value).slice(0, 300));
  return {
    status: 'failed',
    detail: `${wrong.length} of ${questions.length}; first ${shown[0]}: got ${shown[1]}, expected ${shown[2]}`,
  };
}

/** A checker that makes one or more comparisons for each text in the manifest. */
function textChecker<T extends z.ZodType>(shape: T, ask: (manifest: z.output<T>) => Comparison[]): Checker {
  return (golden: GoldenCase) => outcomeOf(ask(shape.parse(golden.manifest)));
}

const Pairs = z.array(z.tuple([z.string(), z.number()]));
const Schedule = z.array(z.tuple([z.number(), z.string()]));

const attentionPairs = (prompt: string) => parseAttention(prompt).map(({ text, weight }) => [text, weight]);

/** If A1111 raises an error, our parser only must not throw. */
function askAttention(prompt: string, expected: z.output<typeof Pairs> | undefined): Comparison {
  const actual = attentionPairs(prompt);
  return { about: prompt, actual, expected: expected ?? actual };
}

const attention = textChecker(
  z.looseObject({ cases: z.array(z.looseObject({ prompt: z.string(), parsed: Pairs.optional() })) }),
  ({ cases }) => cases.map(({ prompt, parsed }) => askAttention(prompt, parsed)),
);

const peerAttention = textChecker(
  z.looseObject({ cases: z.array(z.looseObject({ text: z.string(), out: Pairs.optional() })) }),
  ({ cases }) => cases.map(({ text, out }) => askAttention(text, out)),
);

const schedulePairs = (...args: Parameters<typeof scheduleSteps>) =>
  scheduleSteps(...args).map(({ untilStep, text }) => [untilStep, text]);

const schedules = textChecker(
  z.looseObject({
    cases: z.array(
      z.looseObject({
        prompt: z.string(),
        steps: z.int(),
        hires_steps: z.int().nullish(),
        use_old_scheduling: z.boolean().optional(),
        schedule: Schedule,
      }),
    ),
    AND: z
      .looseObject({
        cases: z.array(
          z.looseObject({ prompt: z.string(), parts: z.array(z.object({ text: z.string(), weight: z.number() })) }),
        ),
      })
      .optional(),
    comments: z.looseObject({ cases: z.array(z.looseObject({ prompt: z.string(), stripped: z.string() })) }).optional(),
  }),
  ({ cases, AND, comments }) => [
    ...cases.map(({ prompt, steps, hires_steps, use_old_scheduling, schedule }) => ({
      about: prompt,
      actual: schedulePairs(prompt, {
        steps,
        hiresSteps: hires_steps ?? null,
        oldScheduling: use_old_scheduling ?? false,
      }),
      expected: schedule,
    })),
    ...(AND?.cases ?? []).map(({ prompt, parts }) => ({
      about: prompt,
      actual: splitComposition(prompt).map(({ text, weight }) => [text, weight]),
      expected: parts.map(({ text, weight }) => [text, weight]),
    })),
    ...(comments?.cases ?? []).map(({ prompt, stripped }) => ({
      about: prompt,
      actual: stripWebuiComments(prompt),
      expected: stripped,
    })),
  ],
);

const peerSchedule = textChecker(
  z.looseObject({ cases: z.array(z.looseObject({ text: z.string(), steps: z.int(), out: Schedule })) }),
  ({ cases }) =>
    cases.map(({ text, steps, out }) => ({ about: text, actual: schedulePairs(text, { steps }), expected: out })),
);

/** `out` is a pair: for each prompt its parts as [index of the text, weight], and the distinct texts. */
const peerAnd = textChecker(
  z.looseObject({
    cases: z.array(
      z.looseObject({
        text: z.string(),
        out: z.tuple([z.array(z.array(z.tuple([z.int(), z.number()]))), z.array(z.string())]),
      }),
    ),
  }),
  ({ cases }) =>
    cases.map(({ text, out: [prompts, texts] }) => ({
      about: text,
      actual: splitComposition(text).map((part) => [part.text, part.weight]),
      expected: prompts.flat().map(([index, weight]) => [texts[index], weight]),
    })),
);

const chunks = textChecker(
  z.looseObject({
    cases: z.array(
      z.looseObject({
        prompt: z.string(),
        comma_padding_backtrack: z.int(),
        chunks: z.array(z.looseObject({ tokens: z.array(z.int()), multipliers: z.array(z.number()) })),
      }),
    ),
  }),
  ({ cases }) =>
    cases.map(({ prompt, comma_padding_backtrack: backtrack, chunks: expected }) => {
      const { endId } = clipTokenizer();
      const fill = (values: readonly number[], value: number) =>
        Array.from({ length: 77 }, (_, i) => values[i] ?? value);
      return {
        about: prompt,
        actual: chunkPrompt(prompt, { tokenizer: clipTokenizer(), backtrack }).map((chunk) => [
          chunk.ids,
          chunk.multipliers,
        ]),
        expected: expected.map(({ tokens, multipliers }) => [fill(tokens, endId), fill(multipliers, 1)]),
      };
    }),
);

const tokens = textChecker(
  z.looseObject({
    cases: z.array(z.looseObject({ text: z.string(), ids: z.array(z.int()) })),
  }),
  ({ cases }) => cases.map(({ text, ids }) => ({ about: text, actual: clipTokenizer().encode(text), expected: ids })),
);

const extraNetworks = textChecker(
  z.looseObject({
    cases: z.array(
      z.looseObject({
        prompt: z.string(),
        cleaned: z.string(),
        networks: z.record(
          z.string(),
          z.array(z.looseObject({ positional: z.array(z.string()), named: z.record(z.string(), z.string()) })),
        ),
        lora: z
          .object({
            names: z.array(z.string()),
            te: z.array(z.number()),
            unet: z.array(z.number()),
            dyn: z.array(z.number().nullable()),
          })
          .optional(),
        lora_error: z.string().optional(),
      }),
    ),
  }),
  ({ cases }) =>
    cases.flatMap(({ prompt, cleaned, networks: expected, lora, lora_error }) => {
      const { text, networks } = parseExtraNetworks(prompt);
      const ofType = (type: string) => networks.filter((network) => network.type === type);
      const loras = ofType('lora').map(readLora);
      const questions: Comparison[] = [
        { about: prompt, actual: text, expected: cleaned },
        {
          about: prompt,
          actual: new Set(networks.map(({ type }) => type)).size,
          expected: Object.keys(expected).length,
        },
        ...Object.entries(expected).map(([type, list]) => ({
          about: prompt,
          actual: ofType(type).map(({ positional, named }) => [positional, [...named].flat()]),
          expected: list.map(({ positional, named }) => [positional, Object.entries(named).flat()]),
        })),
      ];
      if (lora) {
        questions.push({
          about: prompt,
          actual: loras.map((tag) => (tag.ok ? [tag.name, tag.te, tag.unet, tag.dyn] : tag.problem)),
          expected: lora.names.map((name, i) => [name, lora.te[i], lora.unet[i], lora.dyn[i]]),
        });
      }
      if (lora_error) questions.push({ about: prompt, actual: loras.every(({ ok }) => ok), expected: false });
      return questions;
    }),
);

/** One prompt, or several that are encoded in one call. */
const EmphasisInput = z
  .object({ emphasis: Emphasis, clip_skip: z.int() })
  .and(
    z.union([
      z.object({ prompts: z.array(z.string()).min(1) }),
      z.object({ prompt: z.string() }).transform(({ prompt }) => ({ prompts: [prompt] })),
    ]),
  );
type EmphasisInput = z.infer<typeof EmphasisInput>;

/** Encodes one chunk's 77 ids with the manifest's text encoder: `[77, width]`. */
export type ChunkEncoder = (ids: readonly number[], clipSkip: number) => Promise<Float32Array>;

/** Check every output of `prompts/emphasis` with a text encoder. */
export async function checkEmphasis(golden: GoldenCase, encode: ChunkEncoder): Promise<Outcome> {
  const inputs = z.record(z.string(), EmphasisInput).parse(golden.manifest.inputs);
  const outputs: Record<string, Float32Array> = {};
  for (const [name, input] of Object.entries(inputs)) outputs[name] = await encodePrompts(input, encode);
  return compareOutputs(golden, outputs);
}

/**
 * Prompts encoded in one call as in A1111, the i-th chunks of all prompts in one batch: `[prompts, 77 · chunks,
 * width]`.
 */
async function encodePrompts(input: EmphasisInput, encode: ChunkEncoder): Promise<Float32Array> {
  const { emphasis, prompts } = input;
  const chunked = prompts.map((prompt) => chunkPrompt(prompt, { tokenizer: clipTokenizer(), emphasis }));
  const rows: Float32Array[][] = prompts.map(() => []);
  for (let i = 0; i < chunked[0]!.length; i++) {
    const batch = await Promise.all(
      chunked.map(async (prompt) => ({
        encoded: await encode(prompt[i]!.ids, input.clip_skip),
        multipliers: prompt[i]!.multipliers,
      })),
    );
    for (const [row, values] of applyEmphasis(emphasis, batch).entries()) rows[row]!.push(values);
  }
  return Float32Array.from(rows.flat().flatMap((values) => [...values]));
}

/**
 * Checks emphasis without a text encoder: "Original" and "No norm" are computed from the encoding without emphasis
 * ("Ignore") that the case has for the same prompt.
 */
const emphasisFromPlain: Checker = (golden) => {
  const inputs = Object.entries(z.record(z.string(), EmphasisInput).parse(golden.manifest.inputs));
  const outputs: Record<string, Float32Array> = {};
  for (const [name, { prompts, emphasis, clip_skip }] of inputs) {
    const plain = inputs.find(
      ([, other]) => other.emphasis === 'Ignore' && same(other.prompts, prompts) && same(other.clip_skip, clip_skip),
    );
    if (!plain || prompts.length > 1 || emphasis === 'None') continue;
    const { data } = golden.tensor(plain[0]);
    if (!(data instanceof Float32Array)) throw new Error(`${golden.id}: "${plain[0]}" is not float32`);
    const chunked = chunkPrompt(prompts[0]!, { tokenizer: clipTokenizer(), emphasis });
    const length = data.length / chunked.length;
    const encoded = chunked.flatMap(({ multipliers }, i) =>
      applyEmphasis(emphasis, [{ encoded: data.subarray(i * length, (i + 1) * length), multipliers }]),
    );
    outputs[name] = Float32Array.from(encoded.flatMap((values) => [...values]));
  }
  return Object.keys(outputs).length > 1
    ? compareOutputs(golden, outputs)
    : { status: 'skipped', detail: 'no prompt has encodings with and without emphasis' };
};

export const checkers: Record<string, Checker> = {
  'prompts/attention': attention,
  'prompts/chunks': chunks,
  'prompts/emphasis': emphasisFromPlain,
  'prompts/extra_networks': extraNetworks,
  'prompts/schedules': schedules,
  'prompts/tokenizer': tokens,
  'peers/a1111_and': peerAnd,
  'peers/a1111_attention': peerAttention,
  'peers/a1111_schedule': peerSchedule,
};
