import type { ClipKeyframe, SettingValue } from '../clip.ts';
import { comfyText } from '../comfy-text.ts';
import { type Note, note } from '../notes.ts';
import { adeSchedule } from '../read/ade.ts';
import { FIZZ_FRAMES, fizzSchedule } from '../read/fizz.ts';
import { jsonNotes, parsedSchedule } from '../read/json-source.ts';
import { COMFY_PREPROCESSORS } from '../tables.ts';
import { modelName, onOneLine } from '../text.ts';
import { withoutDefaults } from '../webui-fields.ts';
import { type GraphNode, type Links, type Output, Walk } from './graph.ts';
import { unknownNode } from './models.ts';

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
  readonly units: readonly SettingValue[];
  readonly videos: readonly string[];
}

/** The prompts of a sampler. @param frames of the clip */
export function readPrompts(links: Links, sampler: GraphNode, frames: number): ReadPrompts {
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
        'The text after --neg in the schedule is not used there: the negative prompt comes from another node.',
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
      ...clipSkip(links, positive.node),
      ...(positive.units.length > 0 && { controlnet: positive.units }),
      ...(positive.videos.length > 0 && { video: { source: positive.videos[0]! } }),
    },
    notes,
  };
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
        `The negative prompt is a schedule of its own; its first prompt is used. The others were: ${others.map(({ at, prompt }) => `${at}: ${prompt}`).join(' | ')}`,
      ),
    );
  }
  return [...head, ...(first ? [first.prompt] : []), ...tail].filter(Boolean).join(', ');
}

/** Follows conditioning through ControlNets to the node that encodes the text. */
function encoder(links: Links, from: Output | null, notes: Note[]): Encoded {
  const units: SettingValue[] = [];
  const videos: string[] = [];
  let at = from;
  const walk = new Walk(notes);
  while (at && walk.visits(at.node)) {
    const { node, slot } = at;
    if (/^(?:ControlNetApply|ACN_AdvancedControlNetApply)/.test(node.type)) {
      const unit = controlNetUnit(links, node, notes);
      if (unit.video !== undefined) videos.unshift(unit.video);
      units.unshift(unit.unit);
      at = links.from(node, slot === 1 ? 'negative' : 'positive') ?? links.from(node, 'conditioning');
    } else if (/^(?:CLIPTextEncode|BatchPromptSchedule|PromptSchedule|ADE_PromptScheduling)/.test(node.type)) break;
    else {
      notes.push(unknownNode(node));
      at =
        ['conditioning', 'conditioning_1', 'conditioning_to', 'positive']
          .map((name) => links.from(node, name))
          .find(Boolean) ?? null;
    }
  }
  // Both prompts pass the same ControlNets.
  return { node: at?.node ?? null, slot: at?.slot ?? 0, units, videos };
}

function promptsOf(links: Links, node: GraphNode | null, frames: number, notes: Note[]): Omit<ReadPrompts, 'notes'> {
  const none = { head: [], keyframes: [], tail: [], settings: {} };
  if (!node) return none;
  if (/^(?:Batch)?PromptSchedule/.test(node.type)) return { ...none, ...fizzPrompts(links, node, frames, notes) };
  if (node.type.startsWith('ADE_PromptScheduling')) return { ...none, ...adePrompts(links, node, frames) };
  return { ...none, head: [comfyText(onOneLine(links.text(node, 'text') ?? ''))] };
}

function fizzPrompts(links: Links, node: GraphNode, frames: number, notes: Note[]) {
  const text = links.text(node, 'text') ?? '';
  const json = parsedSchedule({ text });
  const weights = Object.fromEntries(
    ['pw_a', 'pw_b', 'pw_c', 'pw_d'].map((name) => [name, links.number(node, name) ?? 0]),
  );
  const schedule = fizzSchedule(json, {
    frames: links.number(node, 'max_frames') ?? (node.type.includes('LatentInput') ? frames : FIZZ_FRAMES),
    before: links.text(node, 'pre_text') ?? '',
    after: links.text(node, 'app_text') ?? '',
    weights,
  });
  notes.push(...jsonNotes(json), ...schedule.notes);
  const inside = schedule.keyframes.filter(({ frame }) => frame < frames);
  const outside = schedule.keyframes.filter(({ frame }) => frame >= frames);
  const first = inside[0];
  const closes =
    outside.length === 1 && outside[0]!.frame === frames && first?.frame === 0 && outside[0]!.prompt === first.prompt;
  if (outside.length > 0 && !closes) {
    const keys = outside.map(({ frame, prompt }) => `${frame}: ${prompt}`).join(' | ');
    notes.push(
      note(
        'keyframe-past-end',
        `Keyframes past the end of the clip, which has ${frames} frames, are left out. There, frames after the last one still change toward them. They were: ${keys}`,
      ),
    );
  }
  return {
    head: [schedule.head],
    tail: [schedule.tail],
    keyframes: inside.map(({ frame, ...key }) => ({ ...key, at: `${frame}` })),
    settings: { mix: 'lerp', ...(closes && { closed_loop: 'R+P' }) },
  };
}

function adePrompts(links: Links, node: GraphNode, frames: number) {
  const line = (name: string) => comfyText(onOneLine(links.text(node, name) ?? ''));
  return {
    head: [line('prepend_text')],
    keyframes: adeSchedule(links.text(node, 'prompts') ?? '', frames),
    tail: [line('append_text')],
    settings: { mix: links.text(node, 'tensor_interp') === 'slerp' ? undefined : 'lerp' },
  };
}

/** The text encoder's layer. */
function clipSkip(links: Links, encoding: GraphNode | null): Record<string, SettingValue> {
  const seen = new Set<GraphNode>();
  for (
    let node = encoding && links.from(encoding, 'clip')?.node;
    node && !seen.has(node);
    node = links.from(node, 'clip')?.node
  ) {
    seen.add(node);
    const layer = node.type === 'CLIPSetLastLayer' ? links.number(node, 'stop_at_clip_layer') : undefined;
    if (layer !== undefined) return { clip_skip: -layer };
  }
  return {};
}

/** A ControlNet with the images that it acts with. */
function controlNetUnit(
  links: Links,
  node: GraphNode,
  notes: Note[],
): { readonly unit: SettingValue; readonly video?: string } {
  const loader = links.from(node, 'control_net')?.node;
  let images = links.from(node, 'image')?.node;
  const preprocessor = images && COMFY_PREPROCESSORS.get(images.type);
  if (images && preprocessor !== undefined) {
    const parameters = [...images.inputs].flatMap(([name, input]) =>
      input.kind === 'value' ? [`${name}: ${String(input.value)}`] : [],
    );
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
  const source = images && imageSource(links, images);
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
  return source?.kind === 'video' ? { unit, video: source.file } : { unit };
}

export interface ImageSource {
  readonly kind: 'batch' | 'image' | 'video';
  readonly file: string;
}

/** The file that a node loads; null if it is none that loads images. */
export function imageSource(links: Links, node: GraphNode): ImageSource | null {
  const file = (name: string) => links.text(node, name);
  if (/^VHS_LoadVideo/.test(node.type)) return { kind: 'video', file: file('video') ?? '' };
  if (/^VHS_LoadImages/.test(node.type)) return { kind: 'batch', file: file('directory') ?? '' };
  if (node.type === 'LoadImage') return { kind: 'image', file: file('image') ?? '' };
  return null;
}
