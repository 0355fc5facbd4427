import type { SettingValue } from '../clip.ts';
import { type Note, note } from '../notes.ts';
import { COMFY_VIDEO_FORMATS } from '../tables.ts';
import { REVERSE_PARTS } from '../webui-fields.ts';
import type { GraphNode, Links } from './graph.ts';
import { isResize } from './images.ts';
import { isSampler } from './passes.ts';

/** How the frames are shown and saved. */
export interface ReadResult {
  readonly settings: Record<string, SettingValue | undefined>;
  readonly notes: readonly Note[];
  readonly decoder: GraphNode | undefined;
}

/** The sound of a video that is read is kept; other sound is not. */
function soundOf(links: Links, output: GraphNode, notes: Note[]): ReadResult['settings'] {
  const source = links.from(output, 'audio')?.node;
  if (!source) return {};
  if (/^VHS_LoadVideo/.test(source.type)) return { audio: 'keep' };
  const file = links.text(source, 'audio_file') ?? links.text(source, 'audio');
  links.leave(source);
  const name = file === undefined ? '' : `, ${file}`;
  notes.push(note('other-fields', `The sound (node ${source.id}, “${source.type}”${name}) is not carried over.`));
  return {};
}

/** @param between the nodes between output and sampler */
export function readResult(links: Links, output: GraphNode, between: readonly GraphNode[]): ReadResult {
  const notes: Note[] = [];
  const settings: ReadResult['settings'] = {};
  if (output.type.endsWith('Combine')) {
    const format = links.text(output, 'format') ?? 'image/gif';
    const saved = COMFY_VIDEO_FORMATS.get(format);
    if (!saved)
      notes.push(note('save-format', `The format ${format} is not available here. Choose one with \`save\`.`));
    settings.save = saved ? [saved] : undefined;
    settings.fps = links.number(output, 'frame_rate');
    settings.loop = links.number(output, 'loop_count');
    if (links.value(output, 'pingpong') === true) settings.reverse = REVERSE_PARTS;
    Object.assign(settings, soundOf(links, output, notes));
  } else if (output.type === 'SaveAnimatedWEBP' || output.type === 'SaveAnimatedPNG') {
    settings.save = [output.type === 'SaveAnimatedWEBP' ? 'webp' : 'apng'];
    settings.fps = links.number(output, 'fps');
  } else if (output.type.startsWith('Save')) settings.save = ['png'];
  for (const node of between) {
    if (node.type === 'FILM VFI')
      settings.interpolate = { method: 'film', x: (links.number(node, 'multiplier') ?? 2) - 1 };
    else if (node.type.endsWith(' VFI')) {
      notes.push(
        note(
          'interpolation-engine',
          `Frame interpolation by ${node.type}, multiplier ${links.number(node, 'multiplier') ?? 2}, is not available. Use \`interpolate: {method: film, x: ${(links.number(node, 'multiplier') ?? 2) - 1}}\`.`,
        ),
      );
    } else if (/upscale.{0,40}model/i.test(node.type)) {
      notes.push(note('upscale', `Upscaling by “${node.type}” (node ${node.id}) is not available.`));
    } else if (isResize(node) || node.type === 'ImageScaleBy') {
      const values = ['width', 'height', 'scale_by'].flatMap((name) => {
        const value = links.number(node, name);
        return value === undefined ? [] : [`${name}: ${value}`];
      });
      notes.push(
        note('upscale', `Scaling by “${node.type}” (node ${node.id}, ${values.join(', ')}) is not carried over.`),
      );
    } else if (!/^(?:VAEDecode|VAEEncode|LatentUpscale)/.test(node.type) && !isSampler(node))
      notes.push(links.unknown(node));
  }
  return { settings, notes, decoder: between.find(({ type }) => type.startsWith('VAEDecode')) };
}
