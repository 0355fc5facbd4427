import { describe, expect, it } from 'vitest';
import { loadTokenizer } from '../../engine/tokenizer.ts';
import { importTravel } from '../../exchange/import.ts';
import { TARGET_NAMES, type TargetName } from '../../exchange/target.ts';
import { exported, FORMATS } from './exports.ts';

describe('a file without a motion module', () => {
  const text = (more = '') => `---\ncheckpoint: dream.safetensors\n${more}---\n0: a\n8: b\n`;
  const notesOf = (more: string, target: (typeof TARGET_NAMES)[number]) =>
    exported(text(more), target)
      .lost.filter(({ key }) => key === 'motion-module')
      .map(({ message }) => message);

  it.each<[target: (typeof TARGET_NAMES)[number], words: RegExp]>([
    ['comfy-api', /\(motion_module\).*`model_name`.*is empty/],
    ['webui-api', /\(motion_module\).*default, mm_sd15_v3\.safetensors, is used/],
    ['infotext', /\(motion_module\).*chosen there stays/],
    ['cli', /\(motion_module\).*Set `motion_module` in it/],
  ])('gets a note of what is used there: %s', (target, words) => {
    expect(notesOf('', target)).toEqual([expect.stringMatching(words)]);
    expect(notesOf('motion_module: mm.ckpt\n', target)).toEqual([]);
  });

  it.each(TARGET_NAMES)('has none after export and import, or that of the target: %s', (target) => {
    const { travel } = importTravel([{ text: exported(text(), target).text }], { format: FORMATS[target] });
    expect(travel).not.toMatch(/^motion_module: (?!mm_sd15_v3\.safetensors$)/m);
  });
});

describe('a clip of still images', () => {
  const STILL = 'motion_module: none\n';

  it.each<[TargetName, RegExp]>([
    ['webui-api', /motion_module: none.*mm_sd15_v3/],
    ['infotext', /motion_module: none.*chosen there/],
    ['cli', /motion_module: none.*refuses/],
    ['deforum', /motion_module: none.*from the one before/],
  ])('has a note and no file of that name: %s', (target, words) => {
    const { text: written, lost } = exported(`---\n${STILL}---\na\n`, target);
    expect(lost.filter(({ message }) => words.test(message))).toHaveLength(1);
    expect(written).not.toMatch(/none/);
  });

  it('is held by ComfyUI, without the nodes of a motion module', () => {
    const { text: written, lost } = exported(`---\n${STILL}---\na\n`, 'comfy-api');
    expect(lost.filter(({ message }) => message.includes('motion_module'))).toEqual([]);
    expect(written).not.toMatch(/ADE_LoadAnimateDiffModel/);
  });
});

describe('--neg in a schedule of FizzNodes or Deforum', () => {
  it.each([
    ['a --neg b', 'a --neg b'],
    ['a--neg b', 'a --neg b'],
    ['a --negb', 'a --neg b'],
    ['a,--neg,b', 'a, --neg ,b'],
    ['a --negative b', 'a --neg ative b'],
    ['--neg b', '--neg b'],
    ['a --neg', 'a'],
    ['a -- neg b', 'a -- neg b'],
    ['a -neg b', 'a -neg b'],
    ['a --NEG b', 'a --NEG b'],
  ])('divides a prompt also inside a word: %s', (prompt, line) => {
    const deforum = JSON.stringify({ animation_mode: '2D', prompts: { 0: prompt, 8: 'c' } });
    const fizz = `"0": ${JSON.stringify(prompt)}, "8": "c"`;
    for (const text of [deforum, fizz]) expect(importTravel([{ text }]).travel).toContain(`\n0: ${line}\n8: c\n`);
  });
});

describe('the letters --neg in a prompt', () => {
  const fizzParts = (text: string) =>
    [...text.matchAll(/"(?:[^"\\]|\\.)*": ("(?:[^"\\]|\\.)*")/g)].map(([, value]) =>
      (JSON.parse(value!) as string).split('--neg'),
    );
  const text = (negative: string) => `---\nnegative_prompt: "${negative}"\n---\n0: a\n8: b --neg rain\n`;
  const NEGATIVES = ['blurry --neg dark', '--neg', 'a--neg', '--negative space', 'x, --neg --neg y', '--neg: z'];
  // A tokenizer reads dashes and letters apart.
  const spaced = (negative: string) => negative.replaceAll('--neg', '-- neg');

  it.each(NEGATIVES)('does not cut a schedule: %s', (negative) => {
    for (const schedule of [exported(text(negative), 'fizz').text, comfySchedule(text(negative))]) {
      const parts = fizzParts(schedule);
      expect(parts.map(([, own = '']) => own.trim())).toEqual([
        spaced(negative),
        expect.stringMatching(/, rain$/) as string,
      ]);
      expect(parts.every(({ length }) => length === 2)).toBe(true);
    }
  });

  it.each(NEGATIVES)('does not cut the prompts of Deforum: %s', (negative) => {
    const { parts } = exported(text(negative), 'deforum');
    const { prompts, animation_prompts_negative: shared } = parts.object as Record<string, unknown>;
    expect(shared).toBe(spaced(negative));
    expect(prompts).toEqual({ 0: 'a', 8: 'b --neg rain' });
  });

  it.each(NEGATIVES)('gives the same tokens: %s', async (negative) => {
    const tokenizer = await loadTokenizer();
    expect(tokenizer.encode(spaced(negative))).toEqual(tokenizer.encode(negative));
  });

  it('does not cut a prompt with a word that begins with it', () => {
    const file = '---\nfps: 8\n---\nhead --negx\n\n0: a--neg\n8: b --neg c--neg d\n\ntail --negative\n';
    expect(fizzParts(exported(file, 'fizz').text).map(({ length }) => length)).toEqual([1, 2]);
    const { prompts } = exported(file, 'deforum').parts.object as { prompts: Record<string, string> };
    expect(Object.values(prompts).map((prompt) => prompt.split('--neg').length)).toEqual([1, 2]);
  });

  it.each(['webui-api', 'cli', 'infotext'] as const)(
    'stays where the negative prompt has its own place: %s',
    (target) => {
      expect(exported(text('blurry --neg dark'), target).text).toContain('blurry --neg dark');
    },
  );
});

function comfySchedule(text: string): string {
  const { object } = exported(text, 'comfy-api').parts;
  const node = Object.values(object as Record<string, { class_type: string; inputs: Record<string, unknown> }>).find(
    ({ class_type: type }) => type === 'BatchPromptSchedule',
  );
  return String(node?.inputs.text);
}
