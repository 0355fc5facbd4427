import { resolve } from 'node:path';
import type { Command } from 'commander';
import { canBeInTag } from '../library/file-environment.ts';
import type { ModelLibrary } from '../library/model-library.ts';
import type { ModelKind } from '../plan/model.ts';
import { printableLine } from '../rendering/printable.ts';
import { describeText } from '../weights/describe-text.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { addModelsFlag, type ModelsFlag } from './flags.ts';
import { statNamed } from './input.ts';
import { openLibrary } from './installation.ts';
import { print, printError } from './print.ts';

const HELP = `
File types are detected from contents, not names. Without a path, lists the built-in model and all models in the folders
of --models and of the environment variable TRAVEL_MODELS.

Examples:
  travel models dreamshaper_8.safetensors
  travel models ~/stable-diffusion-webui
  TRAVEL_MODELS=~/ComfyUI travel models`;

/** Every kind, in the order of the list. */
const HEADINGS: readonly (readonly [ModelKind, string])[] = [
  ['checkpoint', 'Checkpoints'],
  ['motion-module', 'Motion modules'],
  ['motion-lora', 'Motion LoRAs'],
  ['lora', 'LoRAs'],
  ['vae', 'VAEs'],
  ['embedding', 'Embeddings'],
  ['controlnet', 'ControlNets'],
  ['unsupported', 'Not supported'],
  ['unknown', 'Other files'],
];

export function addModels(program: Command, finish: (code: ExitCode) => void): void {
  addModelsFlag(program.command('models'))
    .summary('show the types and names of model files')
    .description('Show the types of model files, and the names that .travel files use for them.')
    .argument('[path...]', 'model files or folders')
    .addHelpText('after', HELP)
    .action(async (paths: string[], flags: ModelsFlag) => finish(await models(paths, flags)));
}

async function models(paths: readonly string[], flags: ModelsFlag): Promise<ExitCode> {
  const isFolder = await Promise.all(paths.map(async (path) => (await statNamed(path)).isDirectory()));
  const files = paths.filter((_, i) => !isFolder[i]);
  const named = paths.filter((_, i) => isFolder[i]);
  const library = await openLibrary({ models: [...(flags.models ?? []), ...named] });
  const damaged = await printFiles(library, files);
  if (named.length > 0 || paths.length === 0) await printLibrary(library);
  return damaged ? EXIT.fileHasErrors : EXIT.done;
}

/** Prints one line for each file. @returns whether one of them cannot be read as a model */
async function printFiles(library: ModelLibrary, files: readonly string[]): Promise<boolean> {
  let damaged = false;
  for (const file of files) {
    const model = await library.describe(resolve(file));
    if (model.ok) print(printableLine(`${file}: ${describeText(model.description)}`));
    else printError(model.reason);
    damaged ||= !model.ok;
  }
  return damaged;
}

function renameAdvice(kind: ModelKind, name = ''): string {
  if ((kind !== 'lora' && kind !== 'motion-lora') || canBeInTag(name)) return '';
  return '. Rename it to use it: a name in a tag cannot contain “:”, “=”, “>” or braces';
}

async function printLibrary(library: ModelLibrary): Promise<void> {
  const described = await library.describeAll(library.files.map(({ path }) => path));
  const kindOf = (path: string) => {
    const model = described.get(path);
    // Both are written as LoRAs.
    return model?.ok ? model.description.kind.replace('motion-lora', 'lora') : null;
  };
  const names = new Map(
    library.files.map((file) => {
      const kind = kindOf(file.path);
      return [file.path, library.names.unambiguous(file, ({ path }) => kindOf(path) === kind, file.name)];
    }),
  );
  for (const [kind, heading] of HEADINGS) {
    const rows = [...described].flatMap(([path, model]) =>
      model.ok && model.description.kind === kind
        ? [
            {
              name: printableLine(names.get(path) ?? path),
              text: describeText(model.description) + renameAdvice(kind, names.get(path)),
            },
          ]
        : [],
    );
    if (rows.length === 0) continue;
    const width = Math.max(...rows.map(({ name }) => name.length));
    print(heading);
    for (const { name, text } of rows) print(`  ${name.padEnd(width)}  ${text}`);
  }
  const failed = [...described.values()].flatMap((model) => (model.ok ? [] : [model.reason]));
  const reasons = [...library.unreadable.map(({ reason }) => reason), ...failed];
  if (reasons.length > 0) print('Cannot be used');
  for (const reason of reasons) print(`  ${printableLine(reason)}`);
}
