import type { z } from 'zod';
import { framesFor } from '../grammar/clip/clip-length.ts';
import { isSettingKey, type SettingKey, Settings } from '../grammar/settings/schema.ts';
import type { Clip, SettingValue } from './clip.ts';
import type { ReadClip } from './format.ts';
import { shown } from './json.ts';
import { note } from './notes.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** Of a setting with more wrong parts, nothing can be kept that anyone meant. */
const MOST_PARTS = 20;

/**
 * A clip without the values that its settings cannot have, such as a width of 0, and with a note that has them. A clip
 * whose length is left out gets one that is long enough for its keyframes.
 */
export function withPossibleValues(read: ReadClip): ReadClip {
  const { clip } = read;
  const left: string[] = [];
  const settings = Object.fromEntries(
    Object.entries(clip.settings).map(([key, value]) => [
      key,
      value === undefined || !isSettingKey(key) ? value : possible(key, value, left),
    ]),
  );
  if (clip.settings.frames !== undefined && settings.frames === undefined) settings.frames = lengthFor(clip);
  const message = `Settings cannot have these values, so they are left out, and the defaults are used: ${left.join(', ')}`;
  return {
    ...read,
    clip: { ...clip, settings },
    notes: left.length === 0 ? read.notes : [...read.notes, note('other-fields', message)],
  };
}

/** undefined if it is too long. */
function lengthFor({ keyframes }: Clip): number | undefined {
  const { frames } = Settings.shape;
  const last = keyframes.reduce((latest, { at }) => Math.max(latest, startFrame(at) ?? 0), 0);
  const length = frames.safeParse(Math.max(frames.parse(undefined), framesFor(last)));
  return length.success ? length.data : undefined;
}

/** The frame at which a keyframe starts; null if its position depends on the length. @param at of a keyframe */
function startFrame(at: string): number | null {
  const start = /^(\d+)(?:-\d+)?$/.exec(at)?.[1];
  return start === undefined ? null : Number(start);
}

/** @param left gets what is left out */
function possible(key: SettingKey, value: SettingValue, left: string[]): SettingValue | undefined {
  let rest: SettingValue | undefined = value;
  for (let parts = 0; rest !== undefined; parts++) {
    const issues: readonly Issue[] = Settings.shape[key].safeParse(rest).error?.issues ?? [];
    // A note of its own is about preprocessors, whose names stay.
    const issue = issues.find(({ path }) => path.at(-1) !== 'preprocessor');
    if (!issue) return rest;
    const path = parts < MOST_PARTS ? pathOf(issue, rest) : [];
    const part = partAt(rest, path);
    // Empty text stands for none.
    if (part !== undefined && part !== '') left.push(`${nameOf([key, ...path])}: ${written(part)}`);
    rest = without(rest, path);
  }
  return undefined;
}

/** Where a value is wrong, in the form of a union that it has. @param value of the whole setting */
function pathOf(issue: Issue, value: SettingValue): Path {
  if (issue.code === 'unrecognized_keys') return [...issue.path, issue.keys[0]!];
  if (issue.code !== 'invalid_union') return issue.path;
  // The only unions are values that may be a map of positions.
  const part = partAt(value, issue.path);
  const inner = issue.errors[typeof part === 'object' ? 1 : 0]?.[0];
  return inner && part !== undefined ? [...issue.path, ...pathOf(inner, part)] : issue.path;
}

/** undefined if it is not there. */
function partAt(value: SettingValue, path: Path): SettingValue | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  const inner = typeof value === 'object' ? new Map(Object.entries(value)).get(String(step)) : undefined;
  return inner === undefined ? undefined : partAt(inner, rest);
}

/** A value without a part; without what holds the part if it is missing there. */
function without(value: SettingValue, [step, ...rest]: Path): SettingValue | undefined {
  const inner = step === undefined ? undefined : partAt(value, [step]);
  if (inner === undefined) return undefined;
  const next = without(inner, rest);
  const entries = Object.entries(value as object).flatMap(([name, own]: [string, SettingValue]) =>
    name !== String(step) ? [[name, own] as const] : next === undefined ? [] : [[name, next] as const],
  );
  return Array.isArray(value) ? entries.map(([, own]) => own) : Object.fromEntries(entries);
}

/** `controlnet › 1 › weight` */
const nameOf = (path: Path) => path.map((step) => (typeof step === 'number' ? step + 1 : String(step))).join(' › ');

const written = (value: SettingValue) => shown(typeof value === 'object' ? JSON.stringify(value) : String(value));
