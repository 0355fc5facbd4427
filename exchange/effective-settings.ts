import { ineffectiveSettings } from '../grammar/checks/ineffective-settings.ts';
import type { Requirement } from '../grammar/settings/about.ts';
import { bareClip } from './bare-clip.ts';
import { EMPTY_CLIP } from './clip.ts';
import type { ReadClip } from './format.ts';
import { writeTravel } from './write-travel.ts';

/** What settings of windows need. If the length is not in the file, nobody knows whether they act. */
const OF_LENGTH: readonly Requirement[] = ['several-windows', 'other-windows', 'clip-longer-than-context'];

/**
 * What other settings need that further settings decide. Those that need an image or a video stay: notes say which one is
 * missing. Also those stay that a person chooses for other keyframes, formats or seeds, such as `mix`, `loop` and `subseed`.
 */
const OF_SETTINGS: readonly Requirement[] = [
  'eta-sampler',
  'churn-sampler',
  'churn',
  's-noise-sampler',
  'scaled-features',
  'gaps',
  'reversed-frames',
];

/** A clip without the settings that have no effect, in the tool that it comes from either. */
export function withEffectiveSettings(read: ReadClip): ReadClip {
  const { settings } = read.clip;
  const isLengthKnown = !read.notes.some(({ key }) => key === 'length-not-in-file');
  const needs = new Set([...OF_SETTINGS, ...(isLengthKnown ? OF_LENGTH : [])]);
  const found = ineffectiveSettings(bareClip(writeTravel({ ...EMPTY_CLIP, settings })));
  const idle = new Set(
    found.filter(({ unmet, isWebuiDefault }) => needs.has(unmet) && !isWebuiDefault).map(({ path }) => path),
  );
  const left = Object.entries(settings).filter(([key]) => !idle.has(key));
  return { ...read, clip: { ...read.clip, settings: Object.fromEntries(left) } };
}
