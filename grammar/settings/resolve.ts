import { type GivenSettings, Settings } from './schema.ts';

/**
 * Merges layers of settings and fills in the defaults: extended files first, then the file itself, then the command
 * line. A setting of a later layer replaces an earlier one; only `define` is merged name by name.
 */
export function resolveSettings(layers: readonly GivenSettings[]): Settings {
  const merged = Object.assign({}, ...layers);
  const define = Object.assign({}, ...layers.map((layer) => layer.define));
  return Settings.parse({ ...merged, define });
}
