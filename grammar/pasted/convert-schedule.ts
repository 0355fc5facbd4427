import { type Conversion, notCarried } from './conversion.ts';
import type { ForeignClip, ForeignReader } from './foreign-reader.ts';
import { type Content, keyframeLines } from './schedule-content.ts';
import type { PastedSchedule } from './schedules.ts';

/**
 * What a schedule in a text becomes.
 *
 * @param frames length of the clip
 */
export function convertSchedule(
  text: string,
  { span, written }: PastedSchedule & { readonly ok: true },
  frames: number,
  reader: ForeignReader,
): Conversion {
  if (written.kind === 'lines') return { span, text: written.text, settings: [], notes: notCarried(written.left) };
  const { before, content, comments, hasTextAfter } = written;
  const clip = clipOf(content, frames, reader);
  const lines = [
    ...(before === null ? [] : [before]),
    ...clip.head,
    ...keyframeLines(content.keyframes, clip.keyframes, comments, text),
    ...clip.tail,
  ];
  return {
    span,
    text: lines.join('\n') + (hasTextAfter ? '\n' : ''),
    settings: clip.settings,
    notes: [...notCarried(content.left), ...clip.notes],
  };
}

function clipOf({ keyframes, config }: Content, frames: number, reader: ForeignReader): ForeignClip {
  if (config) return reader.configuration(keyframes, config.around, config.kind);
  const ade = keyframes.flatMap((keyframe) => keyframe.ade ?? []);
  return ade.length > 0 ? reader.adeSchedule(ade, frames) : reader.schedule(keyframes, frames);
}
