import { z } from 'zod';
import type { TensorEntry } from '../tensor.ts';

type Tensors = ReadonlyMap<string, TensorEntry>;

const HOTSHOT_LIST = '.temporal_attentions.';
const MODULE_LIST = /\.(?:motion_modules|temporal_attentions)\./;
const QUERY = /^(.*\.attention_blocks\.\d+)\.to_q\.weight$/;
const POSITIONS_KEY = /\.pos_encoder\.(?:pe|positional_encoding)$/;

/** The first table of positions of a motion module, `[1, positions, channels]`; undefined if it has none. */
export function positionTable(tensors: Tensors): TensorEntry | undefined {
  for (const [name, entry] of tensors) if (POSITIONS_KEY.test(name)) return entry;
  return undefined;
}

/** How many positions a table has; 0 if it is not one. */
export const positionsIn = (table: TensorEntry | undefined): number =>
  table?.shape.length === 3 ? table.shape[1]! : 0;

/** AnimateLCM's files have no table, and its training had this one (ComfyUI-AnimateDiff-Evolved, `model_injection.py`). */
const POSITIONS_WITHOUT_TABLE = 64;
/** HotShot-XL's table. */
const HOTSHOT_POSITIONS = 24;
const Positions = z.coerce.number().int().min(1).max(1024);

/**
 * A motion module with its tables of positions. They are not trained, so some files leave them out; their length is
 * then that of diffusers' configuration (`motion_max_seq_length`), else AnimateLCM's or HotShot-XL's.
 */
export function withPositions(tensors: Tensors, metadata: Readonly<Record<string, string>>): Tensors {
  const attentions = [...tensors].flatMap(([name, entry]) => {
    const attention = MODULE_LIST.test(name) ? QUERY.exec(name)?.[1] : undefined;
    return attention === undefined ? [] : [{ attention, entry }];
  });
  if (attentions.length === 0 || positionTable(tensors)) return tensors;
  const usual = attentions[0]!.attention.includes(HOTSHOT_LIST) ? HOTSHOT_POSITIONS : POSITIONS_WITHOUT_TABLE;
  const positions = Positions.catch(usual).parse(metadata['motion_module.motion_max_seq_length']);
  const tables = attentions.map(({ attention, entry }) => {
    const channels = entry.shape[1] ?? 0;
    const gathered = sinusoids(positions, channels);
    const name = `${attention}.pos_encoder.pe`;
    const shape = [1, positions, channels];
    return [name, { ...entry, name, dtype: 'F32', shape, length: gathered.length, gathered } as const] as const;
  });
  return new Map<string, TensorEntry>([...tensors, ...tables]);
}

/**
 * sin(p·fᵢ), cos(p·fᵢ) in turns at position p, fᵢ = exp(−ln(10000)·2i/channels) (AnimateDiff, `PositionalEncoding`).
 *
 * @returns the bytes of float32 `[positions, channels]`
 */
function sinusoids(positions: number, channels: number): Uint8Array {
  const table = new Float32Array(positions * channels);
  for (let channel = 0; channel < channels; channel++) {
    const even = channel - (channel % 2);
    const frequency = Math.fround(Math.exp(Math.fround(even * Math.fround(-Math.log(10000) / channels))));
    for (let position = 0; position < positions; position++) {
      const angle = Math.fround(position * frequency);
      table[position * channels + channel] = channel % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    }
  }
  return new Uint8Array(table.buffer);
}
