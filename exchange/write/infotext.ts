import { assemblePrompt } from '../../grammar/clip/assemble.ts';
import { denoisingStrength } from '../../grammar/clip/images.ts';
import { type InfotextFacts, type InfotextMotion, infotextOf, LATENT, negativeOfAll } from '../../plan/infotext.ts';
import { losses, lost, moduleFile, moduleLosses } from '../lost.ts';
import type { ExportTarget } from '../target.ts';
import { bareName, modelName } from '../text.ts';
import { type ClipView, numberOf } from '../view.ts';
import { a1111Text } from './a1111-prompt.ts';
import { animateDiffArgs, webuiCarries, webuiLosses } from './webui-api.ts';

/** A1111's generation parameters, as *Send to txt2img* of its PNG Info tab reads them. Rendered files hold the same. */
export const infotext: ExportTarget = {
  name: 'infotext',
  carries: webuiCarries,
  // The extension mixes along an arc, and does not write what it saves.
  besides: ['mix', 'save'],
  mixes: true,
  write: (view) => {
    const text = infotextOf(factsOf(view));
    const all = [
      ...webuiLosses(view).map((one) => (one.key === 'negative-travel' ? NEGATIVE_LOSS : one)),
      ...moduleLosses(view, 'the one that is chosen there stays'),
      ...losses(view, ['controlnet', 'video']),
    ];
    return { text: `${text}\n`, parts: { text }, hint: null, lost: all };
  },
};

const NEGATIVE_LOSS = lost(
  'negative-travel',
  'One negative prompt applies to all frames there: it has the phrases of --neg of all keyframes.',
);

const negativeOf = ({ keys, negative }: ClipView): string =>
  keys.length === 0 ? negative : negativeOfAll(keys.map((key) => assemblePrompt(negative, key.negative, '')));

/** A1111's size without one. */
const NATIVE = 512;

function factsOf(view: ClipView): InfotextFacts {
  const { settings } = view;
  const { subseed = -1 } = settings;
  const { seed_resize_from_w: fromWidth, seed_resize_from_h: fromHeight, subseed_strength: strength } = settings;
  const modelOf = (file: string) => ({ name: bareName(file), sha256: null });
  return {
    prompt: a1111Text(view),
    negative: negativeOf(view),
    steps: settings.steps,
    sampler: view.sampler,
    schedule: settings.schedule,
    cfgScale: numberOf(settings.cfg_scale, settings).first,
    seed: settings.seed,
    rng: settings.rng,
    parameters: settings,
    variation: strength || subseed !== -1 ? { seed: subseed, strength: strength ?? 0 } : null,
    resizeFrom: fromWidth || fromHeight ? { width: fromWidth ?? 0, height: fromHeight ?? 0 } : null,
    denoising: settings.init_image === undefined ? null : numberOf(denoisingStrength(settings), settings).first,
    etaNoiseSeedDelta: settings.eta_noise_seed_delta ?? 0,
    width: settings.width ?? NATIVE,
    height: settings.height ?? NATIVE,
    checkpoint: settings.checkpoint === 'pocket' ? null : modelOf(settings.checkpoint),
    vae: settings.vae === undefined ? null : modelOf(settings.vae),
    clipSkip: settings.clip_skip,
    emphasis: settings.emphasis,
    // Also without a motion module: the length and the frame rate are in it.
    motion: motionOf(view),
    version: null,
  };
}

function motionOf(view: ClipView): InfotextMotion {
  const { settings } = view;
  const { context, stride, overlap, closed_loop: closedLoop } = settings;
  const module = moduleFile(settings);
  const args = animateDiffArgs(view);
  const { interp_x: interpX } = args;
  return {
    module: module === undefined ? null : { file: modelName(module), sha256: null },
    frames: settings.frames,
    fps: settings.fps,
    loop: settings.loop,
    windows: { closedLoop, length: context, stride, overlap },
    interpX: typeof interpX === 'number' ? interpX : null,
    latent: Object.fromEntries(LATENT.flatMap((name) => (typeof args[name] === 'number' ? [[name, args[name]]] : []))),
    freeInit: settings.free_init ?? null,
  };
}
