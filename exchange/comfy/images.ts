import type { GraphNode, Links } from './graph.ts';

export interface ImageSource {
  readonly kind: 'batch' | 'image' | 'video';
  readonly file: string;
  readonly node: GraphNode;
  /** The nodes that change the images on their way, the last one first. */
  readonly changes: readonly GraphNode[];
}

/** The file that images come from, also through nodes that change them; null if no such node loads a file. */
export function imageSource(links: Links, start: GraphNode): ImageSource | null {
  const changes: GraphNode[] = [];
  for (let node: GraphNode | undefined = start; node && !changes.includes(node); ) {
    const source = loadedBy(links, node);
    if (source) return { ...source, node, changes };
    changes.push(node);
    const at: GraphNode = node;
    node = ['image', 'images', 'pixels'].map((name) => links.from(at, name)?.node).find(Boolean);
  }
  return null;
}

/** Whether a node brings images to a width and a height. */
export const isResize = ({ type }: GraphNode): boolean =>
  /^(?:ImageScale|ImageResize\+|ImageResizeKJ(?:v2)?)$/.test(type);

/** How a loader reads a video, frame by frame. */
export interface VideoReading {
  readonly file: string;
  readonly skipped: number;
  readonly every: number;
  /** Frames per second, as the loader is told to read; 0 for the video's own. */
  readonly rate: number;
}

export function videoReading(links: Links, { file, node }: ImageSource): VideoReading {
  return {
    file,
    skipped: links.number(node, 'skip_first_frames') ?? links.number(node, 'skip_first_images') ?? 0,
    every: links.number(node, 'select_every_nth') ?? 1,
    rate: links.number(node, 'force_rate') ?? 0,
  };
}

/** What is in the note about a video that is read frame by frame there, and at the time of each frame here. */
export interface VideoTiming {
  /** Seconds, if they are known. */
  readonly from?: number;
  /** null: the same frames are read here. */
  readonly difference: string | null;
}

/** @param fps of the clip */
export function videoTiming({ skipped, every, rate }: VideoReading, fps: number): VideoTiming {
  const read = rate > 0 ? Number((rate / every).toFixed(4)) : null;
  const from = rate > 0 && skipped > 0 ? { from: Number((skipped / rate).toFixed(4)) } : {};
  if (read === fps) return { ...from, difference: null };
  const fitting = read ?? `the frame rate of the video${skipped > 0 ? ', and `from`,' : ''}`;
  const taken = takenFrames({ skipped, every }, 'frames');
  return {
    ...from,
    difference: `There, its frames are taken one by one (force_rate: ${rate}, ${taken}). Here, each frame shows the video at its time: set \`fps\` to ${fitting}`,
  };
}

export const takenFrames = ({ skipped, every }: Pick<VideoReading, 'skipped' | 'every'>, what: string): string =>
  `skip_first_${what}: ${skipped}, select_every_nth: ${every}`;

function loadedBy(links: Links, node: GraphNode): Pick<ImageSource, 'kind' | 'file'> | null {
  const file = (name: string) => links.text(node, name);
  if (/^VHS_LoadVideo/.test(node.type)) return { kind: 'video', file: file('video') ?? '' };
  if (node.type === 'LoadVideo') return { kind: 'video', file: file('video') ?? file('file') ?? '' };
  if (/^VHS_LoadImages/.test(node.type)) return { kind: 'batch', file: file('directory') ?? '' };
  if (node.type === 'LoadImage') return { kind: 'image', file: file('image') ?? '' };
  if (node.type === 'Image Load') return { kind: 'image', file: file('image_path') ?? '' };
  return null;
}
