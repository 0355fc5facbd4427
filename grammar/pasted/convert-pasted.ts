import type { Environment } from '../clip/environment.ts';
import { applyEdits } from '../format/format.ts';
import { withLineEndsOf } from '../line-ends.ts';
import type { TextSpan } from '../problem.ts';
import { addSettings, settingsFor } from '../settings/add-settings.ts';
import { readSettings } from '../settings/read.ts';
import { densityOf, MOST_LINES } from '../syntax/density.ts';
import type { TravelDocument } from '../syntax/document.ts';
import { parseTravel } from '../syntax/parse.ts';
import type { Conversion } from './conversion.ts';
import { convertSchedule } from './convert-schedule.ts';
import { entryOutside, hasMoreEntries } from './entries.ts';
import { withoutFence } from './fences.ts';
import type { ForeignReader } from './foreign-reader.ts';
import { convertInfotext, findInfotext } from './infotext.ts';
import { usableModels } from './models.ts';
import { findSchedules, type PastedSchedule, schedulesWithRoom } from './schedules.ts';

export interface PasteTarget {
  readonly document: TravelDocument;
  /** The offset at which the text is pasted. */
  readonly offset: number;
  /** Length of the clip. */
  readonly frames: number;
  readonly environment: Pick<Environment, 'resolveModel'>;
  readonly reader: ForeignReader;
}

export interface ConvertedPaste {
  readonly text: string;
  /** The edit of the target that adds the settings of the pasted text; null if there are none. */
  readonly settings: { readonly span: TextSpan; readonly text: string } | null;
  /** What could not be carried over, one or more sentences each. */
  readonly notes: readonly string[];
}

/**
 * Text that is about to be pasted, with its schedules as keyframes and its generation parameters as settings; null if
 * it has neither, or if a part of them cannot be read.
 */
export function convertPasted(
  written: string,
  { document, offset, frames, environment, reader }: PasteTarget,
): ConvertedPaste | null {
  const text = withoutFence(written);
  const { marks, most } = densityOf([text]);
  if (marks > most || hasMoreEntries(text, MOST_LINES)) return null;
  const pasted = parseTravel(text);
  const bodyStart = pasted.frontMatter?.span.end ?? 0;
  const setFrames = framesOf(pasted) ?? framesOf(document);
  const { schedules, frames: length } =
    setFrames === undefined
      ? schedulesWithRoom(text, bodyStart, frames)
      : { schedules: findSchedules(text, bodyStart, setFrames), frames: setFrames };
  const spans = schedules.map(({ span }) => span);
  if (!schedules.every(isReadable) || entryOutside(text, bodyStart, spans) !== null) return null;
  const infotext = findInfotext(pasted);
  const conversions = [
    ...schedules.map((schedule) => convertSchedule(text, schedule, length, reader)),
    ...(infotext ? [convertInfotext(infotext, reader)] : []),
  ]
    .map((conversion): Conversion => usableModels(conversion, environment))
    .sort((a, b) => a.span.start - b.span.start);
  if (conversions.length === 0) return null;
  // What is inserted gets the line ends of the file that it becomes a part of.
  const ends = document.text.includes('\n') ? document.text : text;
  let converted = '';
  let end = 0;
  for (const { span, text: replacement } of conversions) {
    converted += text.slice(end, span.start) + replacement;
    end = span.end;
  }
  converted = withLineEndsOf(ends, converted + text.slice(end));
  const settings = conversions.flatMap((conversion) => conversion.settings);
  const isLonger = setFrames === undefined && length > frames;
  if (isLonger && !settings.some(([key]) => key === 'frames')) settings.push(['frames', `${length}`]);
  const ownBlock = pasted.frontMatter ?? (offset === 0 ? (document.frontMatter ?? 'new') : null);
  const isOwn = ownBlock === 'new' || (ownBlock !== null && ownBlock !== document.frontMatter);
  const file = isOwn ? parseTravel(converted) : document;
  const { added, notes: left } = settingsFor(file, settings);
  const edit = addSettings(file, added);
  const notes = [...conversions.flatMap((conversion) => conversion.notes), ...left];
  if (!isOwn) return { text: converted, settings: edit && { ...edit, text: withLineEndsOf(ends, edit.text) }, notes };
  return { text: edit ? withLineEndsOf(ends, applyEdits(converted, [edit])) : converted, settings: null, notes };
}

const isReadable = (schedule: PastedSchedule): schedule is PastedSchedule & { readonly ok: true } => schedule.ok;

/** The length of the clip that a file sets itself. */
function framesOf({ text, frontMatter }: TravelDocument): number | undefined {
  const { start, end } = frontMatter?.yaml ?? { start: 0, end: 0 };
  return readSettings(text.slice(start, end), start).settings.frames;
}
