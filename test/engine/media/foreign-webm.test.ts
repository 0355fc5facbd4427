import { describe, expect, it } from 'vitest';
import { hasTexts, textsIn } from '../../../engine/media/texts.ts';
import { importTravel } from '../../../exchange/import.ts';

const INFOTEXT = [
  'a calm sea',
  '0: a red boat',
  '8: a blue boat – “Möwe”',
  'Negative prompt: blurry',
  'Steps: 24, Sampler: Euler a, CFG scale: 7.5, Seed: 42, Size: 512x384, Model: toonyou, AnimateDiff: "model: mm_sd15_v3.safetensors, video_length: 16, fps: 12, loop_number: 0, closed_loop: R-P, batch_size: 16, stride: 1, overlap: 4, interp: Off, interp_x: 10", Version: v1.9.4',
].join('\n');

/** How a file writes the size of an element: in as few bytes as ffmpeg does, in eight, or not at all. */
type Sizes = 'short' | 'eight' | 'unknown';

/** An element of EBML (RFC 8794). @param id in hexadecimal */
function element(id: string, content: Buffer | readonly Buffer[], sizes: Sizes = 'short'): Buffer {
  const body = Buffer.isBuffer(content) ? content : Buffer.concat(content);
  return Buffer.concat([Buffer.from(id, 'hex'), sizeOf(body.length, sizes), body]);
}

function sizeOf(length: number, sizes: Sizes): Buffer {
  if (sizes === 'unknown') return Buffer.from('01ffffffffffffff', 'hex');
  const bytes = sizes === 'eight' ? 8 : length < 0x7f ? 1 : length < 0x3fff ? 2 : 4;
  const size = Buffer.alloc(bytes);
  size.writeUIntBE(length, Math.max(0, bytes - 6), Math.min(bytes, 6));
  size[0]! |= 0x80 >> (bytes - 1);
  return size;
}

const HEAD = element('1a45dfa3', element('4282', Buffer.from('webm')));
const INFO = element('1549a966', element('7ba9', Buffer.from('00001-42')));
const CLUSTER = element('1f43b675', Buffer.alloc(3000, 0xa3));
const simple = (name: string, text: string) =>
  element('67c8', [element('45a3', Buffer.from(name)), element('4487', Buffer.from(text))]);
/** @param track null: of the whole file */
const tag = (track: number | null, ...texts: readonly Buffer[]) =>
  element('7373', [element('63c0', track === null ? [] : [element('63c5', Buffer.from([track]))]), ...texts]);

const ENCODER = simple('ENCODER', 'Lavf61.1.100');
const TAGS = element('1254c367', [tag(null, ENCODER, simple('COMMENT', INFOTEXT)), tag(1, simple('DURATION', '1 s'))]);

describe('a WebM of A1111', () => {
  it.each<[string, Buffer]>([
    ['before the frames, as ffmpeg writes them', Buffer.concat([HEAD, element('18538067', [INFO, TAGS, CLUSTER])])],
    ['after the frames', Buffer.concat([HEAD, element('18538067', [INFO, CLUSTER, CLUSTER, TAGS])])],
    ['in a segment with a long size', Buffer.concat([HEAD, element('18538067', [INFO, TAGS, CLUSTER], 'eight')])],
    [
      'in a stream, whose size is unknown',
      Buffer.concat([HEAD, element('18538067', [INFO, TAGS, CLUSTER], 'unknown')]),
    ],
    [
      'as a comment in other letters, of a track',
      Buffer.concat([
        HEAD,
        element('18538067', [INFO, element('1254c367', tag(1, simple('Comment', INFOTEXT))), CLUSTER]),
      ]),
    ],
  ])('is read as its generation parameters, with tags %s', (_, bytes) => {
    expect(hasTexts(bytes)).toBe(true);
    const { format, travel } = importTravel(textsIn(bytes));
    expect(format).toBe('infotext');
    expect(travel).toContain('\n0: a red boat\n8: a blue boat – “Möwe”\n');
    for (const line of ['fps: 12', 'closed_loop: R-P', 'seed: 42', 'steps: 24', 'cfg_scale: 7.5', 'height: 384'])
      expect(travel).toContain(`\n${line}\n`);
    expect(travel).toContain('negative_prompt: blurry\n');
  });

  it('means what the same text means in a file of its own', () => {
    const bytes = Buffer.concat([HEAD, element('18538067', [INFO, TAGS, CLUSTER])]);
    expect(importTravel(textsIn(bytes))).toEqual(importTravel([{ text: INFOTEXT }]));
  });

  it('is refused with what it has instead if its tags have no parameters', () => {
    const bytes = Buffer.concat([HEAD, element('18538067', [element('1254c367', tag(null, ENCODER)), CLUSTER])]);
    expect(() => importTravel(textsIn(bytes))).toThrow(/which has only: encoder/);
  });
});
