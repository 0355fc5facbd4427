/** A clip with source frames and ControlNet units, as a host sends it: the recorded clip, edges and a drawing. */
import { resolve } from 'node:path';
import sharp from 'sharp';
import type { HostMessage, PreviewInputs } from '../../../protocol/preview.ts';
import type { Timeline } from '../../../protocol/timeline.ts';
import { FRAMES, portraitTimeline } from './timelines.ts';

const CLIP = resolve(import.meta.dirname, 'recorded/portrait.webp');

const all = (number: (frame: number) => number | null) => Array.from({ length: FRAMES }, (_, frame) => number(frame));

/** As a video of two frames per second: the frame that is on the screen. */
const sourceAt = (frame: number) => frame - (frame % 4);

/** The source of frame i is picture i of a slower video, and its hint is 100 more. The second unit acts on the first half. */
export const INPUTS: PreviewInputs = {
  start: null,
  units: [
    {
      model: 'control_v11p_sd15_canny',
      preprocessor: 'canny',
      problem: null,
      sources: all(sourceAt),
      hints: all((frame) => 100 + sourceAt(frame)),
    },
    {
      model: 'control_v11f1p_sd15_depth',
      preprocessor: 'none',
      problem: null,
      sources: all((frame) => (frame < 16 ? 200 : null)),
      hints: all((frame) => (frame < 16 ? 201 : null)),
    },
  ],
};

export const BROKEN_INPUTS: PreviewInputs = {
  start: { sources: [], problem: '“dance.png” not found. Check the path; it is relative to the folder of this file.' },
  units: [
    {
      model: 'control_v11p_sd15_canny',
      preprocessor: 'canny',
      problem: 'Folder “maps” not found. Check the path; it is relative to the folder of this file.',
      sources: [],
      hints: [],
    },
    INPUTS.units[0]!,
  ],
};

/** With the weights of the units. */
export function guidedTimeline(): Timeline {
  const timeline = portraitTimeline();
  return {
    ...timeline,
    lanes: [
      ...timeline.lanes,
      { name: '1 canny', kind: 'unit', steps: { first: 1, last: 8 }, values: [1] },
      {
        name: '2 control_v11f1p_sd15_depth',
        kind: 'unit',
        steps: { first: 1, last: 12 },
        values: all((frame) => (frame < 16 ? 1 - frame / 20 : 0)) as number[],
      },
    ],
  };
}

async function pictureOf(id: number): Promise<Uint8Array<ArrayBuffer>> {
  const frame = id < 200 ? id % 100 : 0;
  const picture = sharp(CLIP, { page: frame }).removeAlpha();
  if (id < 100) return new Uint8Array(await picture.webp().toBuffer());
  // Stands in for an annotator: bright where neighbours differ.
  const kernel = { width: 3, height: 3, kernel: [-1, -1, -1, -1, 8, -1, -1, -1, -1], scale: 1, offset: 0 };
  const edges = id < 200 ? picture.convolve(kernel).linear(3, 0).greyscale() : picture.greyscale().blur(3);
  return new Uint8Array(await edges.webp().toBuffer());
}

export async function inputPicture(id: number): Promise<HostMessage> {
  return { type: 'inputPicture', id, image: await pictureOf(id), mime: 'image/webp' };
}

/** Of a frame, and of all for the strip. */
export async function inputPictures(frame = 0): Promise<HostMessage[]> {
  const sources = new Set(Array.from({ length: FRAMES }, (_, i) => sourceAt(i)));
  return Promise.all([...sources, 100 + sourceAt(frame), 200, 201].map(inputPicture));
}
