import type {
  AdeEntry,
  ConfigurationKind,
  ForeignClip,
  ForeignReader,
  ScheduleEntry,
} from '../grammar/pasted/foreign-reader.ts';
import type { Literal, LiteralEntry } from '../grammar/pasted/literals.ts';
import type { NewSetting } from '../grammar/settings/add-settings.ts';
import { isSettingKey, Settings } from '../grammar/settings/schema.ts';
import type { Clip } from './clip.ts';
import type { ReadClip } from './format.ts';
import { type Json, type JsonMap, readJson } from './json.ts';
import { ImportError, warningsOf } from './notes.ts';
import { adeKeyframes } from './read/ade.ts';
import { cliClip } from './read/cli.ts';
import { deforumClip } from './read/deforum.ts';
import { fizzSchedule } from './read/fizz.ts';
import { readInfotext } from './read/infotext.ts';
import { keyframeLine, lineOf, settingTexts } from './write-travel.ts';

/** Converts what is found in a file as an import of a whole file does. */
export const foreignReader: ForeignReader = { schedule, adeSchedule, configuration, parameters };

const { frames: DEFAULT_FRAMES, context: DEFAULT_CONTEXT } = Settings.parse({});

/** The length and the mix of the clip stay: a schedule has neither. */
function schedule(entries: readonly ScheduleEntry[], frames: number): ForeignClip {
  const { keyframes, notes } = fizzSchedule({ value: scheduleMap(entries) }, { frames, before: '', after: '' });
  const clip = {
    head: [],
    tail: [],
    settings: {},
    keyframes: keyframes.map(({ frame, ...key }) => ({ ...key, at: `${frame}` })),
  };
  return foreignClip({ clip, notes });
}

function adeSchedule(entries: readonly AdeEntry[], frames: number): ForeignClip {
  const keyframes = adeKeyframes(entries, frames);
  return {
    head: [],
    tail: [],
    keyframes: new Map(keyframes.map(({ frame, ...key }) => [frame, keyframeLine(key)])),
    settings: [],
    notes: [],
  };
}

function configuration(
  entries: readonly ScheduleEntry[],
  around: readonly LiteralEntry[],
  kind: ConfigurationKind,
): ForeignClip {
  const map = new Map<string, Json>([
    ...around.map(({ key, value }) => [key, jsonOf(value)] as const),
    [kind === 'deforum' ? 'prompts' : 'prompt_map', scheduleMap(entries)],
  ]);
  const { clip, notes } = kind === 'deforum' ? deforumClip(map) : cliClip(map);
  // Defaults are those of a whole file, not of a piece with prompts.
  const isPiece = around.every(({ key }) => key === 'head_prompt' || key === 'tail_prompt');
  return foreignClip({ clip: isPiece ? { ...clip, settings: {} } : clip, notes });
}

const scheduleMap = (entries: readonly ScheduleEntry[]): JsonMap =>
  new Map(entries.map(({ frame, prompt }) => [`${frame}`, prompt]));

function parameters(text: string): Pick<ForeignClip, 'settings' | 'notes'> {
  const { clip, notes } = readInfotext({ text });
  const { negative_prompt } = clip.settings;
  const isNegativeOnly = !/^Steps:/m.test(text);
  return isNegativeOnly
    ? { settings: settingsOf({ negative_prompt }), notes: [] }
    : { settings: settingsOf(clip.settings), notes: warningsOf(notes) };
}

function foreignClip({ clip, notes }: ReadClip): ForeignClip {
  const { head, tail, keyframes, settings } = clip;
  const lines = (texts: readonly string[]) => texts.map(lineOf).filter((line) => line !== '');
  return {
    head: lines(head),
    tail: lines(tail),
    keyframes: new Map(keyframes.map((key) => [Number.parseInt(key.at, 10), keyframeLine(key)])),
    settings: settingsOf(settings),
    notes: warningsOf(notes),
  };
}

/** Settings of windows have no effect on a clip that fits in one. */
const OF_WINDOWS: readonly string[] = ['closed_loop', 'stride', 'overlap'];

function settingsOf(settings: Clip['settings']): NewSetting[] {
  const { frames = DEFAULT_FRAMES, context = DEFAULT_CONTEXT, closed_loop: loop } = settings;
  const hasOneWindow = Number(frames) <= Number(context) && loop !== 'A';
  return settingTexts(settings).flatMap(([key, yaml]) =>
    isSettingKey(key) && !(hasOneWindow && OF_WINDOWS.includes(key)) ? [[key, yaml] as const] : [],
  );
}

function jsonOf(value: Literal): Json {
  switch (value.kind) {
    case 'text':
      return value.text;
    case 'list':
      return value.items.map(jsonOf);
    case 'map':
      return new Map(value.entries.map((entry) => [entry.key, jsonOf(entry.value)]));
    case 'other':
      return wordOf(value.text);
  }
}

/** A number or a keyword; text if it is an expression. */
function wordOf(text: string): Json {
  try {
    return readJson(text).value;
  } catch (error) {
    if (error instanceof ImportError) return text;
    throw error;
  }
}
