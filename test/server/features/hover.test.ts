import { describe, expect, it } from 'vitest';
import { ClipTokenizer } from '../../../prompt/clip-tokenizer.ts';
import { hoverOf } from '../../../server/features/hover.ts';
import { clipMerges } from '../../golden/prompts.ts';
import { atCursor, type Files, serverHost } from '../hosts.ts';

async function hover(marked: string, files: Files = {}): Promise<string> {
  const { analysis, position } = atCursor(marked, files);
  const tokenizer = new ClipTokenizer(clipMerges());
  const found = await hoverOf(analysis, position, { ...serverHost(files), tokenizer: async () => tokenizer });
  const contents = found?.contents;
  return contents && typeof contents === 'object' && 'value' in contents ? contents.value : '';
}

const EXAMPLE = `---
frames: 32
define: {hero: a cat}
negative_prompt: blurry
---
head <lora:cats:0.5>
0: $hero
8-10 ease: red $hero <lora:cats:0.5> --neg ugly
30: x

tail
`;

describe('a keyframe', () => {
  const files = { models: { lora: ['cats'] } };
  const at = (text: string) => hover(EXAMPLE.replace(text, `${text}‸`), files);

  it('shows the prompts as they are encoded, with the sum of LoRA weights', async () => {
    const text = await at('\n8');
    expect(text).toContain('**Frame 8** of 32 (0 to 31), 1 s');
    expect(text).toContain('```text\nhead, red a cat, tail\n```');
    expect(text).toContain('```text\nblurry, ugly\n```');
    expect(text).toContain('LoRAs: cats 1');
  });

  it('counts tokens per chunk', async () => {
    // head , red a cat , tail
    expect(await at('\n8')).toContain('Tokens: 7 (chunks of 75)');
    expect(await hover(`0‸: ${'cat '.repeat(80)}`)).toContain('Tokens: 75 + 5 (chunks of 75)');
    expect(await hover('0‸: cat BREAK dog AND fish')).toContain('Tokens: 1 + 1 AND 1 (chunks of 75)');
  });

  it('shows neighbors and windows', async () => {
    const text = await at('\n8');
    expect(text).toContain('Transition from frame 0: `ease`. Holds through frame 10. Next keyframe: frame 30.');
    expect(text).toContain('Context windows in the first step: 0 to 15');
    expect(await at('\n30')).toContain('Last keyframe.');
  });

  it('shows that a transition starts at the end of the hold before it', async () => {
    expect(await hover('0-8: a\n12‸ ease: b\n')).toContain('Transition from frame 8: `ease`. Last keyframe.');
    expect(await hover('0-50%: a\n12‸: b\n')).toContain('Transition from frame 8: `linear`.');
    expect(await hover('0-14: a\n12‸: b\n')).toContain('No transition: the hold before it lasts until this frame.');
    expect(await hover('0: a\n4-6: b\n12‸: c\n')).toContain('Transition from frame 6: `linear`.');
  });

  it('names only neighbors inside the clip', async () => {
    expect(await hover('0‸: a\n99: b\n')).toContain('First keyframe. Last keyframe.');
  });

  it('shows the prompt even if an error elsewhere prevents a plan', async () => {
    const text = await hover('---\ncheckpoint: nowhere\n---\n0‸: red');
    expect(text).toContain('```text\nred\n```');
    expect(text).not.toContain('windows');
  });

  it('shows that a frame is outside the clip', async () => {
    expect(await hover('0: a\n99‸: b')).toContain('outside the clip');
  });

  it('keeps backticks in a prompt inside the code block', async () => {
    expect(await hover('0‸: a ```` b')).toContain('`````text\na ```` b\n`````');
  });
});

describe('other hovers', () => {
  it('document settings from the schema, nested ones too', async () => {
    expect(await hover('---\nframes‸: 32\n---\n')).toMatch(/\*\*frames\*\* \(Number of frames\)[\s\S]*Default: `16`/);
    expect(await hover('---\ncontrolnet: [{model: x, mo‸de: control}]\n---\n')).toContain('**controlnet.mode**');
    const files = { models: { controlnet: ['canny'] } };
    expect(await hover('---\ncontrolnet: [{model: can‸ny, image: a.png}]\n---\n', files)).toContain('**canny**: ');
  });

  it('show what interpolation makes of the clip', async () => {
    const text = (settings: string) => `---\n${settings}\n---\na\n`;
    const facts = '16 frames at 8 fps (2 s) become 166 (20.75 s). With `fps: 83`, they last as long as before.';
    expect(await hover(text('inter‸polate: {method: blend, x: 10}'))).toContain(facts);
    expect(await hover(text('interpolate: {method: blend, ‸x: 10}'))).toContain(facts);
    expect(await hover(text('inter‸polate: {method: off}'))).not.toContain('they last as long');
  });

  it('show the type of a model file', async () => {
    const files = { models: { checkpoint: ['toonyou'], lora: ['cats'] } };
    expect(await hover('---\ncheckpoint: to‸onyou\n---\n', files)).toContain('**toonyou**: a checkpoint');
    expect(await hover('0: <lora:ca‸ts:1>', files)).toContain('**cats**: a lora');
  });

  it('show definitions and wildcards', async () => {
    expect(await hover(EXAMPLE.replace('0: $hero', '0: $he‸ro'))).toContain('a cat');
    expect(await hover('0: $no‸body')).toContain('not defined');
    expect(await hover('0: a ‸__hair__ cat', { wildcards: { hair: ['red', 'blue'] } })).toContain('one of 2');
    expect(await hover('0: __ha‸ir__', { wildcards: { hair: ['red', 'blue'] } })).toContain('one of 2');
  });

  it('are empty elsewhere', async () => {
    expect(await hover('pl‸ain text')).toBe('');
  });
});
