import type { FrameLook } from '../timeline/cells.ts';
import { type Model, sourceOf } from './model.ts';

/** What is known of each frame's picture. */
export function looksOf(model: Model): (frame: number) => FrameLook {
  const { state, decoded, latents, a } = model;
  const source = sourceOf(model);
  const outdated = state?.kind === 'done' ? state.outdated : [];
  const outdatedSet = outdated === null ? null : new Set(outdated);
  return (frame) => {
    if (source === 'run') {
      if (decoded.has(frame)) return 'decoded';
      return latents !== null && frame < latents.frames ? 'noise' : 'none';
    }
    if (a?.length == null) return 'none';
    if (outdatedSet === null || outdatedSet.has(frame)) return 'outdated';
    return 'decoded';
  };
}
