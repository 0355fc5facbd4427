import { describe, expect, it } from 'vitest';
import { SETTING_KEYS } from '../../../../grammar/settings/schema.ts';
import { completionOf } from '../../../../server/features/completion/completion.ts';
import type { ServerHost } from '../../../../server/hosts/server-host.ts';
import { atCursor, edited, type Files, serverHost, travelEnvironment } from '../../hosts.ts';

const FILES: Files = {
  models: {
    lora: ['cats', 'dogs'],
    embedding: ['easynegative'],
    checkpoint: ['toonyou', 'a: b', 'x '],
    controlnet: ['canny_v11'],
    'motion-module': ['mm_v3'],
  },
  wildcards: { hair: ['red', 'blue'] },
};

async function items(marked: string) {
  const { analysis, position } = atCursor(marked, FILES);
  const { items: found } = await completionOf(analysis, position, serverHost(FILES));
  return { analysis, found, labels: found.map(({ label }) => label) };
}

/** The text after choosing an item. */
async function chosen(marked: string, label: string): Promise<string> {
  const { analysis, found } = await items(marked);
  const edit = found.find((item) => item.label === label)?.textEdit;
  if (!edit || !('range' in edit)) throw new Error(`“${label}” is not offered, only ${found.map((i) => i.label)}.`);
  return edited(analysis, [edit]);
}

describe('settings', () => {
  it('are all offered with their documentation, except for those in the file', async () => {
    const { labels, found } = await items('---\nframes: 3\n‸\n---\n');
    expect(labels).toEqual(SETTING_KEYS.filter((key) => key !== 'frames'));
    for (const { documentation } of found)
      expect(documentation).toMatchObject({ value: expect.stringMatching(/\w{3}/) });
  });

  it.each([
    ['---\nfr‸\n---\n', 'frames', '---\nframes: \n---\n'],
    ['---\nsampler: Eu‸\n---\n', 'Euler a', '---\nsampler: Euler a\n---\n'],
    ['---\nsave: [webp, m‸]\n---\n', 'mp4', '---\nsave: [webp, mp4]\n---\n'],
    ['---\nsave:\n  - ‸\n---\n', 'gif', '---\nsave:\n  - gif\n---\n'],
    ['---\ninterpolate: {m‸}\n---\n', 'method', '---\ninterpolate: {method: }\n---\n'],
    ['---\ninterpolate: {method: ‸}\n---\n', 'film', '---\ninterpolate: {method: film}\n---\n'],
    ['---\ninterpolate:\n  ‸\n---\n', 'x', '---\ninterpolate:\n  x: \n---\n'],
    ['---\ncontrolnet:\n  - mode: ‸\n---\n', 'control', '---\ncontrolnet:\n  - mode: control\n---\n'],
    ['---\ncontrolnet:\n  - model: ‸\n---\n', 'canny_v11', '---\ncontrolnet:\n  - model: canny_v11\n---\n'],
    ['---\ncontrolnet: [{preprocessor: sc‸}]\n---\n', 'scribble', '---\ncontrolnet: [{preprocessor: scribble}]\n---\n'],
    ['---\ncheckpoint: t‸\n---\n', 'toonyou', '---\ncheckpoint: toonyou\n---\n'],
    ['---\ncheckpoint: ‸\n---\n', 'a: b', "---\ncheckpoint: 'a: b'\n---\n"],
    ['---\ncheckpoint: ‸\n---\n', 'x ', "---\ncheckpoint: 'x '\n---\n"],
    ['---\nmotion_module: ‸ # try\n---\n', 'none', '---\nmotion_module: none # try\n---\n'],
    ['---\ncheckpoint: t‸oo\n---\n', 'toonyou', '---\ncheckpoint: toonyou\n---\n'],
    ['---\ntransition: ‸\n---\n', 'ease', '---\ntransition: ease\n---\n'],
    ['---\nclosed_loop: ‸', 'R+P', '---\nclosed_loop: R+P'],
    ['---\nfr‸: 32\n---\n', 'frames', '---\nframes: 32\n---\n'],
    ['---\nsampler: ‸Euler\n---\n', 'Euler a', '---\nsampler: Euler a\n---\n'],
  ])('%j: %s', async (marked, label, after) => {
    expect(await chosen(marked, label)).toBe(after);
  });
});

describe('Enter', () => {
  it.each([
    '---\nseed: 42‸\n---\n',
    '---\nseed: 4‸\n---\n',
    '---\nseed: 42 ‸\n---\n',
    '---\nfps: 8‸ # slow\n---\n',
    '---\nsteps: 2‸\n---\n',
    '---\nnegative_prompt: worst‸\n---\n',
    '---\nsampler: Euler‸\n---\n',
    '---\nsampler: Euler ‸\n---\n',
    '---\ntransition: ease‸\n---\n',
    '---\nsave: [webp, mp4‸]\n---\n',
    '---\nsave:\n  - gif‸\n---\n',
    '---\nclosed_loop: N‸\n---\n',
    '---\ncheckpoint: toonyou‸\n---\n',
    '0: <lora:cats‸:0.5>',
    '0: a BREAK‸',
    '0: a cat and‸',
    '0: a brea‸',
    '0: a, easynegative‸',
    '0: a __hair‸__',
    '0 ease‸: a',
    `---\ndefine: {hero: a cat}\n---\n0: $hero‸`,
  ])('%j: ends the line, because nothing is offered', async (marked) => {
    expect((await items(marked)).labels).toEqual([]);
  });

  it('accepts a key, and the list opens again if the key has values to offer', async () => {
    const { analysis, position } = atCursor('---\n‸\n---\n', FILES);
    const opening = async (opensNext: boolean) => {
      const list = await completionOf(analysis, position, serverHost(FILES), { opensNext });
      return new Map(list.items.map(({ label, command }) => [label, command?.command]));
    };
    const offered = await opening(true);
    for (const key of ['sampler', 'checkpoint', 'transition', 'seed', 'save'])
      expect(offered.get(key), key).toBe('editor.action.triggerSuggest');
    expect([...(await opening(false)).values()].some((command) => command !== undefined)).toBe(false);
    for (const [key, command] of offered) {
      const { labels } = await items(`---\n${key}: ‸\n---\n`);
      expect([key, labels.length > 0]).toEqual([key, command !== undefined]);
    }
  });
});

const CAT = '---\ndefine: {hero: a cat}\n---\n';

describe('body', () => {
  it('offers a file that may be an embedding only if it is one', async () => {
    const possible = { ...travelEnvironment(FILES), possibleEmbeddings: () => ['easynegative', 'easy_checkpoint'] };
    const { analysis, position } = atCursor('0: a, easy‸', FILES);
    const host: ServerHost = { ...serverHost(FILES), settle: async (_uri, work) => work(possible) };
    const { items: found } = await completionOf(analysis, position, host);
    expect(found.map(({ label }) => label)).toEqual(['easynegative']);
  });

  it.each([
    ['0: <lora:c‸', 'cats', '0: <lora:cats:1>'],
    ['0: <lora:c‸at:0.5>', 'cats', '0: <lora:cats:0.5>'],
    ['---\ndefine: {hero: a cat}\n---\n0: $‸', 'hero', '---\ndefine: {hero: a cat}\n---\n0: $hero'],
    [`${CAT}0: \${h‸`, 'hero', `${CAT}0: \${hero}`],
    ['0: __h‸', '__hair__', '0: __hair__'],
    ['0: __ha‸iry__', '__hair__', '0: __hair__'],
    ['0: a, easy‸', 'easynegative', '0: a, easynegative'],
    ['0: a ‸', '--neg', '0: a --neg '],
    ['0 ea‸: red', 'ease-in', '0 ease-in: red'],
    ['‸', '0', '0: '],
  ])('%j: %s', async (marked, label, after) => {
    expect(await chosen(marked, label)).toBe(after);
  });

  it.each([
    ['0: a __ha‸', '__ha', '__hair__'],
    [`${CAT}0: a $h‸`, 'h', 'hero'],
    [`${CAT}0: a \${h‸`, 'h', 'hero'],
    ['0: <lora:c‸', 'c', 'cats'],
  ])('%j: the range holds what is compared with the filter text', async (marked, held, filter) => {
    const { analysis, found } = await items(marked);
    const edit = found.find(({ filterText }) => filterText === filter)?.textEdit;
    if (!edit || !('range' in edit)) throw new Error(`Nothing is compared with “${filter}”.`);
    const { start, end } = analysis.spanOf(edit.range);
    expect(analysis.text.slice(start, end)).toBe(held);
  });

  describe('after a backslash', () => {
    it.each([
      `${CAT}0: a \\$h‸`,
      `${CAT}0: a \\\\\\$h‸`,
      `${CAT}0: a \\$\{h‸`,
      '0: a \\__ha‸',
      '0: a \\__ha‸ir__',
      '0: a \\__hair__‸',
      '0: __hair__, \\__ha‸',
      '\\‸',
      '\\1‸',
      '\\12 ea‸',
    ])('%j: offers no name, wildcard, position or transition', async (marked) => {
      const { labels } = await items(marked);
      expect(labels.filter((label) => !['BREAK', 'AND', '--neg', 'easynegative'].includes(label))).toEqual([]);
    });

    it.each([
      [`${CAT}0: \\$5, $h‸`, 'hero', `${CAT}0: \\$5, $hero`],
      [`${CAT}0: \\\\$h‸`, 'hero', `${CAT}0: \\\\$hero`],
      ['0: \\__x, __ha‸', '__hair__', '0: \\__x, __hair__'],
      ['0: \\__hair__, __ha‸', '__hair__', '0: \\__hair__, __hair__'],
      ['0: \\\\__ha‸', '__hair__', '0: \\\\__hair__'],
      ['0: <lora:my__style:1> __ha‸', '__hair__', '0: <lora:my__style:1> __hair__'],
      ['0: \\(easy‸', 'easynegative', '0: \\(easynegative'],
      ['0: \\{easy‸', 'easynegative', '0: \\{easynegative'],
    ])('%j: offers %s', async (marked, label, after) => {
      expect(await chosen(marked, label)).toBe(after);
    });
  });

  it('offers positions after the keyframe above, inside the clip', async () => {
    const { labels } = await items('---\nframes: 32\nfps: 12\n---\n0: a\n4-6: b\n# more\n‸');
    expect(labels).toEqual(['14', '18', '22', '16', '31']);
  });

  it('offers no position past the last frame', async () => {
    const positions = async (frames: number) => (await items(`---\nframes: ${frames}\n---\n12: a\n‸`)).labels;
    expect(await positions(16)).toEqual(['15']);
    expect(await positions(20)).toEqual(['19']);
    expect(await positions(21)).toEqual(['20']);
    expect(await positions(12)).toEqual([]);
  });

  it('offers nothing after a space in a prompt, unlike in the settings', async () => {
    const typed = async (marked: string) => {
      const { analysis, position } = atCursor(marked, FILES);
      return (await completionOf(analysis, position, serverHost(FILES), { typed: true })).items.length;
    };
    expect(await typed('0: a cat ‸')).toBe(0);
    expect(await typed('---\nsampler: ‸\n---\n')).toBeGreaterThan(0);
    expect(await typed('0: a $‸')).toBe(0);
    expect(await typed(`${CAT}0: a $‸`)).toBe(1);
  });

  it('offers nothing in a comment, before the settings, or in a name with a space', async () => {
    for (const marked of ['0: red # e‸', '# ‸', '-‸--\n---\n']) expect((await items(marked)).labels).toEqual([]);
  });
});
