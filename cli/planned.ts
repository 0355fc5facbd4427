import { dirname, resolve } from 'node:path';
import { clipDemand } from '../grammar/clip/memory-demand.ts';
import { parseTravel, type ResolvedClip, resolveClip, stopsHints } from '../grammar/language.ts';
import type { Problem } from '../grammar/problem.ts';
import { DEFAULT_WILDCARD_FOLDERS } from '../grammar/wildcards/file.ts';
import { settle } from '../library/file-environment.ts';
import type { ModelLibrary } from '../library/model-library.ts';
import { outputRootOf } from '../library/output-root.ts';
import type { ClipInputs } from '../plan/clip-inputs.ts';
import type { LockedChoices } from '../plan/lock.ts';
import type { MemoryDemand } from '../plan/memory.ts';
import type { TravelPlan } from '../plan/plan.ts';
import { UsageError } from './exit-code.ts';
import { givenSettings, machineOf, type PlanFlags } from './flags.ts';
import { statNamed, type TravelText } from './input.ts';
import { type PlacedProblem, placeProblems } from './problems.ts';

export interface PlannedFile {
  readonly shown: string;
  readonly name: string;
  /** null if the file has errors. */
  readonly plan: TravelPlan | null;
  readonly problems: readonly PlacedProblem[];
  /** Whether the seed was picked, so that another render has another one. */
  readonly isRandom: boolean;
  /** What decides how much memory the render needs on the CPU; null for a GPU. */
  readonly demand: MemoryDemand | null;
}

export interface ReadyFile extends PlannedFile {
  readonly plan: TravelPlan;
}

/** @throws UsageError if the path is not a folder */
async function checkFolder(path: string): Promise<void> {
  if (!(await statNamed(path)).isDirectory())
    throw new UsageError(`${path} is a file. Write a folder of wildcard files.`);
}

/**
 * Checks and plans a text with the model files of this computer.
 *
 * @param locked what an earlier render picked, in place of a random seed and of what wildcards would give
 * @param texts receives the extended files and the wildcard files that were looked for
 */
export async function planText(
  input: TravelText,
  library: ModelLibrary,
  flags: PlanFlags,
  locked?: LockedChoices,
  texts?: Map<string, string | null>,
): Promise<PlannedFile> {
  const { shown, name, text, byteOrderMark } = input;
  const { problems, ...result } = await resolved(input, { library, flags, locked, texts }, (clip) => ({
    problems: clip.problems,
    plan: withMark(clip.buildPlan(), byteOrderMark),
    isRandom: clip.context.settings.seed === -1 && !locked,
    demand: clipDemand(clip.context),
  }));
  return { shown, name, ...result, problems: placeProblems(shown, text, problems) };
}

/** With the source as the file has it, byte for byte. */
const withMark = (plan: TravelPlan | null, byteOrderMark: string): TravelPlan | null =>
  plan && { ...plan, source: byteOrderMark + plan.source };

export interface InputsOfFile {
  /** null if nothing guides the clip. */
  readonly inputs: ClipInputs | null;
  /** Those that keep its hints from being made. */
  readonly problems: readonly PlacedProblem[];
}

/** What guides the clip of a text. Its models need not exist. */
export async function planInputs(input: TravelText, library: ModelLibrary, flags: PlanFlags): Promise<InputsOfFile> {
  const { inputs, problems } = await resolved(input, { library, flags }, (clip) => ({
    inputs: clip.buildInputs(),
    problems: clip.problems.filter(stopsHints),
  }));
  return { inputs, problems: placeProblems(input.shown, input.text, problems) };
}

interface Resolving {
  readonly library: ModelLibrary;
  readonly flags: PlanFlags;
  readonly locked?: LockedChoices | undefined;
  readonly texts?: Map<string, string | null> | undefined;
}

/** A text, resolved with the files of this computer. */
async function resolved<T extends { readonly problems: readonly Problem[] }>(
  { path, text }: TravelText,
  { library, flags, locked, texts }: Resolving,
  work: (clip: ResolvedClip) => T,
): Promise<T> {
  for (const folder of flags.wildcards ?? []) await checkFolder(folder);
  const wildcardFolders = flags.wildcards ?? DEFAULT_WILDCARD_FOLDERS.map((folder) => resolve(dirname(path), folder));
  const options = { overrides: givenSettings(flags), frames: flags.frames, locked };
  const document = parseTravel(text);
  const outputRoot = await outputRootOf(dirname(path));
  const place = { path, wildcardFolders, outputRoot, machine: machineOf(flags) };
  return settle(library, place, (environment) => work(resolveClip(document, environment, options)), texts);
}
