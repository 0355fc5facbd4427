import { describe, expect, it } from 'vitest';
import { ClipTokenizer } from '../../../prompt/clip-tokenizer.ts';
import { hoverOf } from '../../../server/features/hover.ts';
import { clipMerges } from '../../golden/prompts.ts';
import { testVideo } from '../../grammar/test-video.ts';
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
    const unit = await hover('---\ncontrolnet: [{model: can‸ny, image: a.png, end: 0.5}]\n---\n', files);
    expect(unit).toContain('**canny**: ');
    expect(unit).toContain('Unit 1 acts in steps 1–12 of 20.');
  });

  it('show what interpolation makes of the clip', async () => {
    const text = (settings: string) => `---\n${settings}\n---\na\n`;
    const facts = '16 frames at 8 fps (2 s) become 166 (20.75 s). With `fps: 83`, they last as long as before.';
    expect(await hover(text('inter‸polate: {method: blend, x: 10}'))).toContain(facts);
    expect(await hover(text('interpolate: {method: blend, ‸x: 10}'))).toContain(facts);
    expect(await hover(text('inter‸polate: {method: off}'))).not.toContain('they last as long');
    const video = '16 frames of the video at 8 fps become 46 at 24 fps. The speed of the video is kept.';
    for (const settings of [
      'video: {source: a.mp4}',
      'video: {path: frames}',
      'controlnet: [{model: canny, video: a.mp4}]',
    ]) {
      const shown = await hover(text(`fps: 24\n${settings}\ninter‸polate: {method: blend, x: 2}`));
      expect(shown).toContain(video);
      expect(shown).not.toContain('With `fps:');
    }
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

  it.each([
    ['\\$he‸ro walks'],
    ['\\‸$hero walks'],
    ['\\__ha‸ir__ walks'],
    ['\\{a\\‸|b\\}'],
    ['\\12‸: noon'],
    ['\\1‸2: noon'],
  ])('%s: are empty for what a backslash hides', async (line) => {
    const settings = '---\ndefine: {hero: a cat}\n---\n';
    expect(await hover(`${settings}${line}\n`, { wildcards: { hair: ['red'] } })).toBe('');
  });

  it('are empty elsewhere', async () => {
    expect(await hover('pl‸ain text')).toBe('');
  });
});

describe('an input', () => {
  const inputs = {
    'dance.mp4': testVideo({ fps: 24_000 / 1001, hasAudio: true }),
    'phone.mov': testVideo({
      container: 'mov',
      codec: 'HEVC',
      rotation: 90,
      fps: 12.3456,
      isVariable: true,
      isHdr: true,
    }),
    'old.ts': testVideo({
      container: 'other',
      codec: null,
      size: null,
      fps: null,
      frames: null,
      seconds: null,
      hasAudio: null,
    }),
    'a (1).gif': testVideo({ container: 'gif', codec: 'GIF', frames: 1 }),
    'page.mp4': { kind: 'refused', reason: 'other', is: 'is a web page (HTML), not a video.' },
    'first.png': null,
  } as const;
  const at = (value: string) => hover(`---\nvideo: {source: "${value}‸"}\n---\na`, { inputs });

  it('that is a video shows what its header says, without what is not known', async () => {
    expect(await at('dance.mp4')).toBe(
      '**dance.mp4**: MP4, H.264, 640×360, 23.976 fps, 2 s, 48 frames, with sound, 12.3 kB',
    );
    expect(await at('phone.mov')).toBe(
      '**phone.mov**: QuickTime, HEVC, 640×360, turned by 90°, 12.346 fps on average, 2 s, 48 frames, HDR, without sound, 12.3 kB',
    );
    // It never has any.
    expect(await at('a (1).gif')).not.toContain('sound');
    expect(await at('old.ts')).toBe('**old.ts**: 12.3 kB');
    expect(await at('page.mp4')).toBe('**page.mp4** is a web page (HTML), not a video.');
  });

  it('that browsers draw is shown', async () => {
    expect(await at('a (1).gif')).toContain('\n\n![](file:///videos/a %281%29.gif|height=160)');
    expect(await hover('---\ninit_image: first.png‸\n---\na', { inputs })).toBe(
      '**first.png**: 12.3 kB\n\n![](file:///videos/first.png|height=160)',
    );
  });

  it('that is not found shows what the setting is', async () => {
    expect(await at('none.mp4')).toContain('source');
  });
});
