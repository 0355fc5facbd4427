import type { HostMessage, PreviewInputs, PreviewState, RenderedClip } from '../../protocol/preview.ts';
import type { FrameDetails, StepWindowsAnswer, Timeline, TimelineProblem } from '../../protocol/timeline.ts';

/** A clip of the host. The player holds its pictures; `length` and `failure` are what decoding found. */
export interface ShownClip {
  readonly id: string;
  readonly label: string;
  readonly fps: number;
  /** null until it is decoded. */
  readonly length: { readonly frames: number; readonly width: number; readonly height: number } | null;
  /** Why it cannot be shown, one sentence; null: it can. */
  readonly failure: string | null;
}

/** The timeline as it is drawn. */
export interface ShownTimeline {
  /** Of the document that `timeline` was made of: edits refer to it. */
  readonly version: number;
  readonly timeline: Timeline;
  /** The text has errors: this is the last timeline without, with the problems of the text now. */
  readonly stale: boolean;
}

export interface RunningLatents {
  readonly step: number;
  readonly frames: number;
  readonly width: number;
  readonly height: number;
}

/** What the host has sent, without the bytes of pictures. */
export interface Model {
  /** null until the host has answered. */
  readonly state: PreviewState | null;
  readonly name: string | null;
  readonly subject: Extract<HostMessage, { readonly type: 'state' }>['subject'];
  readonly locked: boolean;
  readonly timeline: ShownTimeline | null;
  readonly details: FrameDetails | null;
  readonly windows: { readonly step: number; readonly windows: NonNullable<StepWindowsAnswer> } | null;
  /** Pictures of the running render, or of one that did not end well. */
  readonly latents: RunningLatents | null;
  readonly decoded: ReadonlySet<number>;
  readonly a: ShownClip | null;
  readonly b: ShownClip | null;
  /** A clip was chosen while a render has pictures. */
  readonly clipChosen: boolean;
  readonly renders: readonly RenderedClip[];
  /** null: nothing guides the clip, or it is not known. */
  readonly inputs: PreviewInputs | null;
  /** Why pictures of the input cannot be shown, by their numbers. */
  readonly inputFailures: ReadonlyMap<number, string>;
}

export const EMPTY_MODEL: Model = {
  state: null,
  name: null,
  subject: 'text',
  locked: false,
  timeline: null,
  details: null,
  windows: null,
  latents: null,
  decoded: new Set(),
  a: null,
  b: null,
  clipChosen: false,
  renders: [],
  inputs: null,
  inputFailures: new Map(),
};

/** The model after a message. Pictures and the cursor are handled where they go. */
export function receive(model: Model, message: HostMessage): Model {
  switch (message.type) {
    case 'state':
      return withState(model, message);
    case 'timeline':
      return { ...model, timeline: shownTimeline(model.timeline, message.version, message.timeline) };
    case 'details':
      return { ...model, details: message.details };
    case 'stepWindows':
      return { ...model, windows: { step: message.step, windows: message.windows ?? [] } };
    case 'latents': {
      const { step, frames, width, height } = message;
      return { ...model, latents: { step, frames, width, height } };
    }
    case 'frame':
      return { ...model, decoded: new Set(model.decoded).add(message.frame) };
    case 'clip': {
      const { id, label, content } = message;
      const clip: ShownClip = {
        id,
        label,
        fps: content.kind === 'unsupported' ? 1 : content.fps,
        length: null,
        failure: content.kind === 'unsupported' ? content.reason : null,
      };
      return message.side === 'a' ? { ...model, a: clip, clipChosen: true } : { ...model, b: clip };
    }
    case 'clearCompare':
      return { ...model, b: null };
    case 'renders':
      return { ...model, renders: message.renders };
    case 'inputs':
      return { ...model, inputs: message.inputs };
    case 'inputFailed':
      return { ...model, inputFailures: new Map(model.inputFailures).set(message.id, message.message) };
    case 'preview':
    case 'inputPicture':
    case 'thumbnail':
    case 'cursor':
      return model;
  }
}

function withState(model: Model, { name, subject, locked, state }: Extract<HostMessage, { type: 'state' }>): Model {
  const next = { ...model, name, subject, locked, state };
  // Another file: nothing of the one before stays on the page.
  if (name !== model.name) return { ...EMPTY_MODEL, name, subject, locked, state };
  const begins = isBeginning(state) && (model.state === null || !isBeginning(model.state));
  return begins ? { ...next, latents: null, decoded: new Set(), clipChosen: false } : next;
}

const isBeginning = ({ kind }: PreviewState) => kind === 'queued' || kind === 'loading';

function shownTimeline(before: ShownTimeline | null, version: number, timeline: Timeline): ShownTimeline {
  if (before === null || errorsOf(timeline.problems).length === 0)
    return { version, timeline, stale: hasErrors(timeline) };
  // The problems are those of the text; what they did to the rest of the timeline would only flicker.
  return { version, timeline: { ...before.timeline, problems: timeline.problems }, stale: true };
}

export const errorsOf = (problems: readonly TimelineProblem[]) =>
  problems.filter(({ severity }) => severity === 'error');

const hasErrors = ({ problems }: Timeline) => errorsOf(problems).length > 0;

/** What decoding found out about a clip. The answer for a clip that is no longer shown changes nothing. */
export function opened(
  model: Model,
  side: 'a' | 'b',
  id: string,
  result: Pick<ShownClip, 'length' | 'failure'>,
): Model {
  const clip = model[side];
  if (clip === null || clip.id !== id) return model;
  const next = { ...model, [side]: { ...clip, ...result } };
  // The clip of a render that has ended takes the place of its pictures.
  const replaces = side === 'a' && result.length !== null && !isRunning(model.state);
  return replaces ? { ...next, latents: null, decoded: new Set() } : next;
}

/** Whether a render is under way. */
export function isRunning(state: PreviewState | null): boolean {
  switch (state?.kind) {
    case 'queued':
    case 'loading':
    case 'sampling':
    case 'decoding':
    case 'interpolating':
    case 'writing':
      return true;
    default:
      return false;
  }
}

/** Where the shown pictures are from. */
export type Source = 'run' | 'clip' | 'none';

export function sourceOf(model: Model): Source {
  const hasRun = model.latents !== null || model.decoded.size > 0;
  // Until a clip can be shown, what is there stays.
  const hasClip = model.a !== null && (!hasRun || model.a.length !== null || model.a.failure !== null);
  if (!hasRun) return hasClip ? 'clip' : 'none';
  if (!hasClip || !model.clipChosen) return 'run';
  return 'clip';
}
