import type { SettingValue } from '../clip.ts';
import { type Note, note } from '../notes.ts';
import { imageSource } from './conditioning.ts';
import { type GraphNode, type Links, Walk } from './graph.ts';
import { unknownNode } from './models.ts';

/** What a sampler starts from. */
export interface ReadLatents {
  readonly frames: number;
  readonly settings: Record<string, SettingValue | undefined>;
  readonly notes: readonly Note[];
}

/** Follows latents up to an empty one, an image or a video: their number is the length of the clip. */
export function readLatents(links: Links, sampler: GraphNode): ReadLatents {
  const notes: Note[] = [];
  const denoise = denoiseOf(links, sampler, notes);
  const walk = new Walk(notes);
  let repeated = 1;
  let at = links.from(sampler, 'latent_image');
  while (at && walk.visits(at.node)) {
    const { node } = at;
    if (/^(?:EmptyLatentImage|ADE_EmptyLatentImageLarge|EmptySD3LatentImage)$/.test(node.type)) {
      if (denoise < 1) notes.push(emptyNote(sampler, denoise));
      return {
        frames: (links.number(node, 'batch_size') ?? 1) * repeated,
        settings: { width: links.number(node, 'width') ?? 512, height: links.number(node, 'height') ?? 512 },
        notes,
      };
    }
    if (node.type === 'VAEEncode') {
      const images = links.from(node, 'pixels')?.node;
      return fromImages(links, images, repeated, denoise, notes);
    }
    if (node.type === 'RepeatLatentBatch') repeated *= links.number(node, 'amount') ?? 1;
    else if (!node.type.startsWith('BatchPromptSchedule')) notes.push(unknownNode(node));
    at = links.from(node, 'num_latents') ?? links.from(node, 'samples') ?? links.from(node, 'latent');
  }
  return { frames: repeated, settings: {}, notes };
}

/** The part of the steps that is made. KSamplerAdvanced names the first and the last one. */
function denoiseOf(links: Links, sampler: GraphNode, notes: Note[]): number {
  const steps = links.number(sampler, 'steps') ?? 20;
  const start = links.number(sampler, 'start_at_step') ?? 0;
  const end = links.number(sampler, 'end_at_step') ?? steps;
  if (end < steps) {
    const message = `end_at_step: ${end} of the node “${sampler.type}” (${sampler.id}) leaves out the last steps there. Here, all ${steps} steps are made.`;
    notes.push(note('other-fields', message));
  }
  return links.number(sampler, 'denoise') ?? Number(Math.max(0, 1 - start / steps).toFixed(6));
}

const emptyNote = (sampler: GraphNode, denoise: number) =>
  note(
    'other-fields',
    `The node “${sampler.type}” (${sampler.id}) skips the first steps there (denoise: ${denoise}), although it starts from no image. Here, all steps are made.`,
  );

function fromImages(
  links: Links,
  images: GraphNode | undefined,
  repeated: number,
  denoise: number,
  notes: Note[],
): ReadLatents {
  const source = images && imageSource(links, images);
  const strength = { denoising_strength: denoise };
  if (!images || !source) {
    notes.push(
      note('init-image', 'The images that the clip starts from are not files that are known here. Set `init_image`.'),
    );
    return { frames: repeated, settings: strength, notes };
  }
  if (source.kind === 'image') return { frames: repeated, settings: { init_image: source.file, ...strength }, notes };
  const cap = links.number(images, 'frame_load_cap') ?? links.number(images, 'image_load_cap') ?? 0;
  const skipped = links.number(images, 'skip_first_frames') ?? 0;
  notes.push(
    note(
      'video-input',
      `The frames of ${source.file}${skipped > 0 ? `, without the first ${skipped},` : ''} are the latents to start from there, which is not available. Here, \`video\` and ControlNet follow it; \`init_image\` takes one image.${cap > 0 ? '' : ' Its length is not in the file: set `frames`.'}`,
    ),
  );
  return { frames: cap > 0 ? cap : 16, settings: {}, notes };
}
