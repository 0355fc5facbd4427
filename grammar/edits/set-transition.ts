import { parseEasing } from '../../plan/easing.ts';
import type { EditableClip } from './editable-clip.ts';
import { keyTextEdits, keyTextOf } from './key-text.ts';
import { type Refusal, refused } from './outcome.ts';
import { type Proposal, propose } from './proposal.ts';

/**
 * Sets the transition to a keyframe.
 *
 * @param index in the order of the text
 * @param transition as the language writes it; null: the one of the settings
 */
export function setTransition(
  clip: EditableClip,
  { index, transition }: { index: number; transition: string | null },
): Proposal | Refusal {
  const { document, effective, keys, time } = clip;
  const key = keys[index];
  if (!key) return refused('The keyframe does not exist any more.');
  if (effective.settings.dialect === 'webui' && transition !== null) {
    return refused('The webui dialect has no transitions; all of them are linear.');
  }
  const wanted = transition?.trim() ?? null;
  const parsed = wanted === null ? null : parseEasing(wanted);
  if (parsed && !parsed.ok) return refused(parsed.message);
  const written = { ...key, key, ...keyTextOf(key), transition: wanted };
  return propose(keyTextEdits(key, written, document.text), {
    keys: keys.map((each) => (each === key ? written : { ...each, key: each, ...keyTextOf(each) })),
    frames: time.frames,
  });
}
