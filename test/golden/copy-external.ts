/**
 * `npm run golden:copy`: copies the external part of test/golden/reference from the full reference set. Numbers are
 * copied byte for byte; a case that is too large keeps only some of its tensors. JSON loses its whitespace.
 */
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openSafetensors } from '../../weights/safetensors.ts';
import { GOLDEN_FOLDER, REFERENCE_FOLDER } from './folder.ts';
import { type RawTensor, writeJson, writeSafetensors } from './write.ts';

/** Text cases, and cases whose tensors are small. */
const WHOLE = [
  'contexts/ade_windows',
  'contexts/ordered_halving',
  'contexts/webui_i2i_alpha',
  'film/order',
  'peers/a1111_and',
  'peers/a1111_attention',
  'peers/a1111_schedule',
  'peers/film_counts',
  'peers/ordered_halving',
  'peers/slerp',
  'peers/webui_prompt_interp',
  'prompts/attention',
  'prompts/chunks',
  'prompts/extra_networks',
  'prompts/schedules',
  'prompts/tokenizer',
  'prompts/travel',
];

/** Cases with tensors: those whose names match are kept. */
const PARTS: Readonly<Record<string, RegExp>> = {
  'schedulers/a1111': /^[^/]+\/(linear\/(8|20)|scaled_linear\/4)\//,
  'schedulers/betas': /./,
  'schedulers/diffusers':
    /^(ddim|ddim_eta1|ddim_sd15|ddim_trailing|dpmpp_2m|dpmpp_2m_karras|euler|euler_a|euler_karras|euler_leading|dpmpp_2m_sde_karras)\//,
  'schedulers/inputs': /./,
  'rng/rng': /^(cpu|cpu_big|cpu_seq|mt19937|nv\/(42|4294967301)|a1111\/(CPU|NV)\/\w+\/(first|next1))(\/|$)/,
  'film/operations': /./,
  'prompts/emphasis': /^(ignore|nonorm|original)_0$/,
  'components/nano_dtypes': /^(fp16\.|input_ids$|sample$|timestep$|latents$)/,
  'components/motion_modules_xl': /^sdxl\.down_blocks\.0\.1\./,
};

const MODELS = ['models/nano-sd15-fp16.ckpt'];

/** The motion blocks of `components/motion_modules_xl` that are kept are all that its model file keeps. */
const MOTION_MODEL = 'models/tiny_mm_sdxl_v10_beta.safetensors';
const MOTION_TENSORS = /^down_blocks\.0\.motion_modules\.1\./;

/**
 * For each kind of LoRA file the weights whose expected differences are kept: layers that a committed model has in the
 * same shape, the UNet of nano-sd15 or the text encoder of pocket.
 */
const LORAS: Readonly<Record<string, RegExp>> = {
  lora: /(attn1\.(to_q|to_out\.0)|self_attn\.q_proj)\.weight$/,
  locon: /input_blocks\.1\.(0\.in_layers\.2|1\.proj_in)\.weight$/,
  locon_tucker: /./,
  lora_norms: /norm1?\.(weight|bias)$/,
  lokr: /attn1\.to_q\.weight$/,
  lokr_tucker: /./,
  loha_tucker: /./,
  loha: /input_blocks\.1\.(0\.in_layers\.2|1\.transformer_blocks\.0\.attn1\.to_q)\.weight$/,
  peft: /input_blocks\.1\.1\.transformer_blocks\.0\.attn1\.(to_q|to_out\.0)\.weight$/,
};

/** Cases of annotators and of the resize of hints: each rule, with pictures of a few kilobytes. */
const ANNOTATOR_CASES = new Set([
  'canny_odd_64_100_200',
  'canny_odd_97_30_60',
  'canny_text_64_100_200',
  'canny_grey_100_100_200',
  'canny_alpha_90_100_200',
  'scribble_xdog_text_64_32',
  'scribble_xdog_odd_64_10p5',
  'lineart_standard_text_64',
  'lineart_standard_odd_64',
  'lineart_standard_black_66',
  'threshold_odd_128_80',
  'threshold_patches_81_0',
  'invert_odd',
  'none_grey',
  'blur_gaussian_odd_64_1p3',
  'tile_resample_odd_3p7',
  'color_odd_128',
  'color_alpha_130',
  'recolor_luminance_patches_1p0',
  'recolor_intensity_levels_0p45',
  'resize_lines_just_256x192',
  'resize_lines_just_96x72',
  'resize_lines_fill_192x192',
  'resize_tiny_just_240x180',
  'resize_frame_crop_160x120',
  'resize_ink_just_150x120',
  'resize_thick_just_64x64',
  'resize_seg_fill_200x120',
  'resize_three_crop_57x43',
  'resize_red_just_128x160',
  'resize_15_just_90x90',
  'resize_16_just_90x90',
  'resize_depth_just_64x48',
  'resize_depth_just_200x60',
  'resize_patches_fill_112x128',
  'chain_canny_odd_just_192x192',
]);

const source = (file: string) => join(GOLDEN_FOLDER, file);
const target = (file: string) => join(REFERENCE_FOLDER, file);
const readJson = (file: string): unknown => JSON.parse(readFileSync(source(file), 'utf8'));

/** The tensors of a file whose names match. */
async function tensorsOf(file: string, pattern: RegExp): Promise<Record<string, RawTensor>> {
  const bytes = readFileSync(source(file));
  const { tensors } = await openSafetensors(source(file));
  return Object.fromEntries(
    [...tensors.values()]
      .filter(({ name }) => pattern.test(name))
      .map(({ name, dtype, shape, offset, length }) => [
        name,
        { dtype, shape, bytes: bytes.subarray(offset, offset + length) },
      ]),
  );
}

function copyFile(file: string): void {
  mkdirSync(dirname(target(file)), { recursive: true });
  copyFileSync(source(file), target(file));
}

/** A manifest without what describes tensors that are not kept. */
function trimmed(id: string, manifest: Record<string, unknown>, pattern: RegExp): Record<string, unknown> {
  const kept = (values: unknown, suffix = '') =>
    Object.fromEntries(Object.entries(values as object).filter(([name]) => pattern.test(name + suffix)));
  const { tensors: _, ...rest } = manifest;
  switch (id) {
    case 'components/nano_dtypes':
      return { ...rest, params: { files: { fp16: MODELS[0] } }, tolerances: kept(manifest.tolerances) };
    case 'components/motion_modules_xl':
      return { ...rest, inputs: kept(manifest.inputs, '.'), tolerances: kept(manifest.tolerances) };
    case 'prompts/emphasis':
      return { ...rest, inputs: kept(manifest.inputs), tolerances: kept(manifest.tolerances) };
    case 'schedulers/a1111':
    case 'schedulers/diffusers':
      return { ...rest, params: kept(manifest.params, '/') };
    default:
      return rest;
  }
}

/** One case with the weight differences of several LoRA files at strength 1, named `<kind>/<key of the weight>`. */
async function copyLoras(): Promise<void> {
  const expected: Record<string, RawTensor> = {};
  const tolerances: Record<string, { atol: number }> = {};
  for (const [kind, pattern] of Object.entries(LORAS)) {
    copyFile(`lora/${kind}.safetensors`);
    for (const [name, tensor] of Object.entries(await tensorsOf(`lora/${kind}.expected.safetensors`, pattern))) {
      const values = new Float32Array(Uint8Array.from(tensor.bytes).buffer);
      const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expected[`${kind}/${name}`] = tensor;
      tolerances[`${kind}/${name}`] = { atol: 1e-5 + 1e-4 * largest };
    }
  }
  writeSafetensors(target('lora/differences.safetensors'), expected);
  writeJson(target('lora/differences.json'), {
    case: 'differences',
    group: 'lora',
    how: 'lora/<kind>.expected.safetensors of the full set: what a LoRA adds to a weight at strength 1. Formulas of LyCORIS and of the A1111 extension "Lora".',
    params: {
      unet: MODELS[0],
      text_encoder: '../../../models/pocket/pocket.safetensors',
      loras: Object.fromEntries(Object.keys(LORAS).map((kind) => [kind, `lora/${kind}.safetensors`])),
    },
    tolerances,
  });
}

/** Every fourth of the windows written out; the hashes cover all lengths. */
function copyWindows(id: string): void {
  const { cases, ...rest } = readJson(`${id}.json`) as { cases: unknown[] };
  writeJson(target(`${id}.json`), { ...rest, cases: cases.filter((_, i) => i % 4 === 0) });
}

/** Chosen cases of annotators with their pictures, and all that have none. */
function copyAnnotators(): void {
  const id = 'annotators/index';
  const { cases, ...rest } = readJson(`${id}.json`) as { cases: AnnotatorCase[] };
  const kept = cases.filter(({ name, output }) => !output || ANNOTATOR_CASES.has(name));
  writeJson(target(`${id}.json`), { ...rest, cases: kept });
  const pictures = new Set(kept.flatMap(({ input, output }) => (input && output ? [input, output] : [])));
  for (const picture of pictures) copyFile(`annotators/${picture}`);
}

interface AnnotatorCase {
  readonly name: string;
  readonly input?: string | null;
  readonly output?: string | null;
}

for (const id of WHOLE) writeJson(target(`${id}.json`), readJson(`${id}.json`));
for (const [id, pattern] of Object.entries(PARTS)) {
  writeJson(target(`${id}.json`), trimmed(id, readJson(`${id}.json`) as Record<string, unknown>, pattern));
  writeSafetensors(target(`${id}.safetensors`), await tensorsOf(`${id}.safetensors`, pattern));
}
copyWindows('contexts/webui_uniform');
for (const file of MODELS) copyFile(file);
writeSafetensors(target(MOTION_MODEL), await tensorsOf(MOTION_MODEL, MOTION_TENSORS));
await copyLoras();
copyAnnotators();
