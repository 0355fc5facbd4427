import type { SettingValue } from '../clip.ts';
import { type Note, note } from '../notes.ts';
import { type GraphNode, type Links, Walk } from './graph.ts';
import { imageSource, isResize, takenFrames, type VideoReading, videoReading, videoTiming } from './images.ts';

/** What a sampler starts from. */
export interface ReadLatents {
  readonly frames: number;
  readonly settings: Record<string, SettingValue | undefined>;
  readonly notes: readonly Note[];
  /** A video or a folder of images that the clip starts from. */
  readonly start?: ReadStart;
}

export interface ReadStart extends VideoReading {
  readonly kind: 'video' | 'batch';
  readonly denoise: number;
  /** Whether the number of its frames is in the file. */
  readonly hasLength: boolean;
  /** Whether the size of the clip is. */
  readonly hasSize: boolean;
}

const EMPTY = /^(?:EmptyLatentImage|ADE_EmptyLatentImageLarge|EmptySD3LatentImage)$/;
/** What repeats latents, and the input with the number of times. */
const REPEATS: Readonly<Record<string, string>> = { RepeatLatentBatch: 'amount', VHS_DuplicateLatents: 'multiply_by' };
/** Schedules, and loaders of AnimateDiff before its second version, pass latents on. */
const PASSES_LATENTS = /^(?:BatchPromptSchedule|(?:ADE_)?AnimateDiffLoader)/;
/** What keeps parts of the image. */
const MASKS = /^(?:SetLatentNoiseMask|VAEEncodeForInpaint)$/;
/** As many as a module makes at once. */
const ASSUMED_FRAMES = 16;

/** Follows latents up to an empty one, an image or a video: their number is the length of the clip. */
export function readLatents(links: Links, sampler: GraphNode): ReadLatents {
  const notes: Note[] = [];
  const denoise = denoiseOf(links, sampler, notes);
  const walk = new Walk(notes);
  let repeated = 1;
  let size: ReadLatents['settings'] = {};
  let at = links.from(sampler, 'latent_image');
  while (at && walk.visits(at.node)) {
    const { node } = at;
    if (EMPTY.test(node.type)) {
      if (denoise < 1) notes.push(emptyNote(sampler, denoise));
      const count = countOf(links, node, notes);
      const own = { width: sideOf(links, node, 'width'), height: sideOf(links, node, 'height') };
      return { frames: count * repeated, settings: { ...own, ...size }, notes };
    }
    if (MASKS.test(node.type)) notes.push(maskNote(links, node));
    if (/^VAEEncode/.test(node.type)) {
      const images = links.from(node, 'pixels')?.node;
      return fromImages(links, images, { repeated, denoise, size }, notes);
    }
    const times = REPEATS[node.type];
    if (times !== undefined) repeated *= links.number(node, times) ?? 1;
    else if (node.type === 'LatentUpscale') size = { ...sizeOf(links, node), ...size };
    else if (!PASSES_LATENTS.test(node.type) && !MASKS.test(node.type)) notes.push(links.unknown(node));
    at = links.from(node, 'num_latents') ?? links.from(node, 'samples') ?? latentsOf(links, node);
  }
  if (repeated !== 1) return { frames: repeated, settings: size, notes };
  const schedule = scheduleLength(links, sampler);
  const assumed = schedule ?? { frames: ASSUMED_FRAMES, of: 'assumed' };
  const message = `The length of the clip is made by nodes that are not known here. \`frames: ${assumed.frames}\` is ${assumed.of}. Check it.`;
  notes.push(note('linked-value', message));
  return { frames: assumed.frames, settings: size, notes };
}

/** The length of the prompts' schedule, if it says one. */
function scheduleLength(links: Links, sampler: GraphNode): { readonly frames: number; readonly of: string } | null {
  for (const node of links.upstream([sampler])) {
    if (!/^(?:BatchPromptSchedule|PromptSchedule|ADE_PromptScheduling)/.test(node.type)) continue;
    for (const name of ['max_length', 'max_frames']) {
      const frames = links.value(node, name);
      if (typeof frames === 'number' && frames > 0) return { frames, of: `${name} of the schedule in node ${node.id}` };
    }
  }
  return null;
}

/** A side of empty latents, whose default is 512; undefined if another node makes it. */
const sideOf = (links: Links, node: GraphNode, name: string): number | undefined =>
  links.number(node, name) ?? (node.inputs.has(name) ? undefined : 512);

const sizeOf = (links: Links, node: GraphNode): ReadLatents['settings'] => ({
  width: links.number(node, 'width'),
  height: links.number(node, 'height'),
});

function maskNote(links: Links, node: GraphNode): Note {
  const mask = links.from(node, 'mask')?.node;
  if (mask) links.leave(mask);
  const source = mask && imageSource(links, mask);
  const file = source?.file ? ` (from ${source.file})` : '';
  const message = `The mask of the node “${node.type}” (${node.id})${file} is not carried over. Save it, and set \`inpaint_mask\`.`;
  return note('inpaint', message);
}

/** The first latents that a node gets. */
function latentsOf(links: Links, node: GraphNode) {
  const name = [...node.inputs.keys()].find((key) => /latent|samples/i.test(key) && links.from(node, key) !== null);
  return name === undefined ? null : links.from(node, name);
}

/** The number of empty latents, also if it is that of a video's frames. */
function countOf(links: Links, node: GraphNode, notes: Note[]): number {
  const counter = typeof links.value(node, 'batch_size') === 'number' ? null : links.from(node, 'batch_size');
  const source = counter && imageSource(links, counter.node);
  const cap = source && loadCap(links, source.node);
  if (!source) return links.number(node, 'batch_size') ?? (counter ? ASSUMED_FRAMES : 1);
  const most = cap ? `at most ${cap} frames. Check \`frames\`.` : 'which is not in the file: set `frames`.';
  notes.push(note('video-input', `The length of the clip is that of ${source.file || 'a video'}, ${most}`));
  return cap || ASSUMED_FRAMES;
}

const loadCap = (links: Links, loader: GraphNode): number =>
  ['frame_load_cap', 'image_load_cap', 'frame_limit'].map((name) => links.number(loader, name)).find(Boolean) ?? 0;

/** The part of the steps that is made. KSamplerAdvanced names the first and the last one. */
function denoiseOf(links: Links, sampler: GraphNode, notes: Note[]): number {
  const steps = links.number(sampler, 'steps') ?? 20;
  const start = links.number(sampler, 'start_at_step') ?? 0;
  const end = links.number(sampler, 'end_at_step') ?? steps;
  if (end < steps) {
    const message = `end_at_step: ${end} of the node “${sampler.type}” (${sampler.id}) leaves out the last steps there. Here, all ${steps} steps are made.`;
    notes.push(note('other-fields', message));
  }
  const share = (links.number(sampler, 'denoise') ?? 1) * Math.max(0, 1 - start / steps);
  return Number(share.toFixed(6));
}

const emptyNote = (sampler: GraphNode, denoise: number) =>
  note(
    'other-fields',
    `The node “${sampler.type}” (${sampler.id}) skips the first steps there (denoise: ${denoise}), although it starts from no image. Here, all steps are made.`,
  );

interface Start {
  readonly repeated: number;
  readonly denoise: number;
  /** After the images were encoded. */
  readonly size: ReadLatents['settings'];
}

function fromImages(
  links: Links,
  images: GraphNode | undefined,
  { repeated, denoise, size }: Start,
  notes: Note[],
): ReadLatents {
  const source = images && imageSource(links, images);
  const strength = { denoising_strength: denoise };
  if (!images || !source) {
    notes.push(
      note('init-image', 'The images that the clip starts from are not files that are known here. Set `init_image`.'),
    );
    return { frames: repeated, settings: { ...strength, ...size }, notes };
  }
  const { node: loader, changes, file } = source;
  const scale = changes.find((change) => isResize(change) && links.value(change, 'keep_proportion') !== true);
  for (const change of changes) if (change !== scale) notes.push(links.unknown(change));
  const settings = { ...loadedSize(links, loader), ...(scale && sizeOf(links, scale)), ...size };
  const hasSize = settings.width !== undefined && settings.height !== undefined;
  if (source.kind === 'image') {
    if (!hasSize) {
      notes.push(note('init-image', `The clip has the size of ${file} there. Set \`width\` and \`height\`.`));
    }
    return { frames: repeated, settings: { init_image: file, ...strength, ...settings }, notes };
  }
  const cap = loadCap(links, loader);
  const count = cap > 0 ? cap : ASSUMED_FRAMES;
  if (file === '') {
    notes.push(
      note('video-input', 'The clip starts from the frames of a video whose name is not in the file. Set `video`.'),
    );
    return { frames: count, settings: { ...settings, ...strength }, notes };
  }
  const start: ReadStart = {
    ...videoReading(links, source),
    kind: source.kind,
    denoise,
    hasLength: cap > 0,
    hasSize,
  };
  return { frames: count, settings, notes, start };
}

/**
 * What frames start from, which is one image of a folder, or the frame of a video at their time, each.
 *
 * @param fps of the clip
 * @param units the video that all ControlNet units follow; undefined: each has an input of its own; null: there are none
 */
export function startOf(
  start: ReadStart,
  fps: number,
  units: string | undefined | null,
): Pick<ReadLatents, 'settings' | 'notes'> {
  const { kind, file, denoise, hasLength, hasSize, skipped, every } = start;
  const strength = { denoising_strength: denoise };
  const length = hasLength ? '' : ' Its length is not in the file: set `frames`.';
  const missing = hasSize ? length : `${length} The clip has its size there: set \`width\` and \`height\`.`;
  const some = skipped > 0 || every !== 1;
  const taken = takenFrames(start, kind === 'video' ? 'frames' : 'images');
  if (kind === 'batch') {
    const others = some ? ` Some images of the folder are left out there (${taken}): here, image i is frame i.` : '';
    const message = `The clip starts from ${file}.${others}${missing}`;
    return {
      settings: { init_image: file, ...strength },
      notes: some || missing !== '' ? [note('init-image', message)] : [],
    };
  }
  if (units !== null && denoise >= 1) {
    // Of frames that are replaced, only the number and the size act.
    const message = `The clip has as many frames as are read of ${file}.${missing}`;
    return { settings: {}, notes: missing === '' ? [] : [note('video-input', message)] };
  }
  if (typeof units === 'string' && units !== file) {
    const message = `The clip also starts from the frames of ${file} there (denoise: ${denoise}${some ? `, ${taken}` : ''}). Here, \`video\` is for the ControlNet units: to start from ${file}, set \`video\` to it and \`denoising_strength\`, and give each unit its own \`video\`.`;
    return { settings: {}, notes: [note('video-input', `${message}${missing}`)] };
  }
  const { from, difference } = videoTiming(start, fps);
  // The units and the frames then share one `video`, which has one `from`.
  const later = units === file && from !== undefined ? ` It begins at ${from} s there: set \`from\` of \`video\`.` : '';
  const timing = difference === null ? later : `${later} ${difference} to start from the same ones.`;
  const notes =
    timing === '' && missing === '' ? [] : [note('video-input', `The clip starts from ${file}.${timing}${missing}`)];
  return { settings: { video: { source: file, ...(from !== undefined && { from }) }, ...strength }, notes };
}

/** The size that a loader brings a video to. */
function loadedSize(links: Links, loader: GraphNode): ReadLatents['settings'] {
  const force = loader.inputs.has('force_size') ? links.text(loader, 'force_size') : undefined;
  const width = links.number(loader, 'custom_width');
  const height = links.number(loader, 'custom_height');
  return width && height && (force === undefined || force === 'Custom') ? { width, height } : {};
}
