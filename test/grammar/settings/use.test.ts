import { describe, expect, it } from 'vitest';
import type { Environment, ResolvedModel } from '../../../grammar/clip/environment.ts';
import { checkTravel } from '../../../grammar/language.ts';
import { parseSetting } from '../../../grammar/parse-setting.ts';
import type { Problem } from '../../../grammar/problem.ts';
import { choicesOf, defaultOf, kindOf, partsOf } from '../../../grammar/settings/inspect.ts';
import { readSettings } from '../../../grammar/settings/read.ts';
import {
  type GivenSettings,
  SETTING_KEYS,
  type SettingKey,
  Settings,
  settingAt,
} from '../../../grammar/settings/schema.ts';
import type { Mix, TravelPlan } from '../../../plan/plan.ts';
import { testEnvironment } from '../environment.ts';

const film: ResolvedModel = {
  name: 'film_net_fp16',
  file: { path: '/models/film_net_fp16.pt', size: 1, mtimeMs: 1 },
  description: { kind: 'film', filters: 64, timed: true },
};

const resolveModel: Environment['resolveModel'] = (kind, name) =>
  kind === 'film' ? film : testEnvironment().resolveModel(kind, name);

const environment = testEnvironment({
  resolveModel,
  readTravelFile: (path) => (path === 'style.travel' ? { path, text: '---\nfps: 12\n---\n' } : null),
});

/** Settings under which every setting that is used has an effect. */
const BASE: Readonly<Record<string, string>> = { frames: '32', motion_module: 'mm_sd_v15', define: '{hero: knight}' };

const documentWith = (changes: Readonly<Record<string, string>>) => {
  const lines = Object.entries({ ...BASE, ...changes }).map(([key, value]) => `${key}: ${value}\n`);
  return `---\n${lines.join('')}---\n0: a $hero\n8: (b:1.2)\n`;
};

function planOf(text: string) {
  const { plan } = checkTravel(text, environment);
  if (!plan) return null;
  const { source: _, ...rest } = plan;
  return rest;
}

/** Values other than the default, as they are written, if there is no closed set of them and no example fits. */
const VALUES: Readonly<Record<string, string>> = {
  checkpoint: 'toonyou',
  text_encoder: 'clip_l',
  vae: 'vae-ft-mse',
  motion_module: 'none',
  frames: '40',
  context: '8',
  width: '128',
  height: '128',
  steps: '12',
  cfg_scale: '9',
  negative_prompt: 'blurry',
  transition: 'ease',
  define: '{hero: dragon}',
  save: '[gif]',
  output: 'out/{name}',
  reverse: '[add]',
  interpolate: '{method: blend}',
  'interpolate.x': '5',
  controlnet: '[{model: pose, image: pose.png}]',
  'controlnet.model': 'pose',
  'controlnet.weight': '0.5',
  'controlnet.start': '0.5',
  'controlnet.end': '0.5',
  'controlnet.image': 'a.png',
  'controlnet.batch': 'many-frames',
  'controlnet.video': 'a.mp4',
  'controlnet.mask': 'a.png',
  'video.source': 'a.mp4',
  'video.path': 'images',
  'video.from': '0.5',
  'video.to': '2',
  mask: 'masks',
  last_frame: 'a.png',
  denoising_strength: '0.5',
  latent_power: '2',
  latent_scale: '16',
  latent_power_last: '2',
  latent_scale_last: '16',
  motion_scale: '0.5',
  free_init: '{}',
  'free_init.d_s': '0.5',
  'free_init.d_t': '0.5',
  'free_init.iterations': '2',
  free_noise: '{}',
  deep_cache: '{}',
  'deep_cache.interval': '2',
  'freeu.b1': '1.2',
  'freeu.b2': '1.2',
  'freeu.s1': '0.5',
  'freeu.s2': '0.5',
};

/** Other words for what the default does. */
const SAME_AS_DEFAULT: Readonly<Record<string, string>> = { precision: 'fp32', schedule: 'uniform' };

interface Case {
  readonly path: string;
  readonly key: SettingKey;
  readonly value: string;
  /** Of the whole setting. */
  readonly written: string;
}

function examplesOf(path: string): readonly string[] {
  const about = settingAt(path.split('.'))?.about;
  return about && 'examples' in about ? (about.examples ?? []) : [];
}

function casesOf(key: SettingKey): Case[] {
  const own = { path: key, type: Settings.shape[key] };
  const parts = Object.entries(partsOf(own.type)).map(([name, type]) => ({ path: `${key}.${name}`, type }));
  return [own, ...parts].flatMap(({ path, type }) => {
    const choices = kindOf(type) === 'list' ? null : choicesOf(type);
    const isOther = (value: string) => value !== String(defaultOf(type));
    const values = choices?.filter(isOther) ?? [VALUES[path] ?? examplesOf(path).find(isOther) ?? ''];
    return values
      .filter((value) => value !== SAME_AS_DEFAULT[path])
      .map((value) => ({ path, key, value, written: path === key ? value : withPart(key, path, value) }));
  });
}

function withPart(key: SettingKey, path: string, value: string): string {
  const written = `${path.split('.')[1]}: ${value}`;
  if (key === 'video' && !/^(?:source|path)/.test(written)) return `{source: a.mp4, ${written}}`;
  if (key !== 'controlnet') return `{${written}}`;
  if (['controlnet.image', 'controlnet.batch', 'controlnet.video'].includes(path)) return `[{model: pose, ${written}}]`;
  if (path === 'controlnet.normalise') return `[{model: pose, preprocessor: depth, image: a.png, ${written}}]`;
  return path === 'controlnet.model' ? `[{image: a.png, ${written}}]` : `[{model: pose, image: a.png, ${written}}]`;
}

/** What a render uses of a plan: the rest makes no difference to any frame or file that is watched. */
function rendered(plan: TravelPlan) {
  const { source: _, frames, ...rest } = plan;
  const isGuided = frames.some(({ cfgScale }) => cfgScale !== 1) || plan.prompts.some(({ text }) => / AND /.test(text));
  const isFused = plan.context.windows.some((windows) => windows.length > 1);
  const { motionModule } = plan.models;
  const isMixed = frames.some(({ positive }) => positive.t > 0 && positive.t < 1);
  const { formats, fps, loop, written: _written, ...output } = plan.output;
  const has = (...some: readonly string[]) => formats.some((format) => some.includes(format));
  return {
    ...rest,
    mix: isMixed ? plan.mix : null,
    // The index of a prompt depends on the others.
    prompts: null,
    frames: frames.map(({ positive, negative, motionScale, ...frame }) => ({
      ...frame,
      positive: textsOf(plan, positive),
      negative: isGuided ? textsOf(plan, negative) : null,
      motionScale: motionModule ? motionScale : null,
    })),
    sampling: { ...plan.sampling, cfgRescale: isGuided ? plan.sampling.cfgRescale : null },
    context: motionModule ? { ...plan.context, fuse: isFused ? plan.context.fuse : null } : null,
    output: {
      ...output,
      formats,
      fps: has('gif', 'mp4', 'webp', 'webm', 'apng') ? fps : null,
      loop: has('gif', 'webp', 'apng') ? loop : null,
    },
  };
}

const textsOf = ({ prompts }: TravelPlan, { from, to, t }: Mix) => [prompts[from], prompts[to], t];

/** Documents, each with something that some settings need, or without it. */
const DOCUMENTS: Readonly<Record<string, readonly [settings: Readonly<Record<string, string>>, body: string]>> = {
  'one with everything': [BASE, '0: a $hero\n8: (b:1.2)\n'],
  'a minimal one': [{}, 'a fox\n'],
  'a long one without keyframes': [{ frames: '32' }, 'a fox\n'],
  'one in the webui dialect': [{ dialect: 'webui', frames: '32' }, '0: a\n8: (b:1.2)\n'],
  'a short one in the webui dialect': [{ dialect: 'webui', frames: '8' }, 'a fox\n'],
  'one without motion': [{ motion_module: 'none', frames: '32' }, '0: a\n8: (b:1.2)\n'],
  'a single prompt without motion': [{ motion_module: 'none', frames: '32' }, 'a fox\n'],
  'one of images only': [{ save: '[png]', frames: '32' }, '0: a\n8: b\n'],
  'one of images, with times': [{ save: '[png, txt]', frames: '32' }, '0: a\n1.5s: b\n'],
  'one without guidance': [{ cfg_scale: '1', frames: '32' }, '0: a\n8: b\n'],
  'a composition without guidance': [{ cfg_scale: '1' }, 'a AND b :0.5\n'],
  'one with guidance in places': [{ cfg_scale: '{0: 1, 8: 7}' }, 'a\n'],
  'one with transitions of its own': [{ frames: '32' }, '0: a\n8 cut: b\n20 ease: c\n'],
  'one of keyframes side by side': [{ frames: '32' }, '0-3: a\n4: b\n'],
  'a closed one': [{ frames: '32', closed_loop: 'R+P' }, '0: a\n8 cut: b\n'],
  'one with DDIM': [{ sampler: 'DDIM', frames: '32' }, '0: a\n8: b\n'],
  'a single frame': [{ frames: '1' }, 'a fox\n'],
};

const planned = (changes: Readonly<Record<string, string>>, body: string, overrides: GivenSettings = {}) => {
  const lines = Object.entries(changes).map(([key, value]) => `${key}: ${value}\n`);
  const text = `---\n${lines.join('')}---\n${body}`;
  return { text, ...checkTravel(text, environment, { overrides }) };
};

/** The problems that report a setting, or what it is part of. */
const REPORTS = ['setting-has-no-effect', 'not-available-yet', 'webui-ignores'].map((code) => `travel/${code}`);

describe.each(Object.entries(DOCUMENTS))('in %s', (_, [settings, body]) => {
  const base = planned(settings, body);
  /** What the document does not set, and what changes something in it: a definition may be for files that extend it. */
  const cases = SETTING_KEYS.flatMap(casesOf).filter(({ key, value }) => {
    if (settings[key] !== undefined || key === 'dialect' || key === 'extends') return false;
    if (key === 'define') return settings.dialect === 'webui';
    if (key === 'checkpoint') return settings.motion_module !== undefined;
    return settings.dialect !== 'webui' || !['R-P', 'overwrite'].includes(value);
  });

  it('there is a plan to be compared with', () => {
    expect(base.plan).not.toBeNull();
    expect(base.problems.filter(({ code }) => REPORTS.includes(code))).toEqual([]);
  });

  it.each(cases)('$path: $value acts, or is reported once', ({ path, key, value, written }) => {
    expect(value).not.toBe('');
    const { text, plan, problems } = planned({ ...settings, [key]: written }, body);
    // Places of the setting, and of what it is part of.
    const { spans } = readSettings(text.slice(4, text.indexOf('---\n', 4)), 4);
    const places = [...spans]
      .filter(([other]) => {
        const plain = other.replaceAll(/\.\d+/g, '');
        return plain === path || path.startsWith(`${plain}.`) || plain.startsWith(`${path}.`);
      })
      .flatMap(([, { key, value }]) => [key, value]);
    const reports = problems.filter(
      ({ code, span }) =>
        REPORTS.includes(code) && places.some(({ start, end }) => start === span.start && end === span.end),
    );
    const acts = plan !== null && JSON.stringify(rendered(plan)) !== JSON.stringify(rendered(base.plan!));
    const reported = reports.map(({ code }) => code);
    expect([acts, reported], JSON.stringify(problems)).toEqual([acts, acts ? [] : [expect.anything()]]);
    // What is not available stops the render.
    expect(plan === null).toBe(reported.includes('travel/not-available-yet'));
  });

  it.each(cases)('$path: $value on the command line is treated as in the file', ({ key, written }) => {
    const parsed = parseSetting(key, written);
    if (!parsed.ok) throw new Error(parsed.message);
    const inFile = planned({ ...settings, [key]: written }, body);
    const onCommandLine = planned(settings, body, parsed.settings);
    const codes = ({ problems }: typeof inFile) =>
      problems.map(({ code }) => code).filter((code) => REPORTS.includes(code));
    expect(codes(onCommandLine).sort()).toEqual(codes(inFile).sort());
    expect(onCommandLine.plan && rendered(onCommandLine.plan)).toEqual(inFile.plan && rendered(inFile.plan));
  });

  it.each(cases)('$path: $value of an extended file gives the same plan, or is reported', ({ key, written }) => {
    const files = testEnvironment({
      resolveModel,
      readTravelFile: (path) => ({ path, text: `---\n${key}: ${written}\n---\n` }),
    });
    const own = planned({ ...settings, [key]: written }, body);
    const text = own.text.replace(`${key}: ${written}\n`, 'extends: base.travel\n');
    const { plan, problems } = checkTravel(text, files);
    expect(plan && rendered(plan)).toEqual(own.plan && rendered(own.plan));
    for (const code of ['travel/not-available-yet', 'travel/webui-ignores'] as const) {
      const count = (found: readonly Problem[]) => found.filter((problem) => problem.code === code).length;
      expect(count(problems)).toBe(count(own.problems));
      for (const { span } of problems.filter((problem) => problem.code === code)) {
        expect(text.slice(span.start, span.end)).toBe('base.travel');
      }
    }
  });
});

describe('a setting that needs something', () => {
  const reported = (changes: Readonly<Record<string, string>>) =>
    checkTravel(documentWith(changes), environment)
      .problems.filter(({ code }) => code === 'travel/setting-has-no-effect')
      .map(({ message }) => message);

  it.each<[SettingKey, string, Record<string, string>, string]>([
    ['loop', '3', { save: '[mp4, webm, png, txt]' }, 'without `gif`, `webp` or `apng`'],
    ['motion_scale', '0.5', { motion_module: 'none' }, 'without a motion module'],
    ['stride', '2', { motion_module: 'none' }, 'without a motion module'],
    ['fuse', 'flat', { motion_module: 'none' }, 'without a motion module'],
    ['stride', '2', { frames: '16' }, 'single context window'],
    ['overlap', '8', { frames: '16' }, 'single context window'],
    ['context_schedule', 'static', { frames: '16' }, 'single context window'],
    ['fuse', 'overwrite', { frames: '16' }, 'single context window'],
    ['closed_loop', 'R+P', { frames: '16' }, 'single context window'],
    ['reverse', '[remove_head]', {}, 'without `add`'],
    ['schedule', 'karras', { sampler: 'DDIM' }, 'with this sampler'],
    ['steps', '12', { sampler: 'DPM adaptive' }, 'with this sampler. DPM adaptive decides'],
    ['eta', '0.5', { sampler: 'DPM++ 2M' }, 'with this sampler'],
    ['s_churn', '5', { sampler: 'Euler a' }, 'with this sampler'],
    ['s_tmin', '5', { sampler: 'Euler' }, 'without `s_churn`'],
    ['s_noise', '1.1', { sampler: 'Euler' }, 'adds no noise'],
    ['s_noise', '1.1', { sampler: 'DPM++ SDE', eta: '0' }, 'adds no noise'],
    ['eta_noise_seed_delta', '31337', { sampler: 'DPM++ SDE' }, 'draws no noise'],
    ['eta_noise_seed_delta', '31337', { eta: '0' }, 'draws no noise'],
    ['subseed', '7', {}, 'without `subseed_strength`'],
    ['seed_resize_from_w', '512', {}, 'without both'],
    ['cfg_rescale', '0.7', { cfg_scale: '1' }, 'with `cfg_scale: 1`'],
    ['free_init', '{}', { motion_module: 'none' }, 'without a motion module'],
    ['freeu', '{b1: 1, b2: 1, s1: 1, s2: 1}', {}, 'with factors of 1'],
    ['fps', '12', { save: '[png]' }, 'without a video'],
    ['fps', '12', { save: '[png, txt]' }, 'without a video'],
    ['closed_loop', 'R-P', { motion_module: 'none' }, 'without a motion module'],
    ['context', '8', { motion_module: 'none' }, 'without a motion module'],
    ['context', '24', { frames: '16' }, 'single context window'],
    ['negative_prompt', 'blurry', { cfg_scale: '1' }, 'with `cfg_scale: 1`'],
    ['negative_prompt', 'blurry', { cfg_scale: '{0: 1, 8: 1}' }, 'with `cfg_scale: 1`'],
    ['closed_loop', 'A', { frames: '2' }, 'single context window'],
  ])('%s: %s with %j has no effect', (key, value, changes, reason) => {
    expect(reported({ ...changes, [key]: value })).toEqual([expect.stringContaining(reason)]);
    expect(reported(changes)).toEqual([]);
  });

  it.each([
    ['overlap: 8', 'overlap: 4'],
    ['stride: 4', 'stride: 1'],
    ['context_schedule: static', 'context_schedule: uniform'],
    ['closed_loop: R+P', 'closed_loop: N'],
    ['reverse: [remove_head]', 'reverse: []'],
  ])('really has no effect: %s gives the plan of %s', (line, other) => {
    expect(planOf(`---\n${line}\n---\n0: a\n8: b`)).toEqual(planOf(`---\n${other}\n---\n0: a\n8: b`));
  });

  it('can be a negative prompt of a keyframe, which is one problem with the places of the others', () => {
    const found = (settings: string) =>
      checkTravel(`---\n${settings}\n---\n0: a --neg b\n8: c --neg d`, environment).problems;
    expect(found('cfg_scale: 1')).toMatchObject([
      { code: 'travel/setting-has-no-effect', severity: 'warning', related: [{ span: { end: 44 } }] },
    ]);
    expect(found('cfg_scale: {0: 1, 8: 2}')).toEqual([]);
    expect(found('cfg_scale: 7')).toEqual([]);
  });

  it('is not reported if it acts', () => {
    expect(reported({ closed_loop: 'R+P', motion_module: 'none' })).toEqual([]);
    expect(reported({ context: '8', closed_loop: 'R+P', motion_module: 'none' })).toEqual([]);
    expect(reported({ fps: '12', save: '[png, mp4]' })).toEqual([]);
    expect(reported({ fps: '12', save: '[png]', cfg_scale: '{0s: 7, 1s: 9}' })).toEqual([]);
    expect(reported({ closed_loop: 'A', frames: '16' })).toEqual([]);
    expect(reported({ loop: '3', save: '[mp4, gif]' })).toEqual([]);
    expect(reported({ init_image: 'a.png', denoising_strength: '0.5', latent_power: '2' })).toEqual([]);
    expect(reported({ init_image: 'a.png', last_frame: 'b.png', latent_scale_last: '16' })).toEqual([]);
    expect(reported({ init_image: 'a.png', inpaint_mask: 'm.png' })).toEqual([]);
    expect(reported({ sampler: 'Heun', s_churn: '5', s_tmin: '1', s_tmax: '9', s_noise: '1.1' })).toEqual([]);
    expect(reported({ sampler: 'DDIM', eta: '0.5', eta_noise_seed_delta: '31337' })).toEqual([]);
    expect(reported({ subseed: '7', subseed_strength: '0.1' })).toEqual([]);
    expect(reported({ sampler: 'DPM adaptive', steps: '12', init_image: 'a.png' })).toEqual([]);
    expect(reported({ sampler: 'DPM adaptive', steps: '12', negative_prompt: '"[a:b:0.5]"' })).toEqual([]);
    expect(reported({ seed_resize_from_w: '512', seed_resize_from_h: '768' })).toEqual([]);
  });

  it('is not reported with its default value, or if only an extended file sets it', () => {
    expect(reported({ frames: '16', overlap: '-1', loop: '0', fuse: 'pyramid' })).toEqual([]);
    const inherited = checkTravel(
      '---\nextends: base.travel\nsave: [mp4]\n---\na',
      testEnvironment({ readTravelFile: (path) => ({ path, text: '---\nloop: 3\n---\n' }) }),
    );
    expect(inherited.problems).toEqual([]);
  });

  it('is reported at the start of the file if the command line sets it', () => {
    const { problems } = checkTravel('a', environment, { overrides: { loop: 3, save: ['mp4'] } });
    expect(problems).toMatchObject([{ code: 'travel/setting-has-no-effect', span: { start: 0, end: 0 }, fixes: [] }]);
  });

  it('is reported once in the webui dialect', () => {
    const { problems } = checkTravel('---\ndialect: webui\nfuse: flat\n---\na', environment);
    expect(problems.map(({ code }) => code)).toEqual(['travel/webui-ignores']);
  });

  it.each([
    ['loop: 3 # thrice\nsave: [mp4]', '---\nsave: [mp4]\n---\na'],
    ['save: [mp4]\ninterpolate: {x: 5}', null],
    ['interpolate:\n  x: 5\n  method: off', '---\ninterpolate:\n  method: off\n---\na'],
  ])('has a fix that removes its line: %j', (settings, fixed) => {
    const text = `---\n${settings}\n---\na`;
    const { problems } = checkTravel(text, environment);
    const [fix] = problems.find(({ code }) => code === 'travel/setting-has-no-effect')!.fixes!;
    const applied = fix ? text.slice(0, fix.edits[0]!.span.start) + text.slice(fix.edits[0]!.span.end) : null;
    expect(applied).toBe(fixed);
  });
});
