import { describe } from 'vitest';
import { testCases } from './cases.ts';

const config =
  '{\n "name": "x",\n "head_prompt": "h #1",\n "prompt_map": {"0": "a", "8": "b"},\n "n_prompt": ["bad"],\n "steps": 9\n}';
const infotext =
  'Negative prompt: blurry,\n text\nSteps: 22, Sampler: DPM++ 2M Karras, CFG scale: 7, Seed: 5, Size: 512x512, Model: toon, ' +
  'AnimateDiff: "enable: True, model: mm_sd_v15, video_length: 16, fps: 8, loop_number: 0, closed_loop: R+P, batch_size: 16, stride: 1, overlap: 4, interp: Off, interp_x: 10", Version: 1.6.0';

describe('the checks', () => {
  testCases([
    [
      'pasted-schedule',
      config,
      config,
      '---\nsteps: 9\nsampler: DPM++ 2M\nschedule: karras\ncfg_scale: 7.5\nnegative_prompt: bad\nsave: [gif]\n---\nh \\#1\n0-4: a\n8-12: b',
    ],
    [
      'pasted-schedule',
      `---\nsteps: 3\n---\n${config}\n`,
      config,
      '---\nsteps: 3\nsampler: DPM++ 2M\nschedule: karras\ncfg_scale: 7.5\nnegative_prompt: bad\nsave: [gif]\n---\nh \\#1\n0-4: a\n8-12: b\n',
    ],
    ['pasted-schedule', '{\n "0": "a",\n "x": "b",\n "8": "c"\n}', '"x": "b"'],
    ['pasted-schedule', '{"0": "a", "8": 9}', '"8": 9'],
    [
      'pasted-infotext',
      `fox\n0: a\n8: b\n${infotext}\n`,
      infotext,
      '---\nmotion_module: mm_sd_v15\nwidth: 512\nheight: 512\nseed: 5\nrng: gpu\nsteps: 22\nsampler: DPM++ 2M\nschedule: karras\n' +
        'negative_prompt: blurry, text\n---\nfox\n0: a\n8: b\n',
    ],
    [
      'pasted-infotext',
      '0: a\nNegative prompt: x: y\n',
      'Negative prompt: x: y',
      '---\nnegative_prompt: "x: y"\n---\n0: a\n',
    ],
    [
      'pasted-infotext',
      'a\nSteps: 20, Sampler: Euler a, Seed: -1',
      'Steps: 20, Sampler: Euler a, Seed: -1',
      '---\nrng: gpu\n---\na\n',
    ],
    [
      'pasted-infotext',
      '0: a fox Negative prompt: bad Steps: 20, Sampler: DPM++ 2M, CFG scale: 7.5\n8: b\n',
      'Negative prompt: bad Steps: 20, Sampler: DPM++ 2M, CFG scale: 7.5',
      '---\nrng: gpu\nsampler: DPM++ 2M\nschedule: uniform\ncfg_scale: 7.5\nnegative_prompt: bad\n---\n0: a fox\n8: b\n',
    ],
    [
      'pasted-infotext',
      'a fox Negative prompt: bad\r\nSteps: 20, Sampler: Euler a, Seed: 5',
      'Negative prompt: bad\r\nSteps: 20, Sampler: Euler a, Seed: 5',
      '---\r\nseed: 5\r\nrng: gpu\r\nnegative_prompt: bad\r\n---\r\na fox',
    ],
    ['pasted-schedule', '"0": "a \\"b\\"",', '"0": "a \\"b\\"",', '0: a "b"'],
    ['pasted-schedule', "0:'a cat',", "0:'a cat',", '0: a cat'],
    ['pasted-schedule', '0 = "a"', '0 = "a"', '0: a'],
    ['pasted-schedule', '{"0": "a", "8": "b"}', '{"0": "a", "8": "b"}', '0: a\n8: b'],
    [
      'pasted-schedule',
      'x\n"prompt_map": {\n  "0": "a\\nb",\n\n  "8": "\\\\(c\\\\)"\n},\ny\n',
      '"prompt_map": {\n  "0": "a\\nb",\n\n  "8": "\\\\(c\\\\)"\n},',
      'x\n0-4: a b\n8-12: \\(c\\)\ny\n',
    ],
  ]);
});
