// zod/mini: the preview page loads these schemas when it starts.
import * as z from 'zod/mini';
import { FrameDetails, KeyframeEdit, StepWindowsAnswer, Timeline } from './timeline.ts';

/*
 * The messages between the preview page and its host in the extension. Each end checks what it receives. Pictures
 * travel as bytes.
 */

const Count = z.int().check(z.nonnegative());
const Id = z.int().check(z.positive());

/** Encoded bytes of a picture or a clip. */
const Bytes = z.instanceof(Uint8Array);

/** What the page shows, apart from pictures. The state of a render is the one of its file. */
export const PreviewState = z.discriminatedUnion('kind', [
  /** No `.travel` file is open. */
  z.strictObject({ kind: z.literal('no-file') }),
  /** The file is there, and nothing was rendered yet. */
  z.strictObject({ kind: z.literal('never-rendered') }),
  z.strictObject({ kind: z.literal('queued'), place: z.string() }),
  z.strictObject({ kind: z.literal('loading') }),
  z.strictObject({
    kind: z.literal('sampling'),
    /** 1-based, and how many there are. */
    step: Count,
    steps: Id,
    window: z.nullable(Count),
    windows: z.nullable(Count),
    secondsLeft: z.nullable(z.number()),
  }),
  z.strictObject({ kind: z.literal('decoding'), done: Count, total: Id, secondsLeft: z.nullable(z.number()) }),
  z.strictObject({ kind: z.literal('interpolating'), done: Count, total: Id, secondsLeft: z.nullable(z.number()) }),
  z.strictObject({ kind: z.literal('writing') }),
  z.strictObject({
    kind: z.literal('done'),
    /** `32 frames, seed 42, in 0:31 on CPU` */
    summary: z.string(),
    /** Frames that the text changed since; empty: up to date. Null: all of them. */
    outdated: z.nullable(z.array(Count)),
  }),
  z.strictObject({ kind: z.literal('paused'), detail: z.string() }),
  z.strictObject({ kind: z.literal('cancelled'), resumable: z.boolean() }),
  z.strictObject({ kind: z.literal('failed'), message: z.string(), resumable: z.boolean() }),
  z.strictObject({ kind: z.literal('model-missing'), message: z.string() }),
  z.strictObject({ kind: z.literal('untrusted') }),
  /** VS Code in a browser, without a machine that renders. */
  z.strictObject({ kind: z.literal('no-engine') }),
  /** The render service or the language server is being started again. */
  z.strictObject({ kind: z.literal('reconnecting') }),
]);
export type PreviewState = z.infer<typeof PreviewState>;

/** A finished render of the file. */
export const RenderedClip = z.strictObject({
  /** Unique and stable: its path. */
  id: z.string(),
  name: z.string(),
  /** Milliseconds since 1970. */
  date: z.number(),
  seed: z.nullable(Count),
  /** It was stopped early, after so many of its steps; null: it is whole. */
  stopped: z.nullable(z.strictObject({ after: Id, of: Id })),
  /** How it differs from the text now, a phrase each; empty: it does not. */
  differences: z.array(z.string()),
  starred: z.boolean(),
});
export type RenderedClip = z.infer<typeof RenderedClip>;

/** Numbers of pictures by frame; null: none. As `z.array(z.nullable(Count))`, which takes longer for long clips. */
const Pictures = z.custom<(number | null)[]>(
  (value) =>
    Array.isArray(value) && value.every((each) => each === null || (Number.isInteger(each) && (each as number) >= 0)),
);

/** What guides a clip. Its pictures have numbers: equal ones are the same picture. */
export const PreviewInputs = z.strictObject({
  /** What frames start from; null: from noise. */
  start: z.nullable(z.strictObject({ sources: Pictures, problem: z.nullable(z.string()) })),
  /** The ControlNet units, in the order of the file. */
  units: z.array(
    z.strictObject({
      /** As the file names them. */
      model: z.string(),
      preprocessor: z.string(),
      /** Why there are no hints; null: there are. */
      problem: z.nullable(z.string()),
      sources: Pictures,
      /** Empty: none can be made. */
      hints: Pictures,
    }),
  ),
});
export type PreviewInputs = z.infer<typeof PreviewInputs>;

export const HostMessage = z.discriminatedUnion('type', [
  /** Everything that is not a picture, whenever it changes. */
  z.strictObject({
    type: z.literal('state'),
    /** Name of the file without folder and extension; null: no file. */
    name: z.nullable(z.string()),
    /** What the page is about: a text that is edited, with its renders, or a rendered file with the source in it. */
    subject: z.enum(['text', 'render']),
    locked: z.boolean(),
    state: PreviewState,
  }),
  /**
   * `version` is the document's. Absent changes keep what is shown: a text with errors keeps the last good timeline.
   */
  z.strictObject({ type: z.literal('timeline'), version: z.int(), timeline: Timeline }),
  z.strictObject({ type: z.literal('details'), details: z.nullable(FrameDetails) }),
  z.strictObject({ type: z.literal('stepWindows'), step: Count, windows: StepWindowsAnswer }),
  /** The cursor of the text editor is at this frame. */
  z.strictObject({ type: z.literal('cursor'), frame: Count }),
  /** All frames of the clip, as they are after a step: 8-bit RGB `[frames, height, width, 3]`. */
  z.strictObject({
    type: z.literal('latents'),
    step: Count,
    frames: Id,
    width: Id,
    height: Id,
    rgb: Bytes,
  }),
  /** A frame as it is after a step, decoded by a small network, as an encoded picture. */
  z.strictObject({ type: z.literal('preview'), frame: Count, image: Bytes, mime: z.string() }),
  /** A decoded frame of the running render, as an encoded picture. */
  z.strictObject({ type: z.literal('frame'), frame: Count, image: Bytes, mime: z.string() }),
  /** A rendered clip: one encoded file with all frames (WebP, GIF or PNG). Null: it cannot be shown here, and why. */
  z.strictObject({
    type: z.literal('clip'),
    side: z.enum(['a', 'b']),
    id: z.string(),
    label: z.string(),
    content: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('animation'), mime: z.string(), bytes: Bytes, fps: z.number() }),
      z.strictObject({ kind: z.literal('frames'), mime: z.string(), images: z.array(Bytes), fps: z.number() }),
      z.strictObject({ kind: z.literal('unsupported'), reason: z.string() }),
    ]),
  }),
  /** No second clip is compared any more. */
  z.strictObject({ type: z.literal('clearCompare') }),
  z.strictObject({ type: z.literal('renders'), renders: z.array(RenderedClip) }),
  z.strictObject({ type: z.literal('thumbnail'), id: z.string(), image: Bytes, mime: z.string() }),
  /** Whenever it changes. Null: nothing guides the clip, or the host reads no files. */
  z.strictObject({ type: z.literal('inputs'), inputs: z.nullable(PreviewInputs) }),
  /** A source frame or a hint that the page wants. */
  z.strictObject({ type: z.literal('inputPicture'), id: Count, image: Bytes, mime: z.string() }),
  z.strictObject({ type: z.literal('inputFailed'), id: Count, message: z.string() }),
]);
export type HostMessage = z.infer<typeof HostMessage>;

export const PageMessage = z.discriminatedUnion('type', [
  /** The page listens; the host sends everything. */
  z.strictObject({ type: z.literal('ready') }),
  /** The playhead rests at a frame: the host sends its details. */
  z.strictObject({ type: z.literal('inspect'), frame: Count }),
  z.strictObject({ type: z.literal('stepWindows'), step: Count }),
  /** How large frames are shown, in device pixels of their longer side: larger ones need not be sent. */
  z.strictObject({ type: z.literal('shownSize'), longestSide: z.int().check(z.positive()) }),
  /** Click on a keyframe or a problem: the cursor moves there. */
  z.strictObject({ type: z.literal('reveal'), line: Count }),
  z.strictObject({ type: z.literal('edit'), version: z.int(), edit: KeyframeEdit }),
  z.strictObject({
    type: z.literal('command'),
    command: z.enum([
      'render',
      'draft',
      'cancel',
      'stopHere',
      'resume',
      'openFile',
      'chooseModelFolders',
      'manageTrust',
      'showLog',
      'showProblems',
      'toggleLock',
      'focusText',
      'undo',
      'redo',
      'save',
      'compareWithHead',
      'ignoreRenders',
    ]),
  }),
  z.strictObject({ type: z.literal('previewFrame'), frame: Count }),
  z.strictObject({ type: z.literal('saveFrame'), frame: Count, png: Bytes }),
  z.strictObject({ type: z.literal('frameCopied'), frame: Count }),
  /** The page may not write to the clipboard. */
  z.strictObject({ type: z.literal('cannotCopyFrame'), frame: Count, png: Bytes }),
  /** What to do with a finished render. `compare` sends it as clip b. */
  z.strictObject({
    type: z.literal('clip'),
    id: z.string(),
    action: z.enum([
      'show',
      'compare',
      'star',
      'delete',
      'reveal',
      'renderAgain',
      'openSource',
      'saveAs',
      'openOutside',
    ]),
  }),
  z.strictObject({ type: z.literal('clearCompare') }),
  /** Source frames and hints that are shown now, the most important first. Earlier ones are not wanted any more. */
  z.strictObject({ type: z.literal('wantInputs'), ids: z.array(Count) }),
  /** An error of the page, for the log. */
  z.strictObject({ type: z.literal('error'), message: z.string() }),
]);
export type PageMessage = z.infer<typeof PageMessage>;
