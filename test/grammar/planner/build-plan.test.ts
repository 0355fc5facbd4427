import { describe, expect, it } from 'vitest';
import { checkTravel } from '../../../grammar/language.ts';
import { TravelPlan } from '../../../plan/plan.ts';
import { windowPositions } from '../../../plan/windows.ts';
import { testEnvironment } from '../environment.ts';

const OPENING = `---
frames: 32
fps: 8
closed_loop: N
seed: 42
negative_prompt: render, cartoon, cgi, illustration, painting, drawing, (hands:1.3)
save: [webp, mp4]
---
cute blonde woman with braids          # head: in every frame

0: (closed eyes:1.3), closed mouth     # keyframes
5: (bun hair:1.3)
15: red hair
30: crying, tears

fox ears                               # tail: in every frame
`;

/** The plan of a text without errors. */
function plan(text: string, changes: Parameters<typeof testEnvironment>[0] = {}, options = {}): TravelPlan {
  const checked = checkTravel(text, testEnvironment(changes), options);
  expect(checked.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(checked.plan).not.toBeNull();
  return TravelPlan.parse(checked.plan);
}

const texts = ({ prompts }: TravelPlan) => prompts.map(({ text }) => text);

/** The only positive prompt of a frame, or two prompts and their mix. */
function shown({ prompts, frames }: TravelPlan, frame: number) {
  const { from, to, t } = frames[frame]!.positive;
  return t === 0 ? prompts[from]!.text : [prompts[from]!.text, prompts[to]!.text, t];
}

describe('the opening example', () => {
  const whole = plan(OPENING);

  it('assembles head, keyframe and tail', () => {
    expect(shown(whole, 0)).toBe('cute blonde woman with braids, (closed eyes:1.3), closed mouth, fox ears');
    expect(shown(whole, 5)).toBe('cute blonde woman with braids, (bun hair:1.3), fox ears');
    expect(shown(whole, 31)).toBe('cute blonde woman with braids, crying, tears, fox ears');
  });

  it('mixes between keyframes', () => {
    expect(shown(whole, 10)).toEqual([
      'cute blonde woman with braids, (bun hair:1.3), fox ears',
      'cute blonde woman with braids, red hair, fox ears',
      0.5,
    ]);
  });

  it.each<[string, string, readonly string[]]>([
    ['output: renders/clip.mp4', 'renders/clip', ['mp4']],
    ['output: renders/clip.GIF', 'renders/clip', ['gif']],
    ['output: renders/{name}-{seed}.webm', 'renders/clip-42', ['webm']],
    ['output: renders/clip.mp4\nsave: [mp4, gif]', 'renders/clip', ['mp4', 'gif']],
    ['output: renders/clip.mp4\nsave: [gif]', 'renders/clip', ['gif']],
    ['output: clip.mp4.gif', 'clip.mp4', ['gif']],
    ['output: v1.5', 'v1.5', ['webp']],
    ['output: clip.jpg', 'clip.jpg', ['webp']],
    ['output: out/.gif', 'out/.gif', ['webp']],
    ['output: out.mp4/', 'out.mp4/clip', ['webp']],
    ['output: out.mp4/clip', 'out.mp4/clip', ['webp']],
  ])('takes the extension of a format as its format: %s', (settings, base, formats) => {
    const { output } = plan(`---\nseed: 42\n${settings}\n---\na`);
    expect(output).toMatchObject({ base: `/projects/clips/${base}`, formats });
  });

  it('lets the command line’s formats win over the extension in the file', () => {
    const { output } = plan('---\noutput: clip.mp4\n---\na', {}, { overrides: { save: ['gif'] } });
    expect(output).toMatchObject({ base: '/projects/clips/clip', formats: ['gif'] });
  });

  it('is written to a folder if the path ends with a slash', () => {
    expect(plan('---\noutput: out/\n---\na').output.base).toBe('/projects/clips/out/clip');
  });

  it('resolves its settings', () => {
    expect(whole.frames).toHaveLength(32);
    expect(whole.sampling).toEqual({
      sampler: 'Euler a',
      schedule: 'uniform',
      steps: 20,
      seed: 42,
      rng: 'cpu',
      parameters: {},
      noise: { subseed: 0, subseedStrength: 0, resizeFrom: null, etaNoiseSeedDelta: 0 },
      cfgRescale: 0,
      denoising: null,
      until: null,
    });
    expect(whole.output).toMatchObject({
      base: '/projects/clips/renders/clip/2026-03-01-42',
      formats: ['webp', 'mp4'],
      fps: 8,
    });
    expect(whole.prompts[whole.frames[0]!.negative.from]!.text).toBe(
      'render, cartoon, cgi, illustration, painting, drawing, (hands:1.3)',
    );
    expect([whole.width, whole.height]).toEqual([64, 64]);
    expect(whole.source).toBe(OPENING);
    expect(new Set(whole.context.windows[0]!.flatMap((window) => windowPositions(window, 32))).size).toBe(32);
  });

  it.each([
    ['freeu: {}', { b1: 1.5, b2: 1.6, s1: 0.9, s2: 0.2 }],
    ['freeu: {b1: 1.2, s2: 0.5}', { b1: 1.2, b2: 1.6, s1: 0.9, s2: 0.5 }],
    ['freeu: {b1: 1, b2: 1, s1: 1, s2: 1}', undefined],
    ['', undefined],
  ])('has the factors of FreeU if they change anything: %s', (line, factors) => {
    expect(plan(`---\n${line}\n---\na`).sampling.freeU).toEqual(factors);
  });

  it('has the interval of DeepCache', () => {
    expect(plan('---\ndeep_cache: {}\n---\na').sampling.deepCache).toEqual({ interval: 3 });
    expect(plan('---\ndeep_cache: {interval: 5}\n---\na').sampling.deepCache).toEqual({ interval: 5 });
    expect(plan('a').sampling).not.toHaveProperty('deepCache');
  });

  it('has FreeInit with the defaults of what is not set, if there is a motion module', () => {
    const { sampling } = plan('---\nfree_init: {filter: gaussian}\n---\na');
    expect(sampling.freeInit).toEqual({ filter: 'gaussian', d_s: 0.25, d_t: 0.25, iterations: 3 });
    expect(plan('---\nfree_init: {}\nmotion_module: none\n---\na').sampling).not.toHaveProperty('freeInit');
  });

  it('always gives the same plan', () => {
    expect(plan(OPENING)).toEqual(whole);
  });

  it('shows some frames of the whole clip', () => {
    const some = plan(OPENING, {}, { frames: { from: 10, to: 12 } });
    expect(some).toEqual({ ...whole, output: { ...whole.output, order: [10, 11, 12] } });
  });

  it('renders some still images alone', () => {
    const text = OPENING.replace('---\n', '---\nmotion_module: none\n');
    const some = plan(text, {}, { frames: { from: 10, to: 12 } });
    expect(some.frames).toEqual(plan(text).frames.slice(10, 13));
    expect(some.output.order).toEqual([0, 1, 2]);
    expect(some.context.windows[0]).toEqual([{ start: 0, stride: 1, length: 3 }]);
  });

  it('has the output path as the file has it, whatever the command line says', () => {
    expect(whole.output.written).toBe('renders/{name}/{date}-{seed}');
    const text = '---\noutput: out/{name}\n---\na';
    const { output } = plan(text, {}, { overrides: { output: '/home/maria/clip' } });
    expect(output).toMatchObject({ base: '/home/maria/clip', written: 'out/{name}' });
  });

  it('has the settings that its windows follow', () => {
    expect(whole.context.settings).toEqual({ frames: 32, length: 16, stride: 1, overlap: -1, closedLoop: 'N' });
    const short = plan('---\nframes: 4\nclosed_loop: A\n---\na').context.settings;
    expect(short).toEqual({ frames: 4, length: 4, stride: 1, overlap: -1, closedLoop: 'A' });
    const webui = plan('---\ndialect: webui\nframes: 4\n---\na').context.settings;
    expect(webui).toEqual({ frames: 4, length: 16, stride: 1, overlap: -1, closedLoop: 'N' });
    const windows = ['frames: 48', 'stride: 2', 'overlap: 3', 'closed_loop: R+P'].join('\n');
    const long = plan(`---\n${windows}\n---\na`).context.settings;
    expect(long).toEqual({ frames: 48, length: 16, stride: 2, overlap: 3, closedLoop: 'R+P' });
  });
});

describe('a part of a clip', () => {
  const text = (loop: string) => `---\nframes: 48\nclosed_loop: ${loop}\n---\n0: a\n24: b\n`;

  it.each(['N', 'R-P', 'R+P', 'A'])('has the windows and the mixes of the whole clip, closed by %s', (loop) => {
    const part = plan(text(loop), {}, { frames: { from: 8, to: 39 } });
    const whole = plan(text(loop));
    expect(part.context.windows).toEqual(whole.context.windows);
    expect(part.frames).toEqual(whole.frames);
    expect(part.output.order).toEqual(whole.output.order.slice(8, 40));
  });

  it('is not played backward with A or `reverse`', () => {
    const short = '---\nframes: 12\nclosed_loop: A\nreverse: [add]\n---\na';
    const part = plan(short, {}, { frames: { from: 8, to: 11 } });
    expect(part.output.order).toEqual([8, 9, 10, 11]);
  });

  it.each([
    { from: 40, to: 48 },
    { from: -1, to: 4 },
    { from: 5, to: 4 },
  ])('must be within the clip: $from to $to', (frames) => {
    const { plan: none, problems } = checkTravel(text('N'), testEnvironment(), { frames });
    expect(none).toBeNull();
    expect(problems).toMatchObject([{ code: 'travel/frame-range', severity: 'error', span: { start: 0, end: 0 } }]);
  });
});

describe('prompts', () => {
  it('joins head lines by commas, and by a space at BREAK', () => {
    expect(texts(plan('a,\nb BREAK\nc\n0: d,\ne\n'))[0]).toBe('a, b BREAK c, d, e');
  });

  it('joins lines without a keyframe by spaces', () => {
    expect(texts(plan('a girl,\nred hair\n'))[0]).toBe('a girl, red hair');
  });

  it('joins continuations and drops comments, but not \\#', () => {
    expect(texts(plan('0: a # no\n  b \\#1\n'))[0]).toBe('a b #1');
  });

  it('mixes negative prompts', () => {
    const { prompts, frames } = plan('---\nnegative_prompt: bad\n---\n0: a --neg worse\n15: b\n');
    expect(prompts[frames[0]!.negative.from]!.text).toBe('bad, worse');
    expect(prompts[frames[15]!.negative.from]!.text).toBe('bad');
    expect(frames[3]!.negative.t).toBeCloseTo(0.2);
  });

  it('expands definitions', () => {
    expect(texts(plan('---\ndefine: {hero: "a $hair girl", hair: red}\n---\n$hero, $\u007bhero}s $other\n'))[0]).toBe(
      'a red girl, a red girls $other',
    );
  });

  it('holds and cuts', () => {
    const clip = plan('0-8: a\n10 cut: b\n-1: c\n');
    expect([shown(clip, 8), shown(clip, 9), shown(clip, 10), shown(clip, 15)]).toEqual(['a', 'a', 'b', 'c']);
  });

  it('resolves percentages and seconds', () => {
    const clip = plan('---\nframes: 17\nfps: 8\n---\n0: a\n0.5s: b\n50%: c\n1500ms: d\n');
    expect([4, 8, 12].map((frame) => shown(clip, frame))).toEqual(['b', 'c', 'd']);
  });

  it.each(['R+P', 'A'])('travels back to the first prompt with %s in a clip longer than the context', (loop) => {
    const clip = plan(`---\nframes: 32\nclosed_loop: ${loop}\n---\n0: a\n16: b\n`);
    expect(shown(clip, 24)).toEqual(['b', 'a', 0.5]);
    expect(shown(plan(`---\nclosed_loop: ${loop}\n---\n0: a\n8: b\n`), 12)).toBe('b');
  });

  it.each(['R-P', 'N'])('does not travel back with %s', (loop) => {
    expect(shown(plan(`---\nframes: 32\nclosed_loop: ${loop}\n---\n0: a\n16: b\n`), 24)).toBe('b');
  });
});

describe('wildcards', () => {
  const wildcard = (name: string) => (name === 'colour' ? ['red', 'green', 'blue', 'white', 'black'] : null);
  const text = '---\nseed: 3\ndefine: {hero: "{tall|small|old|young} girl"}\n---\n0: $hero, __colour__\n8: $hero\n';

  it('are rolled once per render, a definition once for all its references', () => {
    const clip = plan(text, { wildcard });
    const [first, second] = [
      clip.prompts[clip.frames[0]!.positive.from]!,
      clip.prompts[clip.frames[8]!.positive.from]!,
    ];
    expect(first.text.startsWith(`${second.text}, `)).toBe(true);
    expect(first.text).toMatch(/^(tall|small|old|young) girl, (red|green|blue|white|black)$/);
    expect(clip.rolled.map(({ written }) => written).sort()).toEqual(['__colour__', '{tall|small|old|young}']);
    expect(plan(text, { wildcard })).toEqual(clip);
  });

  it('stop the render if they are not found', () => {
    const { plan: none, problems } = checkTravel('a __color__', testEnvironment({ wildcard }));
    expect(none).toBeNull();
    expect(problems).toMatchObject([{ code: 'travel/unknown-wildcard', span: { start: 2, end: 11 } }]);
  });
});

describe('extra networks', () => {
  it('mix LoRA weights', () => {
    const clip = plan('---\nframes: 5\n---\ngirl <lora:style:0.5>\n0: a\n4: b <lora:detail:1:0.8>\n');
    expect(clip.loras.map(({ name }) => name)).toEqual(['style', 'detail']);
    expect(clip.frames.map(({ loras }) => loras[1]!.toFixed(2))).toEqual(['0.00', '0.20', '0.40', '0.60', '0.80']);
    expect(clip.frames.map(({ loras }) => loras[0])).toEqual([0.5, 0.5, 0.5, 0.5, 0.5]);
    expect(clip.prompts[clip.frames[4]!.positive.from]).toEqual({
      text: 'girl, b',
      loras: [
        { lora: 0, weight: 0.5 },
        { lora: 1, weight: 1 },
      ],
    });
  });

  it('detect a motion LoRA by its content, with one weight per clip', () => {
    expect(plan('a <lora:pan_left:0.7>\n').motionLoras).toMatchObject([{ name: 'pan_left', weight: 0.7 }]);
    const { plan: none, problems } = checkTravel(
      '0: a <lora:pan_left:1>\n8: b <lora:pan_left:0.5>\n',
      testEnvironment(),
    );
    expect(none).toBeNull();
    expect(problems.map(({ code }) => code)).toContain('travel/motion-lora-weights');
  });

  it('warn of a motion LoRA without a v2 module', () => {
    const { problems } = checkTravel(
      '---\ncheckpoint: toonyou\nmotion_module: mm_sd_v15\n---\na <lora:pan_left:1>',
      testEnvironment(),
    );
    expect(problems).toMatchObject([{ code: 'travel/motion-lora-module', severity: 'warning' }]);
  });

  it('report an unknown LoRA with a similar name', () => {
    const { problems } = checkTravel('a <lora:detial:1>\n', testEnvironment());
    expect(problems).toMatchObject([{ code: 'travel/unknown-lora', span: { start: 8, end: 14 } }]);
    expect(problems[0]!.fixes).toMatchObject([{ edits: [{ text: 'detail' }] }]);
  });

  it('find embeddings by name', () => {
    expect(plan('---\nnegative_prompt: Bad-Hands\n---\na\n').embeddings.map(({ name }) => name)).toEqual(['bad-hands']);
  });
});

describe('settings', () => {
  it('accept numbers that change over time', () => {
    const clip = plan('---\nframes: 3\ncfg_scale: {0: 7, -1: 9}\nmotion_scale: 0.5\n---\na\n');
    expect(clip.frames.map(({ cfgScale, motionScale }) => [cfgScale, motionScale])).toEqual([
      [7, 0.5],
      [8, 0.5],
      [9, 0.5],
    ]);
  });

  it('resolve −1 to the environment’s seed', () => {
    expect(plan('a\n').sampling.seed).toBe(1234);
  });

  it('are inherited, overridden and merged', () => {
    const files: Record<string, string> = {
      'base.travel': '---\nfps: 12\nsteps: 5\ndefine: {a: apple, b: pear}\n---\n',
      'loop.travel': '---\nextends: loop.travel\n---\n',
    };
    const readTravelFile = (path: string) => (files[path] ? { path, text: files[path] } : null);
    const clip = plan(
      '---\nextends: base.travel\nsteps: 6\ndefine: {b: plum}\n---\n$a $b\n',
      { readTravelFile },
      { overrides: { seed: 7 } },
    );
    expect([clip.output.fps, clip.sampling.steps, clip.sampling.seed, clip.prompts[0]!.text]).toEqual([
      12,
      6,
      7,
      'apple plum',
    ]);
    for (const name of ['loop.travel', 'missing.travel']) {
      const { problems } = checkTravel(`---\nextends: ${name}\n---\na\n`, testEnvironment({ readTravelFile }));
      expect(problems.map(({ code }) => code)).toEqual(['travel/extends']);
    }
  });

  it('require a motion module for a checkpoint without one', () => {
    const { problems } = checkTravel('---\ncheckpoint: toonyou\n---\na\n', testEnvironment());
    expect(problems).toMatchObject([{ code: 'travel/motion-module-missing', span: { start: 16, end: 23 } }]);
    expect(problems[0]!.message).toContain('motion_module: mm_sd_v15');
    const clip = plan('---\ncheckpoint: toonyou\nmotion_module: none\n---\na\n');
    expect([clip.models.motionModule, clip.width, clip.height]).toEqual([null, 512, 512]);
  });

  it.each([
    ['checkpoint: nothing', 'travel/unknown-model'],
    ['checkpoint: sd_xl_base\nmotion_module: none', 'travel/not-available-yet'],
    ['checkpoint: pix2pix\nmotion_module: none', 'travel/not-available-yet'],
    ['init_image: a.png\ninpaint_mask: frames\nframes: 17', 'travel/too-few-images'],
    ['fps: 80\ninterpolate: {method: rife}', 'travel/not-available-yet'],
    ['fps: 80\ninterpolate: {method: film}', 'travel/interpolation-model-missing'],
    ['precision: fp16', 'travel/not-available-yet'],
    ['init_image: a.png\nsampler: DPM fast\ndenoising_strength: {0: 0.5, 8: 1}', 'travel/not-available-yet'],
    ['init_image: frames\nframes: 17', 'travel/too-few-images'],
    ['init_image: a.png\nsampler: DDIM\ndenoising_strength: 0.05', 'travel/setting-range'],
    ['context: 33\nframes: 40', 'travel/context-beyond-positions'],
    ['overlap: 16\nframes: 32', 'travel/overlap-too-large'],
    ['output: "{nmae}"', 'travel/output-placeholder'],
    ['define: {a: $b, b: $a}', 'travel/definition-cycle'],
  ])('%s is an error at its place', (setting, code) => {
    const checked = checkTravel(`---\n${setting}\n---\na\n`, testEnvironment());
    expect(checked.plan).toBeNull();
    expect(checked.problems).toMatchObject([{ code, severity: 'error' }]);
    expect(checked.problems[0]!.span.end).toBeGreaterThan(4);
  });
});

describe('dialect: webui', () => {
  it('assembles, freezes and overwrites like sd-webui-animatediff', () => {
    const clip = plan('---\ndialect: webui\nframes: 32\n---\ngirl <lora:style:1>\n0: a\n16: b <lora:detail:1>\nsmile');
    expect(texts(clip).slice(0, 3)).toEqual(['girl , a, smile', '', 'girl , b , smile']);
    expect(clip.loras.map(({ name }) => name)).toEqual(['style']);
    expect([clip.promptEditing, clip.context.fuse]).toEqual(['frozen', 'overwrite']);
  });

  it.each(['R+P', 'A'])('travels back to the first prompt with %s', (loop) => {
    const clip = plan(`---\ndialect: webui\nframes: 32\nclosed_loop: ${loop}\n---\n0: a\n16: b`);
    expect(shown(clip, 24)).toEqual([', b, ', ', a, ', 0.5]);
  });

  it('reports what sd-webui-animatediff refuses', () => {
    const { problems } = checkTravel('---\ndialect: webui\n---\n0: a\n16: b', testEnvironment());
    expect(problems.map(({ code }) => code)).toContain('travel/webui-refuses');
  });
});
