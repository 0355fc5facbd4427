import type { Environment, InputImages } from '../../grammar/clip/environment.ts';
import type { FileKind } from '../../grammar/settings/about.ts';
import { fileName } from '../../plan/paths.ts';
import { CONTAINER_NAMES, needsFfmpeg, type ReadableVideo } from '../../plan/video-header.ts';
import type { ServerHost } from '../hosts/server-host.ts';

/** Kinds of files that are images, videos or folders of images. */
const INPUTS: ReadonlySet<FileKind> = new Set(['image', 'video', 'image-folder', 'image-or-folder']);

/** What browsers draw, and so the hovers of editors. */
const IS_DRAWN = /\.(?:png|apng|jpe?g|gif|webp)$/i;
/** Larger images would make the hover slow. */
const MOST_DRAWN_BYTES = 16 * 2 ** 20;

/**
 * An image, a video or a folder of images as Markdown: what its header says, and a small picture if editors can draw it.
 * What is not known is left out.
 *
 * @param path as written in the document
 * @returns null if it is none, or not found
 */
export function describeInput(
  kind: FileKind,
  path: string,
  environment: Pick<Environment, 'inputImages' | 'inputVideo'>,
  host: Pick<ServerHost, 'fileUri'>,
): string | null {
  const images = INPUTS.has(kind) ? environment.inputImages?.(path, '') : null;
  if (!images) return null;
  const title = `**${fileName(path)}**`;
  if (images.kind === 'folder') return `${title}: ${folderFacts(images)}`;
  const [file] = images.files;
  if (!file) return null;
  const header = kind === 'video' ? (environment.inputVideo?.(path, '') ?? null) : null;
  if (header?.kind === 'refused') return `${title} ${header.is}`;
  const facts = [header ? headerFacts(header) : '', inMegabytes(file.size)].filter(Boolean).join(', ');
  const isSmall = IS_DRAWN.test(file.path) && file.size > 0 && file.size <= MOST_DRAWN_BYTES;
  const thumbnail = isSmall ? `\n\n![](${inMarkdown(host.fileUri(file.path))}|height=160)` : '';
  return `${title}: ${facts}${thumbnail}`;
}

/** A parenthesis or a bar would end the address. */
const inMarkdown = (uri: string): string =>
  uri.replace(/[()|]/g, (character) => `%${character.charCodeAt(0).toString(16)}`);

function folderFacts({ files }: InputImages): string {
  const [first, last] = [files[0], files.at(-1)];
  if (!first || !last || files.length === 1)
    return files.length === 1 ? `1 image, ${fileName(first!.path)}` : 'no images';
  return `${files.length} images, ${fileName(first.path)} to ${fileName(last.path)}`;
}

function headerFacts(header: ReadableVideo): string {
  const { container, codec, size, rotation, seconds, frames, isHdr, hasAudio, cutOffFrom } = header;
  const name = container === 'other' ? '' : CONTAINER_NAMES[container];
  return [
    name,
    codec !== null && codec !== name ? codec : '',
    size ? `${size.width}×${size.height}` : '',
    rotation === 0 ? '' : `turned by ${rotation}°`,
    rateOf(header),
    seconds === null ? '' : `${rounded(seconds)} s`,
    frames === null ? '' : frames === 1 ? '1 frame' : `${frames} frames`,
    isHdr ? 'HDR' : '',
    // The others never have any.
    hasAudio === null || !needsFfmpeg(header) ? '' : hasAudio ? 'with sound' : 'without sound',
    cutOffFrom === null ? '' : 'cut off',
  ]
    .filter(Boolean)
    .join(', ');
}

function rateOf({ fps, isVariable }: ReadableVideo): string {
  if (fps === null) return '';
  return isVariable ? `${rounded(fps)} fps on average` : `${rounded(fps)} fps`;
}

const rounded = (value: number): number => Number(value.toFixed(3));

const inMegabytes = (bytes: number): string =>
  bytes < 50_000 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
