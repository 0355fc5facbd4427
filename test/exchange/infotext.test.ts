import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { infotext } from '../../engine/media/infotext.ts';
import { importTravel } from '../../exchange/import.ts';
import { checkTravel } from '../../grammar/language.ts';
import { publishedPlan } from '../../plan/published-plan.ts';
import { readInfotext } from '../engine/media/a1111-reader.ts';
import { testEnvironment } from '../grammar/environment.ts';
import { exported } from './exports.ts';
import { meaningOf, normal } from './meaning.ts';

const EXAMPLES = resolve(import.meta.dirname, '../../examples');

/** What a render adds or resolves: `pocket` by name, the schedule that `automatic` means. */
const ONLY_RENDERED = ['Model hash', 'VAE hash', 'Model', 'Schedule type', 'Version', 'AnimateDiff'].concat(
  ['mm_hash', 'model'].map((name) => `AnimateDiff ${name}`),
);

function rendered(text: string): string {
  const { plan, problems } = checkTravel(text, testEnvironment());
  if (!plan) throw new Error(problems.map(({ message }) => message).join('\n'));
  return infotext(publishedPlan(plan, new Map()));
}

/** The parameters, without those that only a render knows, and without the prompt. */
function parametersOf(text: string): Record<string, string> {
  const { Prompt: _, ...read } = readInfotext(text);
  return Object.fromEntries(Object.entries(read).filter(([name]) => !ONLY_RENDERED.includes(name)));
}

const framesOf = (text: string) =>
  meaningOf(importTravel([{ text }]).travel).frames.map(({ positive: [from, to, t] }) => [
    normal(from),
    t === 0 ? '' : normal(to),
    Number(t.toFixed(6)),
  ]);

const HEAD = '---\nframes: 24\nfps: 12\nloop: 2\nclosed_loop: N\nseed: 7\nwidth: 512\nheight: 768\n';

const CASES: Readonly<Record<string, string>> = {
  // The size without one is the model's.
  portrait: readFileSync(join(EXAMPLES, 'portrait.travel'), 'utf8').replace('\n', '\nwidth: 512\nheight: 768\n'),
  'holds and cuts': `${HEAD}---\nhead\n\n4-9: a\n16 cut: b\n\ntail\n`,
  'a closed loop': `${HEAD.replace('closed_loop: N', 'closed_loop: R+P\ncontext: 16')}---\n4: a\n16: b\n`,
  'one prompt': `${HEAD}sampler: DDIM\nsteps: 12\n---\n12:30 at night, (rain:1.2)\n`,
  'parameters of samplers': `${HEAD}sampler: Euler\ns_churn: 0.5\nrng: gpu\nclip_skip: 2\n---\n0: a\n12: b\n`,
  'a negative prompt that travels': `${HEAD}negative_prompt: 'bad: x, "q"'\n---\n0: a\n8: b --neg fog, (bad hands, ugly:1.2)\n16: c --neg ugly, fog\n`,
  'a negative prompt in one keyframe': `${HEAD}---\n0: a --neg fog, fog\n`,
  'a variation seed': `${HEAD}subseed: 3\nsubseed_strength: 0.25\neta_noise_seed_delta: 31337\n---\n0: a\n12: b\n`,
};

describe('the infotext of a rendered file and that of an export', () => {
  it.each(Object.entries(CASES))('are the same, but for what only a render knows: %s', (_, text) => {
    const { parts } = exported(text, 'infotext');
    const [file, other] = [rendered(text), String(parts.text)];
    expect(parametersOf(other)).toEqual(parametersOf(file));
    expect(framesOf(other)).toEqual(framesOf(file));
  });
});

it('an exported infotext has how a start image fades', () => {
  const text = `${HEAD}init_image: start.png\ndenoising_strength: 0.5\nlatent_power: 2\n---\n0: a\n`;
  expect(readInfotext(String(exported(text, 'infotext').parts.text))).toMatchObject({
    'Denoising strength': '0.5',
    'AnimateDiff latent_power': '2',
    'AnimateDiff latent_scale': '32',
  });
});

it('an exported infotext has no path', () => {
  const text = `${HEAD}checkpoint: /home/me/dream.safetensors\nmotion_module: C:\\models\\mm.ckpt\nvae: ~/v.pt\n---\n0: a\n`;
  const { parts } = exported(text, 'infotext');
  expect(readInfotext(String(parts.text))).toMatchObject({ Model: 'dream', VAE: 'v', 'AnimateDiff model': 'mm.ckpt' });
  expect(parts.text).not.toMatch(/home|models/);
});
