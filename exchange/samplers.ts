import { sigmaScheduleOf } from '../grammar/clip/sampling.ts';
import { Settings } from '../grammar/settings/schema.ts';
import { A1111_API_ALIASES } from '../plan/other-samplers.ts';
import { type Note, note } from './notes.ts';
import { A1111_BEFORE_1_9, A1111_SCHEDULE_LABELS, type SamplerPair } from './tables.ts';

/** The schedule that `automatic` means for a sampler. */
export function automaticSchedule(sampler: string): string {
  const known = Settings.shape.sampler.safeParse(sampler);
  return known.success ? sigmaScheduleOf({ sampler: known.data, schedule: 'automatic' }) : 'uniform';
}

/** A schedule without `automatic`, and with one name for the one that has two. */
export function resolvedSchedule(sampler: string, schedule: string): string {
  const resolved = schedule === 'automatic' ? automaticSchedule(sampler) : schedule;
  return resolved === 'normal' ? 'uniform' : resolved;
}

/**
 * The settings of a sampler. The schedule is written if it is not the same in every version of A1111: before 1.9, the
 * name alone meant `uniform`.
 */
export function samplerSettings([sampler, schedule]: SamplerPair): Record<string, string> {
  const resolved = resolvedSchedule(sampler, schedule);
  const isOwn = sampler === 'DDIM' && resolved === 'ddim';
  return isOwn || (resolved === 'uniform' && automaticSchedule(sampler) === 'uniform')
    ? { sampler }
    : { sampler, schedule: resolved };
}

const byLowerCase = <T>(map: ReadonlyMap<string, T>) =>
  new Map([...map].map(([name, value]) => [name.toLowerCase(), value]));
const NAMED = byLowerCase(A1111_BEFORE_1_9);
const LABELS = byLowerCase(A1111_SCHEDULE_LABELS);

/** The settings of a sampler by A1111's name for it, or a note. The parameters are those of `a1111Sampler`. */
export function a1111SamplerSettings(
  name: string,
  label: string | undefined,
  isNew: boolean,
  notes: Note[],
): Record<string, string> {
  const pair = a1111Sampler(name, label, isNew);
  if (pair) return samplerSettings(pair);
  const written = label === undefined ? name : `${name}, ${label}`;
  notes.push(
    note(
      'other-fields',
      `The sampler ${written} is not available. The default, Euler a, is used. Choose another with \`sampler\`.`,
    ),
  );
  return {};
}

/**
 * A sampler by A1111's name for it, in any version.
 *
 * @param label its schedule type; undefined if there is none
 * @param isNew whether a name without a schedule means `automatic`, as since A1111 1.9
 * @returns null if A1111's own sampler has no equivalent here
 */
export function a1111Sampler(name: string, label: string | undefined, isNew: boolean): SamplerPair | null {
  const lower = name.trim().toLowerCase();
  const known = NAMED.get(A1111_API_ALIASES.get(lower)?.toLowerCase() ?? lower);
  if (!known) return null;
  const [sampler, schedule] = known;
  const hasSuffix = known[0].toLowerCase() !== lower && !A1111_API_ALIASES.has(lower);
  if (label === undefined) return isNew && !hasSuffix && schedule === 'uniform' ? [sampler, 'automatic'] : known;
  const written = LABELS.get(label.trim().toLowerCase());
  if (written === undefined || written === null) return null;
  return written === 'automatic' && hasSuffix ? known : [sampler, written];
}
