import { cpSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type CheckedTravel, checkTravel } from '../../grammar/language.ts';
import type { Problem } from '../../grammar/problem.ts';
import type { GivenSettings } from '../../grammar/settings/schema.ts';
import { settle } from '../../library/file-environment.ts';
import { ModelLibrary } from '../../library/model-library.ts';
import { fixed } from '../grammar/checks/fix-faults.ts';
import { folderWith, LORA } from '../library/tree.ts';

const FIELD = resolve(import.meta.dirname, '../grammar/cases/field');
const MODELS = resolve(import.meta.dirname, '../../models');

/** LoRAs that the files name. */
const LORAS = ['ink', 'wash v1.5.fp16', 'people/knight', 'epoch-000010'];

/** A file from the field. */
export const fieldText = (name: string): string => readFileSync(join(FIELD, `${name}.travel`), 'utf8');

/** Checks a text as the command line does, with the models and wildcards of the field. */
export async function checkInField(text: string, overrides: GivenSettings = {}): Promise<CheckedTravel> {
  const loras = LORAS.map((name) => [`models/Lora/${name}.safetensors`, LORA] as const);
  const folder = folderWith(Object.fromEntries(loras));
  cpSync(join(FIELD, 'wildcards'), join(folder, 'wildcards'), { recursive: true });
  const library = await ModelLibrary.open({ modelsFolder: MODELS, roots: [join(folder, 'models/Lora')] });
  const place = { path: join(folder, 'clip.travel'), wildcardFolders: [join(folder, 'wildcards')] };
  return settle(library, place, (environment) => checkTravel(text, environment, { overrides }));
}

/** Errors and warnings: line and column from 1, severity, and the text at the place. */
export function listed(text: string, problems: readonly Problem[]): string[] {
  return problems
    .filter(({ severity }) => severity === 'error' || severity === 'warning')
    .map(({ severity, span }) => {
      const before = text.slice(0, span.start).split('\n');
      return `${before.length}:${before.at(-1)!.length + 1} ${severity} ${text.slice(span.start, span.end)}`;
    });
}

/** The text after the first fix of the first problem, and so on, until no problem has a fix. */
export async function repaired(text: string): Promise<string> {
  for (let i = 0; i < 50; i++) {
    const { problems } = await checkInField(text);
    const fix = problems.flatMap(({ fixes = [] }) => fixes)[0];
    if (!fix) return text;
    text = fixed(text, fix);
  }
  throw new Error(`Fixes of ${JSON.stringify(text)} do not come to an end.`);
}
