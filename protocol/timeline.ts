// zod/mini: the preview page and the extension load these schemas when they start.
import * as z from 'zod/mini';

const Frame = z.int().check(z.nonnegative());

/** As `z.array(z.number())`, which takes 20 times as long for the 180,000 numbers of a long clip. */
const Numbers = z.custom<number[]>((value) => Array.isArray(value) && value.every(Number.isFinite));

/** A keyframe that is used, in the order of the clip. */
export interface TimelineKey {
  /** 0-based line of its position in the text. */
  readonly line: number;
  /** Index among the keyframes in the order of the text: what edits refer to. */
  readonly index: number;
  readonly frame: number;
  /** Last frame of its hold; `frame` without a hold. */
  readonly holdEnd: number;
  /** The transition to this keyframe: `cut`, `hold` or an easing, as it is written. */
  readonly transition: string;
  /** Of the positive prompt of the keyframe, cut off if it is long. */
  readonly text: string;
  /** Of `--neg`; empty without one. */
  readonly negative: string;
}

const isCount = (value: unknown) => Number.isInteger(value) && (value as number) >= 0;

/** As `z.array(z.strictObject(…))`, which takes longer for 20,000 keyframes than drawing them. */
const TimelineKeys = z.custom<TimelineKey[]>((value) => Array.isArray(value) && value.every(isTimelineKey));

function isTimelineKey(value: unknown): value is TimelineKey {
  if (typeof value !== 'object' || value === null) return false;
  const { line, index, frame, holdEnd, transition, text, negative, ...others } = value as Partial<TimelineKey>;
  return (
    [line, index, frame, holdEnd].every(isCount) &&
    [transition, text, negative].every((each) => typeof each === 'string') &&
    Object.keys(others).length === 0
  );
}

/** A number of every frame: `cfg_scale`, `motion_scale`, the weight of a LoRA or a ControlNet unit. */
export const TimelineLane = z.strictObject({
  /** As the file names it. A unit: its number and its preprocessor, or its model without one. */
  name: z.string(),
  /** The weight of a unit is 0 in frames on which it does not act. */
  kind: z.enum(['number', 'lora', 'unit']),
  /** Steps of a unit: the first and the last in which it acts, from 1; null: none. */
  steps: z.optional(z.nullable(z.strictObject({ first: Frame, last: Frame }))),
  /** One of each frame; a single one if it does not change. */
  values: Numbers,
});
export type TimelineLane = z.infer<typeof TimelineLane>;

export const TimelineProblem = z.strictObject({
  severity: z.enum(['error', 'warning', 'information']),
  /** 0-based. */
  line: Frame,
  /** Of the keyframe that the problem is in; null for the settings, the head and the tail. */
  frame: z.nullable(Frame),
  message: z.string(),
});
export type TimelineProblem = z.infer<typeof TimelineProblem>;

export const TimelineMix = z.strictObject({
  /** Whether the last keyframe is mixed with the first across the end of the clip. */
  closed: z.boolean(),
  /**
   * Indices of the only `keys` that are mixed, linearly and without holds, as sd-webui-animatediff does; null: all of
   * them, with their holds and transitions.
   */
  plain: z.nullable(z.array(Frame)),
});
export type TimelineMix = z.infer<typeof TimelineMix>;

/** What the preview draws of a text, also if it has errors. */
export const Timeline = z.strictObject({
  /** Frames of the clip, at least 1. */
  frames: z.int().check(z.positive()),
  /** Frames per second, above 0: of the text's frames. New frames between them take a part of their time. */
  fps: z.number().check(z.positive()),
  /** What is written, if frame interpolation adds frames; absent: as above. */
  written: z.optional(z.strictObject({ frames: z.int().check(z.positive()), fps: z.number().check(z.positive()) })),
  width: z.int().check(z.positive()),
  height: z.int().check(z.positive()),
  /** That the sampler makes: a DDIM sampler makes 62 of `steps: 60`. */
  steps: z.int().check(z.positive()),
  /** As the file sets them. */
  settingSteps: z.int().check(z.positive()),
  keys: TimelineKeys,
  /** How the frames mix the keyframes (`timeline-mix.ts`); null if they mix none. */
  mix: z.nullable(TimelineMix),
  lanes: z.array(TimelineLane),
  problems: z.array(TimelineProblem),
});
export type Timeline = z.infer<typeof Timeline>;

/** Request: what to draw of an open document. */
export const TIMELINE = 'travel/timeline';

/** The answer is for the latest version of the document, which may be later than the one that was last sent. */
export const TimelineRequest = z.strictObject({ uri: z.string() });
export type TimelineRequest = z.infer<typeof TimelineRequest>;

/** null if the document is not open. */
export const TimelineAnswer = z.nullable(
  z.strictObject({
    version: z.int(),
    timeline: Timeline,
    /** Absolute path of the folder that has all renders of the file; null if files are not read, or not known. */
    outputFolder: z.nullable(z.string()),
  }),
);
export type TimelineAnswer = z.infer<typeof TimelineAnswer>;

/**
 * Notification without parameters: timelines of documents may differ although their text is the same, because files or
 * a seed have changed. Only a client that requests timelines gets it.
 */
export const TIMELINES_CHANGED = 'travel/timelinesChanged';

/** A prompt of one frame, as it is encoded. */
export const MixedPrompt = z.strictObject({
  from: z.string(),
  /** The same as `from` in a frame with one prompt. */
  to: z.string(),
  /** The share of `to`, from 0 to 1. */
  t: z.number(),
  /** Tokens in each chunk of 75 of both prompts; empty if they cannot be counted. */
  tokens: z.strictObject({ from: z.array(Frame), to: z.array(Frame) }),
});
export type MixedPrompt = z.infer<typeof MixedPrompt>;

/** Everything about one frame. */
export const FrameDetails = z.strictObject({
  frame: Frame,
  seconds: z.number(),
  positive: MixedPrompt,
  negative: MixedPrompt,
  /** Seed of the frame's noise; null if the seed is not known yet. */
  seed: z.nullable(z.int().check(z.nonnegative())),
  /** Numbers that the frame is rendered with: `cfg_scale`, `motion_scale`, and LoRA weights. */
  values: z.array(z.strictObject({ name: z.string(), value: z.number() })),
  /**
   * Context windows of the first step that cover the frame: their frames, in order, and the share that each has in the
   * frame, from 0 to 1. Empty if errors stop the render.
   */
  windows: z.array(z.strictObject({ frames: z.array(Frame), weight: z.number() })),
});
export type FrameDetails = z.infer<typeof FrameDetails>;

/** Request: the details of a frame, and the windows of a step. */
export const FRAME_DETAILS = 'travel/frameDetails';
export const FrameDetailsRequest = z.strictObject({ uri: z.string(), frame: Frame });
export type FrameDetailsRequest = z.infer<typeof FrameDetailsRequest>;

/** null if the document is not open, does not have the frame, or its prompts cannot be assembled. */
export const FrameDetailsAnswer = z.nullable(FrameDetails);
export type FrameDetailsAnswer = z.infer<typeof FrameDetailsAnswer>;

/** Request: the context windows of one step of the sampler. */
export const STEP_WINDOWS = 'travel/stepWindows';
/** `step` is 0-based. */
export const StepWindowsRequest = z.strictObject({ uri: z.string(), step: Frame });
export type StepWindowsRequest = z.infer<typeof StepWindowsRequest>;

/** Each window's first frame, stride and length, as in a plan; null if the document is not open or has errors. */
export const StepWindowsAnswer = z.nullable(
  z.array(z.strictObject({ start: Frame, stride: z.int().check(z.positive()), length: z.int().check(z.positive()) })),
);
export type StepWindowsAnswer = z.infer<typeof StepWindowsAnswer>;

/** A change of the keyframes. `index` is the one of `TimelineKey`. */
export const KeyframeEdit = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('moveKey'), index: Frame, frame: Frame }),
  /** A hold that ends at its keyframe is removed. */
  z.strictObject({ kind: z.literal('moveHoldEnd'), index: Frame, frame: Frame }),
  z.strictObject({ kind: z.literal('insertKey'), frame: Frame }),
  /** null: the transition of the settings. */
  z.strictObject({ kind: z.literal('setTransition'), index: Frame, transition: z.nullable(z.string()) }),
  /** Scales all keyframes with `frames`. */
  z.strictObject({ kind: z.literal('changeLength'), frames: z.int().check(z.positive()) }),
  /** Moves a keyframe and all later ones. @param by frames, may be negative */
  z.strictObject({ kind: z.literal('shiftKeys'), index: Frame, by: z.int() }),
  z.strictObject({ kind: z.literal('distributeEvenly') }),
  z.strictObject({ kind: z.literal('reverse') }),
]);
export type KeyframeEdit = z.infer<typeof KeyframeEdit>;

/** Request: a change of the keyframes as edits of the text, for one version of it. */
export const KEYFRAME_EDIT = 'travel/keyframeEdit';
export const KeyframeEditRequest = z.strictObject({ uri: z.string(), version: z.int(), edit: KeyframeEdit });
export type KeyframeEditRequest = z.infer<typeof KeyframeEditRequest>;

const Place = z.strictObject({ line: Frame, character: Frame });

/** `refused`: one sentence. `outdated`: the server has another version. */
export const KeyframeEditAnswer = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('edits'),
    edits: z.array(z.strictObject({ range: z.strictObject({ start: Place, end: Place }), newText: z.string() })),
    /** Where the cursor goes, such as to the prompt of a new keyframe; null: it stays. */
    cursor: z.nullable(Place),
    /**
     * What stays as it is although it belongs to the clip, such as a setting of an extended file: one sentence each.
     */
    left: z.optional(z.array(z.string())),
  }),
  z.strictObject({ kind: z.literal('refused'), reason: z.string() }),
  z.strictObject({ kind: z.literal('outdated') }),
]);
export type KeyframeEditAnswer = z.infer<typeof KeyframeEditAnswer>;

/** Request: the length of the clip, and the keyframe on a line. */
export const KEYFRAME_ON_LINE = 'travel/keyframeOnLine';
/** `line` is 0-based. */
export const KeyframeOnLineRequest = z.strictObject({ uri: z.string(), line: Frame });
export type KeyframeOnLineRequest = z.infer<typeof KeyframeOnLineRequest>;

/** null if the document is not open. */
export const KeyframeOnLineAnswer = z.nullable(
  z.strictObject({
    frames: z.int().check(z.positive()),
    /** null if no keyframe is on the line. `index` as in `KeyframeEdit`, `position` as it is written. */
    key: z.nullable(z.strictObject({ index: Frame, position: z.string() })),
  }),
);
export type KeyframeOnLineAnswer = z.infer<typeof KeyframeOnLineAnswer>;
