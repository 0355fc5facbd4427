import type { TensorEntry } from '../tensor.ts';

const EMA = /^(.*?)model_ema\.diffusion_model(.+)$/;

/** The words in the names of a UNet's layers, longer ones first, and numbers. */
const WORD =
  /input_blocks|output_blocks|middle_block|transformer_blocks|time_embed|label_emb|cond_proj|skip_connection|emb_layers|out_layers|in_layers|proj_out|proj_in|proj|attn[12]|norm[123]?|to_out|to_[qkv]|net|ff|op|conv|out|weight|bias|\d+/y;

/**
 * The plain name of each tensor of a checkpoint that has only the averaged weights of its training (`model_ema.`); null
 * for other files. LDM's `LitEma` (ldm/modules/ema.py) leaves the dots out of names.
 */
export function emaName(tensors: ReadonlyMap<string, TensorEntry>): ((name: string) => readonly string[]) | null {
  const names = [...tensors.keys()];
  if (!names.some((name) => EMA.test(name)) || names.some((name) => name.includes('model.diffusion_model.')))
    return null;
  return (name) => {
    const [, prefix, dotless] = EMA.exec(name) ?? [];
    const dotted = dotless === undefined ? null : withDots(dotless);
    return [dotted === null ? name : `${prefix}model.diffusion_model.${dotted}`];
  };
}

/** `input_blocks110in_layers0weight` → `input_blocks.11.0.in_layers.0.weight`; null if a word is unknown. */
function withDots(dotless: string): string | null {
  const parts: string[] = [];
  WORD.lastIndex = 0;
  for (let end = 0; end < dotless.length; end = WORD.lastIndex) {
    const word = WORD.exec(dotless)?.[0];
    if (word === undefined) return null;
    // The last digit is the place in the block.
    if (/^\d+$/.test(word) && /^(?:input|output)_blocks$/.test(parts.at(-1) ?? '')) {
      parts.push(word.slice(0, -1), word.slice(-1));
    } else parts.push(word);
  }
  return parts.join('.');
}
