import { COMFY_SAMPLERS } from '../../plan/other-samplers.ts';
import type { SettingValue } from '../clip.ts';
import { apiGraph, isApiGraph } from '../comfy/api-graph.ts';
import { basicNodes } from '../comfy/basic-nodes.ts';
import { clipOptions, otherClips } from '../comfy/clips.ts';
import { readPrompts } from '../comfy/conditioning.ts';
import { editorGraph, isEditorGraph } from '../comfy/editor.ts';
import { type Graph, type GraphNode, Links } from '../comfy/graph.ts';
import { withoutIdleSettings } from '../comfy/idle-settings.ts';
import { readLatents, startOf } from '../comfy/latents.ts';
import { readModels, vaeOf } from '../comfy/models.ts';
import { clipPass } from '../comfy/passes.ts';
import { readResult } from '../comfy/result.ts';
import type { ExchangeFormat, ReadClip, ReadOptions, Source } from '../format.ts';
import { isMap, type Json, type JsonMap, readJson } from '../json.ts';
import { addNotes, ImportError, type Note, note } from '../notes.ts';
import { samplerSettings } from '../samplers.ts';
import { COMFY_NODE_SCHEDULES, COMFY_SCHEDULERS } from '../tables.ts';
import { parsed, readNotes, seedSetting } from './json-source.ts';

/** ComfyUI workflows: as the editor saves them, as the API takes them, and as videos and images hold them. */
export const comfy: ExchangeFormat = {
  name: 'comfy',
  detect: (source) => {
    const value = parsed(source)?.value;
    return isMap(value) && graphOf(value) !== null;
  },
  read,
};

/** null if it is not a workflow. `prompt` comes first: it is what was run, the workflow what the editor shows. */
function graphOf(root: JsonMap): (() => Graph) | null {
  if (isEditorGraph(root)) return () => editorGraph(root);
  if (isApiGraph(root)) return () => apiGraph(root);
  for (const key of ['prompt', 'workflow']) {
    const inner = unwrapped(root.get(key));
    if (isMap(inner) && (isEditorGraph(inner) || isApiGraph(inner))) return graphOf(inner);
  }
  return null;
}

/** VideoHelperSuite stores `prompt` as a string of JSON. */
function unwrapped(value: Json | undefined): Json | undefined {
  if (typeof value !== 'string' || !/^\s*\{/.test(value)) return value;
  try {
    return readJson(value).value;
  } catch (error) {
    if (error instanceof ImportError) return undefined;
    throw error;
  }
}

function read(source: Source, { clip }: ReadOptions): ReadClip {
  const { value } = parsed(source, true);
  const graph = isMap(value) ? graphOf(value) : null;
  if (!graph)
    throw new ImportError(
      'unknown-format',
      'This is not a ComfyUI workflow: it has no nodes with a `class_type`, and no `nodes` with `links`.',
    );
  const nodes = basicNodes(graph());
  const links = new Links(nodes);
  const { sampler, output, between, independent, notes: passNotes } = clipPass(links, clip);
  const clips = clipOptions(nodes, independent);
  const latents = readLatents(links, sampler);
  const models = readModels(links, sampler, latents.frames);
  const result = readResult(links, output, between);
  const notes: Note[] = [...readNotes(source), ...passNotes, ...(clip === undefined ? otherClips(clips) : [])];
  const fps = Number(result.settings.fps ?? DEFAULT_FPS);
  const prompts = readPrompts(links, sampler, { frames: latents.frames, fps });
  const start = latents.start && startOf(latents.start, fps, videoOfUnits(prompts.settings));
  const sampling = withSeedOffset(samplingOf(links, sampler, notes), models.seedOffset, notes);
  // Windows close the loop, and so do the prompts.
  const closesAll = models.settings.closed_loop === 'A' && prompts.settings.closed_loop === 'R+P';
  const modelNotes = models.notes.filter(({ key }) => !closesAll || key !== 'prompt-loop');
  addNotes(notes, [...latents.notes, ...(start?.notes ?? []), ...modelNotes, ...prompts.notes, ...result.notes]);
  const settings: Record<string, SettingValue | undefined> = {
    frames: latents.frames,
    closed_loop: 'N',
    ...latents.settings,
    ...start?.settings,
    ...models.settings,
    ...sampling,
    ...prompts.settings,
    ...(closesAll && { closed_loop: 'A' }),
    ...result.settings,
    vae: vaeOf(links, result.decoder),
  };
  if (!models.isAnimated) {
    notes.push(
      note(
        'no-animation',
        'The workflow has no motion module, so it makes still images. Set `motion_module` and `frames` to animate it.',
      ),
    );
    settings.motion_module = 'none';
    settings.closed_loop = undefined;
  } else if (!models.hasContext) settings.context = Math.min(latents.frames, MOST_CONTEXT);
  addNotes(notes, withoutIdleSettings(settings));
  const texts = [
    ...prompts.head,
    ...prompts.keyframes.map(({ prompt }) => prompt),
    String(settings.negative_prompt ?? ''),
  ];
  if (!models.isWebuiNoise) {
    if (settings.seed !== undefined)
      notes.push(note('noise', 'The same seed makes other noise in ComfyUI, so the clip differs in details.'));
    if (texts.some((text) => /(?<!\\)[(]/.test(text))) {
      notes.push(
        note(
          'weights',
          'Weights in brackets act in another way in ComfyUI: A1111 keeps the mean of the encoded prompt.',
        ),
      );
    }
  }
  const [first, ...more] = prompts.head;
  const tags = models.loras.join(' ');
  const head =
    prompts.keyframes.length > 0 ? [...prompts.head, tags] : [[first, ...more, tags].filter(Boolean).join(' ')];
  addNotes(notes, [...links.unread(), ...links.missing(output), ...links.ignored(sampler)]);
  const { keyframes, tail } = prompts;
  return { clip: { head, keyframes, tail, settings }, notes: distinct(notes), clips };
}

/** Both prompts may pass the same nodes. */
const distinct = (notes: readonly Note[]) => [...new Map(notes.map((one) => [one.message, one])).values()];

/** As `startOf` takes it. */
function videoOfUnits({ controlnet, video }: Record<string, SettingValue | undefined>): string | undefined | null {
  if (controlnet === undefined) return null;
  return typeof video === 'object' && 'source' in video ? String(video.source) : undefined;
}

/** Settings with another seed. Those whose digits no number holds are left as they are, with a note. */
function withSeedOffset(
  settings: Record<string, SettingValue | undefined>,
  offset: number,
  notes: Note[],
): Record<string, SettingValue | undefined> {
  if (offset === 0) return settings;
  const { seed } = settings;
  const sum = typeof seed === 'number' ? seed + offset : Number.NaN;
  if (Number.isSafeInteger(sum) && sum >= 0) return { ...settings, seed: sum };
  notes.push(note('other-fields', `The offset ${offset} of the seed is not carried over.`));
  return settings;
}

const DEFAULT_FPS = 8;
/** Largest `context`. */
const MOST_CONTEXT = 128;

function samplingOf(links: Links, sampler: GraphNode, notes: Note[]): Record<string, SettingValue | undefined> {
  for (const lost of sampler.lost ?? []) notes.push(note('other-fields', lost));
  const name = links.text(sampler, 'sampler_name') ?? 'euler';
  const scheduler = links.text(sampler, 'scheduler') ?? 'normal';
  const own = COMFY_SAMPLERS.get(name);
  const schedule = COMFY_NODE_SCHEDULES.has(scheduler) ? scheduler : COMFY_SCHEDULERS.get(scheduler);
  if (!own)
    notes.push(
      note(
        'other-fields',
        `The sampler ${name} (scheduler ${scheduler}) is not available. The default, Euler a, is used. Choose another with \`sampler\`.`,
      ),
    );
  else if (!schedule)
    notes.push(note('other-fields', `The scheduler ${scheduler} is not available. The sampler’s default is used.`));
  return {
    ...seedSetting(links.known(sampler, 'seed') ?? links.known(sampler, 'noise_seed'), notes),
    steps: links.number(sampler, 'steps'),
    cfg_scale: links.number(sampler, 'cfg'),
    ...(own ? (schedule ? samplerSettings([own, schedule]) : { sampler: own }) : {}),
    ...(own && { eta: links.number(sampler, 'eta'), s_noise: links.number(sampler, 's_noise') }),
  };
}
