import { describe, expect, it } from 'vitest';
import { Timeline } from '../../../protocol/timeline.ts';
import { mixAt } from '../../../protocol/timeline-mix.ts';
import { timelineOf } from '../../../server/features/timeline.ts';
import { analyze, type Files } from '../hosts.ts';

/** As it is sent, checked as in the client. */
const timeline = (text: string, files: Files = {}) =>
  Timeline.parse(JSON.parse(JSON.stringify(timelineOf(analyze(text, files)))));

const planOf = (text: string, files: Files = {}) => {
  const plan = analyze(text, files).clip.buildPlan();
  if (!plan) throw new Error('There is no plan.');
  return plan;
};

/** The mix of each frame: `[from, to, share]`. */
const mixes = (shown: Timeline) =>
  Array.from({ length: shown.frames }, (_, i) => {
    const { from, to, t } = mixAt(shown, i)!;
    return [from, to, t] as const;
  });

const EXAMPLE = `---
frames: 24
fps: 12
cfg_scale: {0: 7, 50%: 9}
transition: ease
---
head <lora:fox:0.5>
# out of order
16 cut: red --neg ugly
0-4: blue <lora:cat:1>
20: green
99: outside
`;
const FILES: Files = { models: { lora: ['fox', 'cat'] } };

describe('a timeline', () => {
  it('has the keyframes that are used, in the order of the clip, with their place in the text', () => {
    const { keys } = timeline(EXAMPLE, FILES);
    expect(keys).toEqual([
      { line: 9, index: 1, frame: 0, holdEnd: 4, transition: 'ease', text: 'blue <lora:cat:1>', negative: '' },
      { line: 8, index: 0, frame: 16, holdEnd: 16, transition: 'cut', text: 'red', negative: 'ugly' },
      { line: 10, index: 2, frame: 20, holdEnd: 20, transition: 'ease', text: 'green', negative: '' },
    ]);
  });

  it('gives new frames a part of the time of the text’s frames', () => {
    const shown = timeline('---\nframes: 16\nfps: 80\ninterpolate: {method: blend, x: 9}\n---\na\n');
    expect([shown.frames, shown.fps, shown.written]).toEqual([16, 8, { frames: 151, fps: 80 }]);
    expect(timeline(EXAMPLE, FILES)).not.toHaveProperty('written');
  });

  it('mixes keyframes and numbers as the plan does', () => {
    const shown = timeline(EXAMPLE.replace('99: outside\n', ''), FILES);
    const { frames, prompts, loras, context } = planOf(EXAMPLE.replace('99: outside\n', ''), FILES);
    expect(shown).toMatchObject({ frames: frames.length, fps: 12, steps: context.windows.length });
    mixes(shown).forEach(([from, to, share], i) => {
      const { positive, cfgScale, loras: strengths } = frames[i]!;
      expect(prompts[positive.from]!.text).toContain(shown.keys[from!]!.text.split(' ')[0]);
      if (share !== 0) expect(prompts[positive.to]!.text).toContain(shown.keys[to!]!.text.split(' ')[0]);
      expect(share).toBeCloseTo(positive.t, 4);
      const [cfg, ...loraLanes] = shown.lanes;
      expect(cfg!.values[i]).toBeCloseTo(cfgScale, 4);
      const lanes = new Map(loraLanes.map(({ name, values }) => [name, values[i] ?? values[0]!]));
      loras.forEach(({ name }, lora) => {
        expect(lanes.get(name), name).toBeCloseTo(strengths[lora]!, 4);
      });
    });
    expect(shown.lanes.map(({ name, kind, values }) => [name, kind, values.length])).toEqual([
      ['cfg_scale', 'number', 24],
      ['fox', 'lora', 1],
      ['cat', 'lora', 24],
    ]);
  });

  it('has one value for a number that does not change, and leaves out a motion scale of 1', () => {
    expect(timeline('0: a\n8: b\n').lanes).toEqual([{ name: 'cfg_scale', kind: 'number', values: [7] }]);
    const units = '[{model: a, preprocessor: canny, image: {1: a.png}, end: 0.5}, {model: depth, image: a.png}]';
    const guided = `---\nsampler: Euler\nframes: 3\nsteps: 20\ncontrolnet: ${units}\n---\n0: a\n`;
    expect(timeline(guided, { inputs: { 'a.png': null } }).lanes.slice(1)).toEqual([
      { name: '1 canny', kind: 'unit', steps: { first: 1, last: 12 }, values: [0, 1, 0] },
      { name: '2 depth', kind: 'unit', steps: { first: 1, last: 20 }, values: [1] },
    ]);
    expect(timeline('---\nmotion_scale: 1.2\n---\n0: a\n').lanes[1]).toEqual({
      name: 'motion_scale',
      kind: 'number',
      values: [1.2],
    });
  });

  it('has the size of the checkpoint, and the steps that the sampler makes', () => {
    expect(timeline('a\n')).toMatchObject({ width: 512, height: 512, keys: [], mix: null, frames: 16 });
    const ddim = timeline('---\nsampler: DDIM\nsteps: 60\n---\na\n');
    expect([ddim.steps, ddim.settingSteps]).toEqual([62, 60]);
    expect(timeline('---\nsampler: DDIM\nsteps: 20\n---\na\n').steps).toBe(19);
  });

  it('shows problems on the keyframe that they are in; errors first', () => {
    const { problems } = timeline('---\ncheckpoint: nowhere\n---\n0: a\n8 : b (x\n');
    expect(problems[0]).toMatchObject({ severity: 'error', line: 1, frame: null });
    expect(problems[0]!.message).toContain('nowhere');
    expect(problems.slice(1).every(({ severity }) => severity !== 'error')).toBe(true);
    expect(problems.slice(1)).toContainEqual(expect.objectContaining({ line: 4, frame: 8 }));
  });

  it('follows a text with errors', () => {
    const { keys, frames } = timeline('---\nframes: 32\nsteps: many\ncheckpoint: nowhere\n---\n0: a\n20: b\n');
    expect(frames).toBe(32);
    expect(keys.map(({ frame }) => frame)).toEqual([0, 20]);
  });

  it.each(['', '---', '0:', '---\nframes: x\n', '\u0000', '9999999999: a', '---\nframes: 1000000\n---\n0: a\n1: b\n'])(
    'is valid for %j',
    (text) => {
      expect(() => timeline(text)).not.toThrow();
    },
  );

  it('shortens long prompts between characters', () => {
    const [key] = timeline(`0: x${'🦊'.repeat(500)}\n`).keys;
    expect(key!.text.length).toBeLessThan(130);
    expect(key!.text).toMatch(/🦊…$/u);
  });

  it('mixes what sd-webui-animatediff mixes in its dialect', () => {
    const shown = timeline('---\ndialect: webui\nframes: 16\n---\n0: a\n8: b\n');
    expect(mixes(shown)[4]).toEqual([0, 1, 0.5]);
    expect(shown.keys.map(({ frame }) => frame)).toEqual([0, 8]);
  });
});
