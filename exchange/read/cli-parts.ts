import type { Fields } from '../fields.ts';
import { isMap, type JsonMap, shown } from '../json.ts';
import { type Note, note } from '../notes.ts';

const isOn = (map: JsonMap | undefined): map is JsonMap => map?.get('enable') === true;

/** What has no place here. */
export function otherParts(fields: Fields, notes: Note[]): void {
  if (fields.take('is_single_prompt_mode') === true) {
    notes.push(
      note(
        'single-prompt-mode',
        'Single prompt mode, with one prompt for each context window, is not available. Every frame has its own prompt.',
      ),
    );
  }
  const lcm = fields.map('lcm_map');
  if (isOn(lcm))
    notes.push(note('lcm', `LCM is not carried over (${shown(lcm)}). Use \`sampler: LCM\` with an LCM LoRA.`));
  const gradual = fields.map('gradual_latent_hires_fix_map');
  if (isOn(gradual))
    notes.push(note('gradual-latent', `Gradual latent hires fix is not available. It was: ${shown(gradual)}`));
  const adapter = fields.map('ip_adapter_map');
  if (isOn(adapter)) {
    notes.push(
      note(
        'ip-adapter',
        `IP-Adapter is not available (images in ${shown(adapter.get('input_image_dir') ?? '?')}, scale ${shown(adapter.get('scale') ?? 1)}).`,
      ),
    );
  }
  const regions = [...(fields.map('region_map') ?? [])].filter(([, region]) => isMap(region) && isOn(region));
  if (regions.length > 0) {
    notes.push(
      note(
        'regional-prompts',
        `Prompts for regions of the picture are not available. They were: ${regions.map(([name, region]) => `${name}: ${regionText(region as JsonMap)}`).join(' | ')}`,
      ),
    );
  }
  const upscale = fields.map('upscale_config');
  if (upscale && upscale.size > 0)
    notes.push(note('upscale', `The upscale pass is not available. It was: ${shown(upscale)}`));
  const reference = fields.map('controlnet_map')?.get('controlnet_ref');
  if (isMap(reference) && isOn(reference))
    notes.push(note('controlnet', `ControlNet reference is not available. It was: ${shown(reference)}`));
}

function regionText(region: JsonMap): string {
  const condition = region.get('condition');
  const prompts = isMap(condition) ? condition.get('prompt_map') : undefined;
  return `mask_dir: ${shown(region.get('mask_dir') ?? '?')}, prompt_map: ${shown(prompts ?? '?')}`;
}
