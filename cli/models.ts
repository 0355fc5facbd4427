import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { DescribedModel } from '../library/header-cache.ts';
import type { ModelLibrary } from '../library/model-library.ts';
import { AUTO_V2_DIGITS } from '../library/model-names.ts';
import { canBeInTag } from '../library/named-models.ts';
import { largest } from '../plan/extremes.ts';
import type { ModelKind } from '../plan/model.ts';
import { MODEL_INDEX, modelFileName } from '../plan/paths.ts';
import { bytesText } from '../rendering/cache-contents.ts';
import { printableLine } from '../rendering/printable.ts';
import { baseOf, describeText, isSupported } from '../weights/describe-text.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { addMachineFlags, addModelsFlag, type ModelsFlag } from './flags.ts';
import { statNamed } from './input.ts';
import { openLibrary } from './installation.ts';
import { print, printError, printJson } from './print.ts';

const HELP = `
File types are detected from contents, not names. Without a path, lists the built-in model and all models in the folders
of --models and of the environment variable TRAVEL_MODELS.

--hash adds the SHA-256 of each file, and prints its first ten digits, which model sites call AutoV2 and AUTOMATIC1111
writes in brackets after a name. The first time, this reads every file as a whole.

Examples:
  travel models dreamshaper_8.safetensors
  travel models --hash dreamshaper_8.safetensors
  travel models ~/stable-diffusion-webui
  TRAVEL_MODELS=~/ComfyUI travel models`;

/** `999 MB` */
const SIZE_WIDTH = 6;

/** Every kind, in the order of the list. */
const HEADINGS: readonly (readonly [ModelKind, string])[] = [
  ['checkpoint', 'Checkpoints'],
  ['motion-module', 'Motion modules'],
  ['motion-lora', 'Motion LoRAs'],
  ['lora', 'LoRAs'],
  ['text-encoder', 'Text encoders'],
  ['vae', 'VAEs'],
  ['embedding', 'Embeddings'],
  ['controlnet', 'ControlNets'],
  ['film', 'Frame interpolation'],
  ['unsupported', 'Not supported'],
  ['unknown', 'Other files'],
];

export function addModels(program: Command, finish: (code: ExitCode) => void): void {
  addMachineFlags(addModelsFlag(program.command('models')), ['cacheFolder'])
    .summary('show the types and names of model files')
    .description('Show the types of model files, and the names that .travel files use for them.')
    .argument('[path...]', 'model files or folders')
    .option('--hash', 'compute SHA-256 hashes')
    .option('--json', 'print one JSON array, with paths, sizes in bytes and hashes')
    .addHelpText('after', HELP)
    .action(async (paths: string[], flags: Flags) => finish(await models(paths, flags)));
}

interface Flags extends ModelsFlag {
  readonly hash?: true;
  readonly json?: true;
}

async function models(paths: readonly string[], flags: Flags): Promise<ExitCode> {
  const isFolder = await Promise.all(paths.map(async (path) => isLibraryFolder(path)));
  const files = paths.filter((_, i) => !isFolder[i]);
  const named = paths.filter((_, i) => isFolder[i]);
  const library = await openLibrary({ models: [...(flags.models ?? []), ...named] });
  const listsLibrary = named.length > 0 || paths.length === 0;
  if (listsLibrary) for (const notice of library.notices) printError(printableLine(notice));
  if (flags.json) return listAsJson(library, files, listsLibrary, flags);
  const damaged = await printFiles(library, files, flags);
  if (listsLibrary) await printLibrary(library, flags);
  return damaged ? EXIT.fileHasErrors : EXIT.done;
}

/** Whether a path is a folder with models, and not one model in diffusers' format. */
async function isLibraryFolder(path: string): Promise<boolean> {
  if (!(await statNamed(path)).isDirectory()) return false;
  return stat(join(path, MODEL_INDEX)).then(
    () => false,
    () => true,
  );
}

async function hashSuffix(library: ModelLibrary, path: string, { hash }: Flags): Promise<string> {
  const sha256 = hash ? await library.sha256(path) : null;
  return sha256 === null ? '' : ` [${sha256.slice(0, AUTO_V2_DIGITS)}]`;
}

/** Prints one line for each file. @returns whether one of them cannot be read as a model */
async function printFiles(library: ModelLibrary, files: readonly string[], flags: Flags): Promise<boolean> {
  let damaged = false;
  for (const file of files) {
    const path = resolve(file);
    const model = await library.describe(path);
    if (model.ok) {
      const text = `${describeText(model.description)}, ${bytesText(model.file.size)}`;
      print(printableLine(`${file}: ${text}${await hashSuffix(library, path, flags)}`));
    } else printError(model.reason);
    damaged ||= !model.ok;
  }
  return damaged;
}

/** Every model, or why its file cannot be used. Files and folders that cannot be read are first. */
async function listAsJson(
  library: ModelLibrary,
  files: readonly string[],
  listsLibrary: boolean,
  flags: Flags,
): Promise<ExitCode> {
  const paths = [...files.map((file) => resolve(file)), ...(listsLibrary ? library.files.map(({ path }) => path) : [])];
  const described = await library.describeAll(paths);
  const names = listsLibrary ? namesOf(library, described) : new Map<string, string>();
  const unreadable = listsLibrary ? library.unreadable : [];
  const rows: object[] = unreadable.map(({ path, reason }) => ({ path, error: reason }));
  for (const [path, model] of described) {
    if (!model.ok) {
      rows.push({ path, error: model.reason });
      continue;
    }
    const { file, description } = model;
    rows.push({
      name: names.get(path) ?? modelFileName(file.path),
      path: file.path,
      size: file.size,
      kind: description.kind,
      base: baseOf(description),
      supported: isSupported(description),
      text: describeText(description),
      sha256: flags.hash ? await library.sha256(path) : null,
    });
  }
  printJson(rows);
  return files.some((file) => described.get(resolve(file))?.ok === false) ? EXIT.fileHasErrors : EXIT.done;
}

function renameAdvice(kind: ModelKind, name = ''): string {
  if ((kind !== 'lora' && kind !== 'motion-lora') || canBeInTag(name)) return '';
  return '. Rename it to use it: a name in a tag cannot contain “:”, “=”, “>” or braces';
}

type Described = ReadonlyMap<string, DescribedModel>;

/** How to write each model's name, by path. */
function namesOf(library: ModelLibrary, described: Described): Map<string, string> {
  const kindOf = (path: string) => {
    const model = described.get(path);
    // Both are written as LoRAs.
    return model?.ok ? model.description.kind.replace('motion-lora', 'lora') : null;
  };
  return new Map(
    library.files.map((file) => {
      const kind = kindOf(file.path);
      return [file.path, library.names.unambiguous(file, ({ path }) => kindOf(path) === kind, file.name)];
    }),
  );
}

async function printLibrary(library: ModelLibrary, flags: Flags): Promise<void> {
  const described = await library.describeAll(library.files.map(({ path }) => path));
  const names = namesOf(library, described);
  const hashes = new Map<string, string>();
  for (const path of described.keys()) hashes.set(path, await hashSuffix(library, path, flags));
  for (const [kind, heading] of HEADINGS) {
    const rows = [...described].flatMap(([path, model]) =>
      model.ok && model.description.kind === kind
        ? [
            {
              name: printableLine(names.get(path) ?? path),
              size: bytesText(model.file.size),
              text: describeText(model.description) + hashes.get(path) + renameAdvice(kind, names.get(path)),
            },
          ]
        : [],
    );
    if (rows.length === 0) continue;
    const width = largest(rows.map(({ name }) => name.length));
    print(heading);
    for (const { name, size, text } of rows) print(`  ${name.padEnd(width)}  ${size.padStart(SIZE_WIDTH)}  ${text}`);
  }
  const failed = [...described.values()].flatMap((model) => (model.ok ? [] : [model.reason]));
  const reasons = [...library.unreadable.map(({ reason }) => reason), ...failed];
  if (reasons.length > 0) print('Cannot be used');
  for (const reason of reasons) print(`  ${printableLine(reason)}`);
}
