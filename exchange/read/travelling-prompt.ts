import { webuiLines } from '../../grammar/webui/prompt.ts';
import type { Clip } from '../clip.ts';
import { shownKeys } from '../json.ts';
import { type Note, note } from '../notes.ts';
import { literalText, onOneLine } from '../text.ts';
import { refuseManyLines } from '../write-travel.ts';

/**
 * A prompt as sd-webui-animatediff reads it.
 *
 * @param notes get the keyframes that others replace
 * @throws ImportError if it has too many lines
 * @param escaped in an infotext, comments were removed and wildcards rolled, so that all is literal
 */
export function travellingPrompt(
  text: string,
  notes: Note[],
  escaped: (text: string) => string = literalText,
): Pick<Clip, 'head' | 'keyframes' | 'tail'> {
  refuseManyLines(text.split('\n').length);
  const lines = webuiLines(text);
  const isTravel = lines.some(({ part }) => part === 'key');
  if (!isTravel) return { head: [escaped(onOneLine(text))], keyframes: [], tail: [] };
  const part = (name: 'head' | 'tail') =>
    lines.flatMap((line) => (line.part === name && line.text.trim() !== '' ? [escaped(line.text)] : []));
  const keyframes = new Map<number, string>();
  const lost: string[] = [];
  for (const line of lines) {
    if (line.part !== 'key') continue;
    const taken = keyframes.get(line.frame);
    if (taken !== undefined) lost.push(`${line.frame}: ${taken}`);
    keyframes.set(line.frame, escaped(line.own));
  }
  if (lost.length > 0) {
    const message = `Of keyframes at the same position, the last one counts. The others were: ${shownKeys(lost)}`;
    notes.push(note('duplicate-key', message));
  }
  return {
    head: part('head'),
    keyframes: [...keyframes].map(([frame, prompt]) => ({ at: `${frame}`, prompt })),
    tail: part('tail'),
  };
}
