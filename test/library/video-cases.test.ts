import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkTravel } from '../../grammar/language.ts';
import type { Problem } from '../../grammar/problem.ts';
import { settle } from '../../library/file-environment.ts';
import { ModelLibrary } from '../../library/model-library.ts';
import { CASES_FOLDER, HAS_CASES } from '../engine/inputs/real-ffmpeg.ts';

const Mentions = z.object({ mentions: z.array(z.string()) });
const Plan = z.object({
  fps: z.string(),
  frames: z.number(),
  from: z.number().optional(),
  to: z.number().optional(),
  repeat: z.boolean().optional(),
  error: z.string().optional(),
  warning: z.string().optional(),
  /** Found only when its frames are decoded. */
  late: z.boolean().default(false),
  mentions: z.array(z.string()).default([]),
});
type Plan = Partial<z.infer<typeof Plan>>;
const Case = z.object({
  id: z.string(),
  file: z.string(),
  plans: z.array(Plan).default([]),
  error: Mentions.optional(),
  /** One of these is right. */
  either: z.array(z.object({ error: Mentions.optional() })).default([]),
  information: Mentions.optional(),
});
const Cases = z.object({ sections: z.array(z.object({ cases: z.array(Case) })) });

const all = (
  HAS_CASES ? Cases.parse(JSON.parse(readFileSync(join(CASES_FOLDER, 'video.json'), 'utf8'))).sections : []
).flatMap((section) => section.cases);
const isFolder = ({ file }: { readonly file: string }) => file.startsWith('folder');

/** What only ffmpeg knows: codecs, and containers without a header. */
const ONLY_FFMPEG: ReadonlySet<string> = new Set(['unknown-codec', 'start-1.4', 'wrap']);

/** Images that only a render opens. */
const ONLY_RENDER: ReadonlySet<string> = new Set([
  'folder-broken',
  'folder-cut-jpeg',
  'folder-zero-byte',
  'folder-bomb',
]);

/** What the settings alone show, whatever the file is. */
const OF_SETTINGS = /^(?:negative from|to before from)$/;

/** As a number, because settings of the language are numbers. */
const rateOf = (text: string) => {
  const [frames, seconds = '1'] = text.split('/');
  return Number(frames) / Number(seconds);
};

/** Those of a list that a message does not have. */
const unsaid = (mentions: readonly string[], message = '') => mentions.filter((mention) => !message.includes(mention));

describe.skipIf(!HAS_CASES)('the checks of videos that people have', () => {
  let library: ModelLibrary;
  beforeAll(async () => {
    library = await ModelLibrary.open({ modelsFolder: join(import.meta.dirname, '../../models'), roots: [] });
  });

  const problemsOf = (settings: string): Promise<readonly Problem[]> => {
    const place = { path: join(CASES_FOLDER, 'video', 'clip.travel'), wildcardFolders: [] };
    // Without an ffmpeg, the headers say the same.
    return settle(library, place, (environment) =>
      checkTravel(`---\n${settings}\n---\na lighthouse`, environment).problems.filter(
        ({ code }) => !code.endsWith('ffmpeg-missing'),
      ),
    );
  };

  /** The problems of a clip that starts from a video, or a folder of its frames. */
  const problemsIn = (key: 'source' | 'path', file: string, { fps, frames, from, to, repeat }: Plan) => {
    const parts = Object.entries({ [key]: file, from, to, repeat }).filter(([, value]) => value !== undefined);
    const video = parts.map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join(', ');
    return problemsOf(`fps: ${rateOf(fps ?? '8')}\nframes: ${frames ?? 8}\nvideo: {${video}}`);
  };

  const messagesOf = (problems: readonly Problem[], severity: Problem['severity']) =>
    problems.filter((problem) => problem.severity === severity).map(({ message }) => message);

  const videos = all.filter((each) => !isFolder(each) && !ONLY_FFMPEG.has(each.id));
  it.each(videos)('$id', async ({ file, plans, error }) => {
    if (error) {
      const [message = '', ...others] = messagesOf(await problemsIn('source', file, {}), 'error');
      expect([unsaid(error.mentions, message), others]).toEqual([[], []]);
    }
    for (const plan of plans) {
      const problems = await problemsIn('source', file, plan);
      const [errors, warnings] = [messagesOf(problems, 'error'), messagesOf(problems, 'warning')];
      const wanted = plan.mentions.filter((mention) => mention !== file || !OF_SETTINGS.test(plan.error ?? ''));
      const isWarned = plan.warning !== undefined && !plan.late;
      expect([errors.length, warnings.length]).toEqual([plan.error === undefined ? 0 : 1, isWarned ? 1 : 0]);
      if (errors.length + warnings.length > 0) expect(unsaid(wanted, errors[0] ?? warnings[0])).toEqual([]);
    }
  });

  it.each(all.filter((each) => isFolder(each) && !ONLY_RENDER.has(each.id)))(
    '$id',
    async ({ file, plans, error, either, information }) => {
      const refused = error ?? either.find((each) => each.error)?.error;
      if (refused) {
        const [message, ...others] = messagesOf(await problemsIn('path', file, { frames: 3 }), 'error');
        // Of several images that cannot be read, the first is named.
        const missing = unsaid(refused.mentions, message).filter((mention) => !/\.(?:tga|heic)$/.test(mention));
        expect([missing, others.length]).toEqual([[], 0]);
        return;
      }
      for (const plan of plans) {
        const problems = await problemsIn('path', file, plan);
        const errors = messagesOf(problems, 'error');
        expect([errors.length, unsaid(plan.mentions, errors[0]), messagesOf(problems, 'warning')]).toEqual(
          plan.error === undefined ? [0, [], []] : [1, [], []],
        );
        if (information) {
          const listed = messagesOf(problems, 'information').filter((message) => message.includes('Ignored'));
          expect([listed.length, unsaid(information.mentions, listed[0])]).toEqual([1, []]);
        }
      }
    },
  );

  const titlesOf = (problems: readonly Problem[]) =>
    problems.flatMap(({ fixes = [] }) => fixes.map(({ title }) => title));
  const unit = (input: string) => `controlnet: [{model: none, ${input}}]`;

  it.each(['video: {path: folder-gaps}\ncontrolnet: [{model: none}]', unit('batch: folder-gaps')])(
    'asks about gaps in %s',
    async (input) => {
      const about = async (frames: number) =>
        (await problemsOf(`frames: ${frames}\n${input}`)).filter(({ message }) => message.includes('folder-gaps'));
      const [shorter] = await about(4);
      expect(unsaid(['6', '12'], shorter?.message)).toEqual([]);
      expect(titlesOf([shorter!])).toEqual([
        'Use them one after the other: set `frames` to 6',
        'Use them at the frames of their numbers, and set `frames` to 13',
      ]);
      const [asLong] = await about(6);
      expect(unsaid(['6', '12', 'one after the other'], asLong?.message)).toEqual([]);
      expect(titlesOf([asLong!])).toEqual(['Use them at the frames of their numbers, and set `frames` to 13']);
    },
  );

  it('offers the only image, and the video, of a folder', async () => {
    expect(titlesOf(await problemsOf(`frames: 16\n${unit('batch: folder-single')}`))).toContain(
      'Use “only.png” as `image`',
    );
    expect(titlesOf(await problemsOf('frames: 16\nvideo: {path: folder-single}'))).toContain(
      'Use “only.png” as `init_image`',
    );
    expect(titlesOf(await problemsOf('frames: 4\nvideo: {path: folder-video}'))).toContain(
      'Use “clip.mp4” as `source`',
    );
    expect(titlesOf(await problemsOf('frames: 4\nvideo: {source: still.png}'))).toContain('Use it as `init_image`');
  });
});
