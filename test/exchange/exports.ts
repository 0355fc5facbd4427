import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportTravel } from '../../exchange/export.ts';
import type { FormatName } from '../../exchange/format.ts';
import { isMap, readJsonEntries } from '../../exchange/json.ts';
import type { Exported, TargetName } from '../../exchange/target.ts';
import { bareName } from '../../exchange/text.ts';
import { effectiveSettings } from '../../grammar/clip/effective-settings.ts';
import { readParameters } from '../../grammar/pasted/infotext-parameters.ts';
import { parseTravel } from '../../grammar/syntax/parse.ts';
import { testEnvironment } from '../grammar/environment.ts';
import { normal } from './meaning.ts';

export interface ExportCase {
  readonly id: string;
  readonly file: string;
  readonly expected: Readonly<Record<string, Target>>;
}

interface Target {
  readonly text?: string;
  readonly negative?: string;
  readonly object?: Readonly<Record<string, unknown>>;
  readonly flags?: Readonly<Record<string, number>>;
  readonly entries?: readonly (readonly [number, string, string])[];
  readonly schedule?: readonly (readonly [number, string, string])[];
  readonly max_frames?: number;
  readonly nodes?: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
  readonly parsed?: Readonly<Record<string, unknown>>;
  readonly lost?: readonly { readonly key: string; readonly say: readonly string[]; readonly optional?: boolean }[];
}

/** The format that reads what a target is. */
export const FORMATS: Readonly<Record<TargetName, FormatName>> = {
  'a1111-prompt': 'a1111-prompt',
  'webui-api': 'webui-api',
  infotext: 'infotext',
  fizz: 'fizz',
  cli: 'cli',
  deforum: 'deforum',
  'comfy-api': 'comfy',
};

export function exported(text: string, target: TargetName): Exported {
  const document = parseTravel(text);
  return exportTravel(document, effectiveSettings(document, testEnvironment(), {}, parseTravel), target);
}

export function exportFaults(folder: string, file: string, name: string, expected: Target): string[] {
  const result = exported(readFileSync(join(folder, file), 'utf8'), name.replaceAll('_', '-') as TargetName);
  const { parts } = result;
  // This version has not all settings yet: then the result must say what it left out.
  const unread = result.lost.filter(({ key }) => key === 'settings');
  if (unread.length > 0)
    return unread.every(({ message }) => UNAVAILABLE.test(message)) ? [] : unread.map(({ message }) => message);
  const faults = [
    ...(expected.text !== undefined && name === 'a1111_prompt'
      ? differences('text', lines(String(parts.text)), lines(expected.text))
      : []),
    ...(expected.negative !== undefined
      ? differences('negative', normal(String(parts.negative)), normal(expected.negative))
      : []),
    ...(expected.entries
      ? differences('entries', entriesOf(String(parts.text)), expected.entries.map(normalEntry))
      : []),
    ...(expected.max_frames !== undefined && name === 'fizz'
      ? differences('max_frames', parts.max_frames, expected.max_frames)
      : []),
    ...(expected.object ? differences('object', parts.object, expected.object) : []),
    ...(expected.flags ? differences('flags', parts.flags, expected.flags) : []),
    ...(expected.nodes ? nodeFaults(parts.object as Workflow, expected) : []),
    ...(expected.parsed ? differences('parsed', parsedInfotext(String(parts.text)), expected.parsed) : []),
    ...lostFaults(result, expected.lost ?? [], name),
  ];
  return faults.length === 0 ? [] : [...faults, result.text];
}

/** Settings and values of the language that are being added. */
const UNAVAILABLE = /preprocessor/;

const lines = (text: string) => text.split('\n').map(normal).join('\n');
const normalEntry = ([frame, positive, negative]: readonly [number, string, string]) => [
  frame,
  normal(positive),
  normal(negative),
];

/** What FizzNodes reads: braces are added, and each text is split at --neg. */
function entriesOf(text: string) {
  const { value, repairs } = readJsonEntries(text);
  if (!isMap(value) || repairs.size > 0) return text;
  return [...value].map(([frame, prompt]) => {
    const [positive = '', negative = ''] = String(prompt).split('--neg');
    return normalEntry([Number(frame), positive, negative]);
  });
}

/** Where an expected value differs. Keys that are not expected may be there. */
function differences(path: string, value: unknown, expected: unknown): string[] {
  if (path.endsWith('.loras')) return [];
  if (Array.isArray(expected)) {
    const isSame = Array.isArray(value) && value.length === expected.length;
    return isSame
      ? expected.flatMap((item, i) => differences(`${path}.${i}`, value[i], item))
      : [`${path}: ${JSON.stringify(value)} instead of ${JSON.stringify(expected)}`];
  }
  if (typeof expected === 'object' && expected !== null) {
    const own = (typeof value === 'object' ? (value ?? {}) : {}) as Record<string, unknown>;
    const maps = ['prompt_map', 'prompts', 'flags'].some((name) => path.endsWith(name))
      ? Object.keys(own).filter((key) => !(key in expected))
      : [];
    const loras =
      'loras' in expected && path === 'object' ? loraFaults(own, expected.loras as Record<string, number>) : [];
    return [
      ...loras,
      ...maps.map((key) => `${path}.${key} is not expected`),
      ...Object.entries(expected).flatMap(([key, inner]) => differences(`${path}.${key}`, own[key], inner)),
    ];
  }
  const isSame =
    typeof value === 'string' && typeof expected === 'string' ? lines(value) === lines(expected) : value === expected;
  return isSame ? [] : [`${path}: ${JSON.stringify(value)} instead of ${JSON.stringify(expected)}`];
}

function loraFaults(own: Readonly<Record<string, unknown>>, expected: Readonly<Record<string, number>>): string[] {
  const all = { ...(own.lora_map as object), ...(own.motion_lora_map as object) } as Record<string, number>;
  const named = Object.fromEntries(Object.entries(all).map(([path, weight]) => [bareName(path), weight]));
  return JSON.stringify(named) === JSON.stringify(expected)
    ? []
    : [`loras ${JSON.stringify(named)} instead of ${JSON.stringify(expected)}`];
}

type Workflow = Readonly<
  Record<string, { readonly class_type: string; readonly inputs: Readonly<Record<string, unknown>> }>
>;

function nodeFaults(workflow: Workflow, { nodes = {}, schedule, max_frames }: Target): string[] {
  const all = Object.values(workflow);
  const withClasses = (inputs: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(
      Object.entries(inputs).map(([key, value]) => [
        key,
        Array.isArray(value) ? [workflow[String(value[0])]?.class_type, value[1]] : value,
      ]),
    );
  const faults = Object.entries(nodes).flatMap(([type, expected]) => {
    const own = all.filter(({ class_type }) => class_type === type);
    if (own.length !== expected.length) return [`${own.length} nodes ${type} instead of ${expected.length}`];
    return expected.flatMap((inputs, i) => differences(type, withClasses(own[i]!.inputs), inputs));
  });
  const prompts = all.find(({ class_type }) => class_type === 'BatchPromptSchedule')?.inputs;
  return [
    ...faults,
    ...differences('schedule', entriesOf(String(prompts?.text)), schedule?.map(normalEntry)),
    ...differences('max_frames', prompts?.max_frames, max_frames),
    ...(all.some(({ class_type }) => class_type.includes('ContextOptions')) ===
    Object.keys(nodes).some((type) => type.includes('ContextOptions'))
      ? []
      : ['context options']),
  ];
}

/** As A1111 and the extension read it. */
function parsedInfotext(text: string): Record<string, unknown> {
  const all = text.split('\n');
  const parameters = Object.fromEntries(readParameters(all.at(-1)!));
  const negativeAt = all.findIndex((line) => line.startsWith('Negative prompt:'));
  const [width, height] = String(parameters.Size).split('x');
  const animateDiff = String(parameters.AnimateDiff)
    .split(', ')
    .map((field) => field.split(': '));
  return {
    // A1111's, without these parameters.
    'Clip skip': '1',
    RNG: 'GPU',
    ...parameters,
    Prompt: all.slice(0, negativeAt < 0 ? -1 : negativeAt).join('\n'),
    'Negative prompt':
      negativeAt < 0 ? '' : all.slice(negativeAt, -1).join('\n').replace('Negative prompt:', '').trim(),
    'Size-1': width,
    'Size-2': height,
    AnimateDiff: Object.fromEntries(animateDiff) as Record<string, string>,
  };
}

function lostFaults({ lost }: Exported, expected: NonNullable<Target['lost']>, name: string): string[] {
  // The reference lists the missing motion module for some files only.
  const extra =
    name === 'infotext'
      ? []
      : lost.filter(({ key }) => !expected.some((one) => one.key === key) && !(name === 'deforum' && key === 'motion'));
  return [
    ...extra.map(({ key }) => `lost ${key} is not expected`),
    ...expected.flatMap(({ key, say, optional }) => {
      const own = lost.filter((one) => one.key === key);
      if (own.length === 0) return optional ? [] : [`lost ${key} is missing`];
      return own.some(({ message }) => say.some((word) => message.toLowerCase().includes(word)))
        ? []
        : [`lost ${key} says none of ${say.join(', ')}`];
    }),
  ];
}
