import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { extractTravel } from '../../../engine/media/extract.ts';
import { FORMATS } from '../../../engine/media/formats.ts';
import { textsIn } from '../../../engine/media/texts.ts';
import { importTravel } from '../../../exchange/import.ts';
import type { OutputFormat, TravelPlan } from '../../../plan/plan.ts';
import { VERSION } from '../../../plan/version.ts';
import { readInfotext, travelOf } from './a1111-reader.ts';
import { prepareFfmpeg, withoutFfmpeg } from './ffmpeg-stand-in.ts';
import { movingDisc, planOf, SOURCE, temporaryFolder } from './fixtures.ts';
import { writeOutputs } from './write-outputs.ts';

/**
 * Where A1111 looks (`read_info_from_image` in `modules/images.py`) and where sd-webui-animatediff writes it
 * (`scripts/animatediff_output.py`): PNG `parameters`, EXIF of WebP, comments of GIF, MP4 and WebM; a text file as it is.
 */
const FIELDS: Readonly<Record<OutputFormat, string | null>> = {
  png: 'parameters',
  apng: 'parameters',
  webp: 'parameters',
  gif: 'comment',
  mp4: 'comment',
  webm: 'comment',
  prores: 'comment',
  ffv1: 'comment',
  txt: null,
};

beforeEach(withoutFfmpeg);
afterEach(() => {
  vi.unstubAllEnvs();
});

async function written(format: OutputFormat, changes: Partial<TravelPlan> = {}): Promise<Buffer> {
  prepareFfmpeg(format);
  const plan = { ...planOf({ base: join(temporaryFolder(), 'clip'), formats: [format], frames: 4 }), ...changes };
  const [path = ''] = (await writeOutputs(movingDisc(16, 16, 4), plan)).files;
  return readFileSync(format === 'png' ? join(path, '00002.png') : path);
}

/** What A1111 is given. */
function infotextOf(format: OutputFormat, bytes: Buffer): string {
  const name = FIELDS[format];
  const text = name === null ? bytes.toString('utf8') : textsIn(bytes).findLast(({ field }) => field === name)?.text;
  if (text === undefined) throw new Error(`The ${format} has no infotext.`);
  return text;
}

const withTexts = (...texts: readonly string[]): Partial<TravelPlan> => ({
  prompts: texts.map((text) => ({ text, loras: [] })),
  motionLoras: [],
});

describe.each(Object.keys(FORMATS) as OutputFormat[])('%s', (format) => {
  it('has prompt, negative prompt and settings where A1111 reads them', async () => {
    const read = readInfotext(infotextOf(format, await written(format)));
    expect(travelOf(read.Prompt!)).toEqual({
      0: 'café, (smile:1.2) <lora:ears:0.7> <lora:zoom:0.5>',
      3: '🦊 fox <lora:zoom:0.5>',
    });
    expect(read).toMatchObject({
      'Negative prompt': 'blurry',
      Steps: '20',
      Sampler: 'Euler a',
      Seed: '42',
      'Size-1': '64',
      'Size-2': '48',
      Model: 'pocket',
      'AnimateDiff video_length': '4',
      Version: `Prompt Travel ${VERSION}`,
    });
  });

  it.each([
    ['very long', 'a, '.repeat(20_000)],
    ['like parameters', 'Steps: 1, Sampler: LMS, Seed: 2, "x", Prompt Travel: "prompt-travel/1 0 x {}"'],
  ])('keeps a prompt that is %s', async (_, text) => {
    const bytes = await written(format, withTexts(text, 'end', 'blurry'));
    const read = readInfotext(infotextOf(format, bytes));
    expect(travelOf(read.Prompt!)).toEqual({ 0: text.trim(), 3: 'end' });
    expect(read).toMatchObject({ Seed: '42', 'Negative prompt': 'blurry' });
  });

  it('gives the source back, also to an import', async () => {
    const bytes = await written(format, withTexts('Prompt Travel: "prompt-travel/1 ', 'b', 'c'));
    const path = join(temporaryFolder(), 'renamed.bin');
    writeFileSync(path, bytes);
    expect((await extractTravel(path)).source).toBe(SOURCE);
    const sources = format === 'txt' ? [{ text: bytes.toString('utf8') }] : textsIn(bytes);
    expect(importTravel(sources)).toEqual({ format: 'travel', travel: SOURCE, notes: [], clips: [] });
  });
});

describe('png', () => {
  const kinds = (bytes: Buffer) => /(tEXt|iTXt)parameters/.exec(bytes.toString('latin1'))?.[1];

  it('has a chunk that every reader knows, unless a letter is not ASCII', async () => {
    expect(kinds(await written('png', withTexts('cafe', 'b', 'c')))).toBe('tEXt');
    expect(kinds(await written('png', withTexts('café', 'b', 'c')))).toBe('iTXt');
  });
});

describe('txt', () => {
  it('is imported without its source if the source was modified', async () => {
    const text = (await written('txt')).toString('utf8').replace('frames: 4', 'frames: 40');
    expect(importTravel([{ text }])).toMatchObject({ format: 'infotext' });
  });
});
