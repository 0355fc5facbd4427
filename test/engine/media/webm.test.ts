import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { tagsIn } from '../../../engine/media/webm.ts';
import { withFfmpeg, withoutFfmpeg } from './ffmpeg-stand-in.ts';
import { movingDisc, planOf, temporaryFolder } from './fixtures.ts';
import { writeOutputs } from './write-outputs.ts';

beforeEach(withoutFfmpeg);
afterEach(() => {
  vi.unstubAllEnvs();
});

/** A file as ffmpeg writes it: an index of elements, room for more entries, and a cluster. @param room bytes */
const withRoom = (room: number) => `
  const entry = Buffer.from('4dbb8b53ab841549a96653ac81a1', 'hex');
  const index = Buffer.concat([Buffer.from('114d9b74', 'hex'), Buffer.from([0x80 | entry.length]), entry]);
  const cluster = element('1f43b675', await input());
  fs.writeFileSync(args.at(-1), Buffer.concat([
    element('1a45dfa3', Buffer.from([0x42, 0x82, 0x84, 0x77, 0x65, 0x62, 0x6d])),
    element('18538067', Buffer.concat([index, element('ec', Buffer.alloc(${room})), cluster])),
  ]));`;

async function written(script: string): Promise<Buffer> {
  withFfmpeg(script);
  const plan = planOf({ base: join(temporaryFolder(), 'clip'), formats: ['webm'], frames: 2 });
  const [path = ''] = (await writeOutputs(movingDisc(16, 16, 2), plan)).files;
  return readFileSync(path);
}

/** The offset at which the content of the segment begins. */
const segmentOf = (file: Buffer) => file.indexOf(Buffer.from('18538067', 'hex')) + 12;

describe('the tags of a WebM', () => {
  it('are in the index, so that they are found without reading all frames', async () => {
    const file = await written(withRoom(89));
    const entry = file.indexOf(Buffer.from('4dbb9253ab841254c36753ac88', 'hex'));
    expect(entry).toBeGreaterThan(0);
    const position = Number(file.readBigUInt64BE(entry + 13));
    const tags = segmentOf(file) + position;
    expect(file.subarray(tags, tags + 4).toString('hex')).toBe('1254c367');
    // The cluster stays where it was, because cues and other entries point to it.
    const before = segmentOf(file) + 19 + 9 + 89;
    expect(file.subarray(before, before + 4).toString('hex')).toBe('1f43b675');
    expect(tagsIn(file).map(({ name }) => name)).toEqual(['COMMENT', 'PROMPT_TRAVEL']);
  });

  it('are at the end also if the index has no room', async () => {
    const file = await written(withRoom(10));
    expect(file.includes(Buffer.from('53ab841254c367', 'hex'))).toBe(false);
    expect(tagsIn(file).map(({ name }) => name)).toEqual(['COMMENT', 'PROMPT_TRAVEL']);
  });
});
