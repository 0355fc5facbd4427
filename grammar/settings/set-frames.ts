import type { TextSpan } from '../problem.ts';
import type { TravelDocument } from '../syntax/document.ts';
import { addSettings } from './add-settings.ts';
import type { SettingSpan } from './read.ts';

/** The settings of a file as they are written. */
export interface WrittenSettings {
  readonly document: Pick<TravelDocument, 'text' | 'frontMatter'>;
  readonly spans: ReadonlyMap<string, SettingSpan>;
}

/** The edit that sets the length of a clip; null if the settings block is not closed. */
export function setFrames(
  { document, spans }: WrittenSettings,
  frames: number,
): { readonly span: TextSpan; readonly text: string } | null {
  const written = spans.get('frames');
  return written ? { span: written.value, text: `${frames}` } : addSettings(document, [['frames', `${frames}`]]);
}
