import { dirname, resolve } from 'node:path';
import { parseTravel, planFor } from '../grammar/language.ts';
import { DEFAULT_WILDCARD_FOLDERS } from '../grammar/wildcards/file.ts';
import { settle } from '../library/file-environment.ts';
import type { ModelLibrary } from '../library/model-library.ts';
import type { TravelPlan } from '../plan/plan.ts';
import { givenSettings, type PlanFlags } from './flags.ts';
import type { TravelText } from './input.ts';
import { type PlacedProblem, placeProblems, printable } from './problems.ts';

export interface PlannedFile {
  readonly shown: string;
  readonly name: string;
  /** null where the file has errors. */
  readonly plan: TravelPlan | null;
  readonly problems: readonly PlacedProblem[];
  /** About files that the text names and that are damaged, one line each. */
  readonly notes: readonly string[];
}

/** A text, checked and made into a plan, with the model files of this computer. */
export async function planText(input: TravelText, library: ModelLibrary, flags: PlanFlags): Promise<PlannedFile> {
  const { shown, path, name, text } = input;
  const wildcardFolders = flags.wildcards
    ? [flags.wildcards]
    : DEFAULT_WILDCARD_FOLDERS.map((folder) => resolve(dirname(path), folder));
  const options = { overrides: givenSettings(flags), ...(flags.frames ? { frames: flags.frames } : {}) };
  const document = parseTravel(text);
  const { result, unreadable } = await settle(library, { path, wildcardFolders }, (environment) =>
    planFor(document, environment, options),
  );
  return {
    shown,
    name,
    plan: result.plan,
    problems: placeProblems(shown, text, result.problems),
    notes: unreadable.map(({ reason }) => printable(`${shown}: ${reason}`)),
  };
}
