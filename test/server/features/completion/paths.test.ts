import { describe, expect, it } from 'vitest';
import { completionOf } from '../../../../server/features/completion/completion.ts';
import { atCursor, edited, type Files, serverHost } from '../../hosts.ts';

const FILES: Files = {
  models: { controlnet: ['canny_v11'], checkpoint: ['toonyou'] },
  folders: {
    '': [
      'video.travel',
      'style.travel',
      'dance.mp4',
      'walk.gif',
      'IMG_2.PNG',
      'IMG_10.jpg',
      'mask.png',
      'model.safetensors',
      'notes.txt',
      'frames/',
      'a, b/',
      'it # is.mov',
    ],
    'frames/': ['frame10.png', 'frame2.png', 'old/', 'take.webm', 'pose.pth'],
    'frames/old/': ['1.png'],
    '../': ['parent.mp4', 'base.travel', 'models/'],
  },
};

async function completed(marked: string, files: Files = FILES) {
  const { analysis, position } = atCursor(marked, files);
  const list = await completionOf(analysis, position, serverHost(files), { opensNext: true });
  return { analysis, ...list };
}

const labels = async (marked: string, files?: Files) =>
  (await completed(marked, files)).items.map(({ label }) => label);

/** The text after choosing an item, with the cursor where it then is. */
async function chosen(marked: string, label: string): Promise<string> {
  const { analysis, items } = await completed(marked);
  const item = items.find((each) => each.label === label);
  const edit = item?.textEdit;
  if (!edit || !('range' in edit)) throw new Error(`“${label}” is not offered, only ${items.map((i) => i.label)}.`);
  const { start } = analysis.spanOf(edit.range);
  const cursor = start + edit.newText.length;
  const text = edited(analysis, [edit]);
  return `${text.slice(0, cursor)}‸${text.slice(cursor)}`;
}

const inSettings = (line: string) => `---\n${line}\n---\n`;

describe('where a setting names a file or a folder', () => {
  it.each<[line: string, expected: readonly string[]]>([
    ['init_image: ‸', ['a, b/', 'frames/', 'IMG_2.PNG', 'IMG_10.jpg', 'mask.png', 'walk.gif']],
    ['last_frame: ‸', ['a, b/', 'frames/', 'IMG_2.PNG', 'IMG_10.jpg', 'mask.png', 'walk.gif']],
    ['inpaint_mask: frames/‸', ['old/', 'frame2.png', 'frame10.png']],
    ['mask: "frames/‸"', ['old/', 'frame2.png', 'frame10.png']],
    ['video: {source: ‸}', ['a, b/', 'frames/', 'dance.mp4', 'it # is.mov', 'walk.gif']],
    ['video: {path: ‸}', ['a, b/', 'frames/']],
    ["video: {source: 'it''s } a.mp4', path: ‸}", ['a, b/', 'frames/']],
    ['video: {source: "a \\"} b.mp4", path: ‸}', ['a, b/', 'frames/']],
    ['video:\n  source: frames/‸', ['old/', 'take.webm']],
    ['video: {from: 1, source: ../‸, to: 2}', ['models/', 'parent.mp4']],
    ['controlnet: [{model: a, image: frames/‸}]', ['old/', 'frame2.png', 'frame10.png']],
    ['controlnet: [{model: a, image: {0: x.png, 50%: frames/‸}}]', ['old/', 'frame2.png', 'frame10.png']],
    ['controlnet:\n  - model: a\n    image:\n      16-24: frames/‸', ['old/', 'frame2.png', 'frame10.png']],
    ['controlnet:\n  - {model: a, batch: ‸}', ['a, b/', 'frames/']],
    ['controlnet:\n  - model: a\n    video: frames/‸', ['old/', 'take.webm']],
    ['controlnet:\n  - {model: frames/‸}', ['old/', 'pose.pth']],
    ['controlnet: [{model: ‸}]', ['canny_v11']],
    ['checkpoint: ‸', ['pocket', 'toonyou']],
    ['checkpoint: m‸', ['pocket', 'toonyou', 'a, b/', 'frames/', 'model.safetensors']],
    ['vae: frames/‸', ['old/', 'pose.pth']],
    ['extends: ‸', ['a, b/', 'frames/', 'style.travel']],
    ['extends: ../‸', ['models/', 'base.travel']],
  ])('%s: what fits', async (line, expected) => {
    expect(await labels(inSettings(line))).toEqual(expected);
  });

  it.each<[line: string, label: string, after: string]>([
    ['video: {source: da‸}', 'dance.mp4', 'video: {source: dance.mp4‸}'],
    ['video: {source: da‸nce.mov, from: 1}', 'dance.mp4', 'video: {source: dance.mp4‸, from: 1}'],
    ['video: {source: ‸}', 'it # is.mov', "video: {source: 'it # is.mov'‸}"],
    ['video: {source: "da‸"}', 'dance.mp4', 'video: {source: "dance.mp4‸"}'],
    ['video: {source: "da‸', 'dance.mp4', 'video: {source: "dance.mp4"‸'],
    ["video:\n  source: 'fra‸'", 'frames/', "video:\n  source: 'frames/‸'"],
    ["video:\n  source: 'fra‸", 'frames/', "video:\n  source: 'frames/‸"],
    ['video: {path: ‸}', 'frames/', 'video: {path: frames‸}'],
    ['video: {path: ‸}', 'a, b/', "video: {path: 'a, b'‸}"],
    ['video:\n  path: ‸', 'a, b/', 'video:\n  path: a, b‸'],
    ['init_image: frames/o‸', 'old/', 'init_image: frames/old/‸'],
    ['init_image: frames/‸ # first', 'frame2.png', 'init_image: frames/frame2.png‸ # first'],
    ['controlnet: [{model: a, image: {0: ‸}}]', 'mask.png', 'controlnet: [{model: a, image: {0: mask.png‸}}]'],
  ])('%s: choosing %s', async (line, label, after) => {
    expect(await chosen(inSettings(line), label)).toBe(inSettings(after));
  });

  it('goes on with what is in a folder, and asks again after each character', async () => {
    const { items, isIncomplete } = await completed(inSettings('init_image: ‸'));
    expect(isIncomplete).toBe(true);
    const commands = new Map(items.map(({ label, command }) => [label, command?.command]));
    expect([commands.get('frames/'), commands.get('mask.png')]).toEqual(['editor.action.triggerSuggest', undefined]);
    const [folder] = (await completed(inSettings('video: {path: ‸}'))).items;
    expect(folder!.command).toBeUndefined();
  });

  it('compares with all of the path, as it is written', async () => {
    for (const [line, filters] of [
      ['mask: frames/fr‸', ['frames/old', 'frames/frame2.png', 'frames/frame10.png']],
      ['mask: "frames/fr‸"', ['"frames/old', '"frames/frame2.png', '"frames/frame10.png']],
    ] as const) {
      const { items } = await completed(inSettings(line));
      expect(items.map(({ filterText }) => filterText)).toEqual(filters);
    }
  });

  it('offers nothing after a complete path, or after a closing quotation mark', async () => {
    for (const line of [
      'mask: mask.png‸',
      'video: {source: dance.mp4‸}',
      'mask: "mask.png"‸',
      'extends: style.travel‸',
    ])
      expect([line, await labels(inSettings(line))]).toEqual([line, []]);
  });

  it('offers examples if nothing fits', async () => {
    expect(await labels(inSettings('init_image: ‸'), { folders: { '': ['notes.txt'] } })).toEqual([
      'first.png',
      'frames/',
    ]);
  });

  it('offers numbers at positions neither files nor examples', async () => {
    expect(await labels(inSettings('cfg_scale: {0: ‸}'))).toEqual([]);
  });
});

describe('a folder with 10,000 files', () => {
  const frames = Array.from({ length: 10_000 }, (_, i) => `frame${i}.png`);
  const files: Files = { folders: { '': [...frames, 'mask.png', 'frames/'] } };

  it('has a list of at most 200, of the names that begin as what is written', async () => {
    const all = await completed(inSettings('mask: ‸'), files);
    expect([all.items.length, all.isIncomplete]).toEqual([200, true]);
    expect(all.items.slice(0, 3).map(({ label }) => label)).toEqual(['frames/', 'frame0.png', 'frame1.png']);
    expect(await labels(inSettings('mask: ma‸'), files)).toEqual(['mask.png']);
    expect(await labels(inSettings('mask: Frame999‸'), files)).toEqual([
      ...['frame999.png', ...Array.from({ length: 10 }, (_, i) => `frame999${i}.png`)],
    ]);
  });
});
