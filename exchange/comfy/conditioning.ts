import { withoutFence } from '../../grammar/pasted/fences.ts';
import type { ClipKeyframe, SettingValue } from '../clip.ts';
import { comfyText } from '../comfy-text.ts';
import { withoutDefaults } from '../controlnet-unit.ts';
import { shown, shownKeys } from '../json.ts';
import { addNotes, ImportError, type Note, note } from '../notes.ts';
import { adeSchedule } from '../read/ade.ts';
import { fizzSchedule, withinClip } from '../read/fizz.ts';
import { FIZZ_FRAMES, readSchedule } from '../read/loose-schedule.ts';
import { COMFY_PREPROCESSORS } from '../tables.ts';
import { modelName, onOneLine } from '../text.ts';
import { type GraphNode, type Links, type Output, Walk } from './graph.ts';
import { imageSource, type VideoReading, videoReading, videoTiming } from './images.ts';

/** Prompts, and what is applied to them. */
export interface ReadPrompts {
  readonly head: readonly string[];
  readonly keyframes: readonly ClipKeyframe[];
  readonly tail: readonly string[];
  readonly settings: Record<string, SettingValue | undefined>;
  readonly notes: readonly Note[];
}

interface Encoded {
  /** The node that encodes the text. */
  readonly node: GraphNode | null;
  readonly slot: number;
  readonly units: readonly ReadUnit[];
}

interface ReadUnit {
  readonly unit: Record<string, SettingValue>;
  /** The video that its images come from. */
  readonly video?: VideoReading;
}

/** How long a clip is, and how fast it is shown. */
export interface ClipTime {
  readonly frames: number;
  readonly fps: number;
}

/** The prompts of a sampler, and the ControlNets that they pass. */
export function readPrompts(links: Links, sampler: GraphNode, { frames, fps }: ClipTime): ReadPrompts {
  const notes: Note[] = [];
  const positive = encoder(links, links.from(sampler, 'positive'), notes);
  const negative = encoder(links, links.from(sampler, 'negative'), notes);
  const isShared = positive.node !== null && positive.node === negative.node && negative.slot === 1;
  const prompts = promptsOf(links, positive.node, frames, notes);
  const ownNegative = isShared || !negative.node ? null : promptsOf(links, negative.node, frames, notes);
  const keyframes: readonly ClipKeyframe[] = isShared
    ? prompts.keyframes
    : prompts.keyframes.map(({ at, prompt }) => ({ at, prompt }));
  if (!isShared && prompts.keyframes.some((key) => key.negative)) {
    notes.push(
      note(
        'after-second-neg',
        `The text after --neg in the schedule is not used there: the negative prompt comes from another node. It was: ${shownKeys(prompts.keyframes.flatMap(({ at, negative: text }) => (text ? [`${at}: ${text}`] : [])))}`,
      ),
    );
  }
  const [layer, negativeLayer] = [textEncoderOf(links, positive.node), textEncoderOf(links, negative.node)];
  if (!isShared && negative.node && layer.clip_skip !== negativeLayer.clip_skip) {
    notes.push(
      note(
        'other-fields',
        `The negative prompt is encoded with another stop_at_clip_layer there (${shown(-(negativeLayer.clip_skip ?? 1))}). Here, \`clip_skip\` is the same for both prompts.`,
      ),
    );
  }
  const first = keyframes[0]?.negative;
  const isSame = first !== undefined && keyframes.every((key) => key.negative === first);
  return {
    head: prompts.head,
    keyframes: isSame ? keyframes.map(({ at, prompt }) => ({ at, prompt })) : keyframes,
    tail: prompts.tail,
    settings: {
      ...prompts.settings,
      ...(isSame && { negative_prompt: first }),
      ...(ownNegative && { negative_prompt: negativeText(ownNegative, notes) }),
      ...layer,
      ...unitSettings(positive.units, fps, notes),
    },
    notes,
  };
}

/** Units with one video share it; with several, each has its own. */
function unitSettings(units: readonly ReadUnit[], fps: number, notes: Note[]): Record<string, SettingValue> {
  if (units.length === 0) return {};
  const videos = new Map(units.flatMap(({ video }) => (video ? [[JSON.stringify(video), video] as const] : [])));
  const files = new Set([...videos.values()].map(({ file }) => file));
  for (const video of videos.values()) {
    const { difference, from } = videoTiming(video, fps);
    const reading = difference === null ? '' : ` ${difference} to follow the same ones.`;
    const start = from === undefined ? '' : ` They begin at ${from} s there: set \`from\` of \`video\`.`;
    if (reading !== '' || start !== '')
      notes.push(note('video-input', `ControlNet units follow the frames of ${video.file}.${reading}${start}`));
  }
  const [shared, ...others] = files;
  if (shared !== undefined && others.length === 0)
    return { controlnet: units.map(({ unit }) => unit), video: { source: shared } };
  return { controlnet: units.map(({ unit, video }) => (video ? { ...unit, video: video.file } : unit)) };
}

function negativeText(
  { head, keyframes, tail }: Pick<ReadPrompts, 'head' | 'keyframes' | 'tail'>,
  notes: Note[],
): string {
  const [first, ...others] = keyframes;
  if (others.length > 0) {
    notes.push(
      note(
        'other-fields',
        `The negative prompt is a schedule of its own; its first prompt is used. The others were: ${shownKeys(others.map(({ at, prompt }) => `${at}: ${prompt}`))}`,
      ),
    );
  }
  return [...head, ...(first ? [first.prompt] : []), ...tail].filter(Boolean).join(', ');
}

/** Also those of other packages, such as `BNK_CLIPTextEncodeAdvanced`. */
const TEXT = /^(?:(?:\w{1,20}_)?CLIPTextEncode|BatchPromptSchedule|PromptSchedule|ADE_PromptScheduling)/;

/** Takes only the shape of what it gets. */
const ZERO = 'ConditioningZeroOut';

function zeroNote(links: Links, node: GraphNode): Note {
  links.leave(node);
  const message = `The node “${node.type}” (${node.id}) makes a prompt of zeros, whatever text it gets. Here, the empty prompt is in its place.`;
  return note('other-fields', message);
}

/** Follows conditioning through ControlNets to the node that encodes the text. */
function encoder(links: Links, from: Output | null, notes: Note[]): Encoded {
  const units: ReadUnit[] = [];
  let at = from;
  const walk = new Walk(notes);
  while (at && walk.visits(at.node)) {
    const { node, slot } = at;
    if (/^(?:ControlNetApply|ACN_AdvancedControlNetApply)/.test(node.type)) {
      units.push(controlNetUnit(links, node, notes));
      at = links.from(node, slot === 1 ? 'negative' : 'positive') ?? links.from(node, 'conditioning');
    } else if (TEXT.test(node.type)) break;
    else if (node.type === ZERO) {
      notes.push(zeroNote(links, node));
      at = null;
    } else {
      notes.push(links.unknown(node));
      at =
        ['conditioning', 'conditioning_1', 'conditioning_to', 'positive']
          .map((name) => links.from(node, name))
          .find(Boolean) ?? null;
    }
  }
  // Both prompts pass the same ControlNets.
  return { node: at?.node ?? null, slot: at?.slot ?? 0, units: units.reverse() };
}

function promptsOf(links: Links, node: GraphNode | null, frames: number, notes: Note[]): Omit<ReadPrompts, 'notes'> {
  const none = { head: [], keyframes: [], tail: [], settings: {} };
  if (!node) return none;
  const isAde = node.type.startsWith('ADE_PromptScheduling');
  if (isAde || /^(?:Batch)?PromptSchedule/.test(node.type)) {
    try {
      return { ...none, ...(isAde ? adePrompts : fizzPrompts)(links, node, frames, notes) };
    } catch (error) {
      if (!(error instanceof ImportError)) throw error;
      throw new ImportError(error.kind, `The text of the node “${node.type}” (${node.id}): ${error.message}`);
    }
  }
  return { ...none, head: [comfyText(onOneLine(encodedText(links, node, notes)), node.hasChoices)] };
}

/** The text of an encoder. Those of SDXL have one for each of two encoders, which get the same one here. */
function encodedText(links: Links, node: GraphNode, notes: Note[]): string {
  const text = links.text(node, 'text') ?? links.text(node, 'text_g');
  const other = links.text(node, 'text_l');
  if (other && text !== undefined && other.trim() !== text.trim()) {
    const message = `The node “${node.type}” (${node.id}) has another prompt for SDXL’s second text encoder. It was: ${other}`;
    notes.push(note('other-fields', message));
  }
  return text ?? other ?? '';
}

function fizzPrompts(links: Links, node: GraphNode, frames: number, notes: Note[]) {
  const text = links.text(node, 'text') ?? '';
  const maxFrames = links.number(node, 'max_frames') ?? (node.type.includes('LatentInput') ? frames : FIZZ_FRAMES);
  const { json, notes: repairs } = readSchedule({ text: withoutFence(text) }, maxFrames);
  const weights = Object.fromEntries(
    ['pw_a', 'pw_b', 'pw_c', 'pw_d'].map((name) => [name, links.number(node, name) ?? 0]),
  );
  const schedule = fizzSchedule(json, {
    frames: maxFrames,
    before: links.text(node, 'pre_text') ?? '',
    after: links.text(node, 'app_text') ?? '',
    weights,
  });
  addNotes(notes, [...repairs, ...schedule.notes]);
  const { keyframes, closes } = withinClip(schedule.keyframes, frames, notes);
  return {
    head: [schedule.head],
    tail: [schedule.tail],
    keyframes,
    settings: { mix: 'lerp', ...(closes && { closed_loop: 'R+P' }) },
  };
}

function adePrompts(links: Links, node: GraphNode, frames: number, notes: Note[]) {
  const line = (name: string) => comfyText(onOneLine(links.text(node, name) ?? ''));
  // 0 is as many as the keys need, which then do not depend on the length.
  const length = links.number(node, 'max_length') || frames;
  if (length < frames) {
    const message = `The schedule in node ${node.id} has max_length: ${length}, but the clip has ${frames} frames. What later frames have there is not carried over. Here, they keep the last prompt.`;
    notes.push(note('other-fields', message));
  }
  return {
    head: [line('prepend_text')],
    keyframes: adeSchedule(links.text(node, 'prompts') ?? '', { frames, length }, notes),
    tail: [line('append_text')],
    settings: { mix: links.text(node, 'tensor_interp') === 'slerp' ? undefined : 'lerp' },
  };
}

interface TextEncoderSettings {
  readonly clip_skip?: number;
  readonly text_encoder?: string;
}

/** The text encoder, if it is not the checkpoint's, and its layer. */
function textEncoderOf(links: Links, encoding: GraphNode | null): TextEncoderSettings {
  let found: TextEncoderSettings = {};
  const seen = new Set<GraphNode>();
  for (
    let node = encoding && links.from(encoding, 'clip')?.node;
    node && !seen.has(node);
    node = links.from(node, 'clip')?.node
  ) {
    seen.add(node);
    const layer = node.type === 'CLIPSetLastLayer' ? links.number(node, 'stop_at_clip_layer') : undefined;
    if (layer !== undefined) found = { clip_skip: -layer, ...found };
    const name = node.type === 'CLIPLoader' ? links.text(node, 'clip_name') : undefined;
    if (name !== undefined) found = { ...found, text_encoder: modelName(name) };
  }
  return found;
}

/** A ControlNet with the images that it acts with. */
function controlNetUnit(links: Links, node: GraphNode, notes: Note[]): ReadUnit {
  const loader = links.from(node, 'control_net')?.node;
  let images = links.from(node, 'image')?.node;
  const preprocessor = images && preprocessorOf(links, images);
  if (images && preprocessor !== undefined) {
    const parameters = [...images.inputs].flatMap(([name, input]) =>
      input.kind === 'value' && !isInName(name, preprocessor) ? [`${name}: ${String(input.value)}`] : [],
    );
    const resolution = links.from(images, 'resolution')?.node;
    if (resolution?.type === 'PixelPerfectResolution') links.leave(resolution);
    if (parameters.length > 0) {
      notes.push(
        note(
          'preprocessor-parameters',
          `The parameters of the preprocessor ${images.type} are not carried over (${parameters.join(', ')}). Its defaults are used.`,
        ),
      );
    }
    images = links.from(images, 'image')?.node;
  }
  const found = images && imageSource(links, images);
  const source = found && found.file !== '' ? found : null;
  if (!source)
    notes.push(
      note(
        'controlnet-input',
        `The input of the ControlNet in node ${node.id} is not a file that is known here. Set \`image\`, \`batch\` or \`video\` of the unit.`,
      ),
    );
  const unit = withoutDefaults({
    model: modelName((loader && links.text(loader, 'control_net_name')) ?? 'none'),
    preprocessor,
    weight: links.number(node, 'strength'),
    start: links.number(node, 'start_percent'),
    end: links.number(node, 'end_percent'),
    batch: source?.kind === 'batch' ? source.file : undefined,
    image: source?.kind === 'image' ? source.file : undefined,
  });
  return source?.kind === 'video' ? { unit, video: videoReading(links, source) } : { unit };
}

/** Preprocessors of nodes with a parameter that has another name here, and that name. */
const SAFE: ReadonlyMap<string, string> = new Map([
  ['softedge_hed', 'softedge_hedsafe'],
  ['softedge_pidinet', 'softedge_pidisafe'],
]);
const SAFE_NAMES: ReadonlySet<string> = new Set([...SAFE].flat());

/** Whether a preprocessor's name says a parameter of its node. */
const isInName = (parameter: string, preprocessor: string): boolean =>
  parameter === 'coarse' || parameter === 'preprocessor' || (parameter === 'safe' && SAFE_NAMES.has(preprocessor));

/** The preprocessor of a node; undefined if it makes no maps, or those of a kind that has no name here. */
function preprocessorOf(links: Links, node: GraphNode): string | undefined {
  const type = node.type === 'AIO_Preprocessor' ? (links.text(node, 'preprocessor') ?? '') : node.type;
  const name = COMFY_PREPROCESSORS.get(type);
  const safe = SAFE.get(name ?? '');
  if (safe !== undefined && links.text(node, 'safe') === 'enable') return safe;
  return name === 'lineart_realistic' && links.text(node, 'coarse') === 'enable' ? 'lineart_coarse' : name;
}
