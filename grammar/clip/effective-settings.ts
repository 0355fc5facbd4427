import type { Problem, TextSpan } from '../problem.ts';
import { readSettings, type SettingSpan } from '../settings/read.ts';
import { resolveSettings } from '../settings/resolve.ts';
import type { GivenSettings, Settings } from '../settings/schema.ts';
import type { TravelDocument } from '../syntax/document.ts';
import type { Environment } from './environment.ts';

/** How many files may extend one another in a row. */
const DEEPEST = 32;

export interface EffectiveSettings {
  readonly settings: Settings;
  /** Where this file writes them; what it inherits has no span here. */
  readonly spans: ReadonlyMap<string, SettingSpan>;
  readonly problems: readonly Problem[];
}

/**
 * The settings of a file: those of the files that it extends, its own, the overrides of the command line, in this order;
 * defaults for the rest.
 * @param parse makes the document of another `.travel` file
 */
export function effectiveSettings(
  document: TravelDocument,
  environment: Environment,
  overrides: GivenSettings,
  parse: (text: string) => TravelDocument,
): EffectiveSettings {
  const own = settingsOf(document);
  const problems = [...own.problems];
  const layers: GivenSettings[] = [own.settings];
  const seen = new Set<string>();
  const extendsSpan = own.spans.get('extends')?.value ?? { start: 0, end: 0 };
  let from = '';
  let next = own.settings.extends;
  while (next !== undefined) {
    const file = seen.size < DEEPEST ? environment.readTravelFile(next, from) : null;
    const failure = extendsFailure(next, file?.path ?? null, seen);
    if (failure || !file) {
      problems.push({ code: 'travel/extends', severity: 'error', message: failure ?? '', span: extendsSpan });
      break;
    }
    seen.add(file.path);
    const parent = settingsOf(parse(file.text));
    const wrong = parent.problems.find(({ severity }) => severity === 'error');
    if (wrong) problems.push(inParent(file.path, wrong, extendsSpan));
    layers.unshift(parent.settings);
    from = file.path;
    next = parent.settings.extends;
  }
  layers.push(overrides);
  return { settings: withDialect(layers), spans: own.spans, problems };
}

/** The webui dialect renders as sd-webui-animatediff does: always overwriting, and `R-P` unless a layer sets the loop. */
function withDialect(layers: readonly GivenSettings[]): Settings {
  const settings = resolveSettings(layers);
  if (settings.dialect !== 'webui') return settings;
  const loopIsSet = layers.some(({ closed_loop }) => closed_loop !== undefined);
  return { ...settings, closed_loop: loopIsSet ? settings.closed_loop : 'R-P', fuse: 'overwrite' };
}

function settingsOf({ text, frontMatter }: TravelDocument) {
  const { start, end } = frontMatter?.yaml ?? { start: 0, end: 0 };
  return readSettings(text.slice(start, end), start);
}

function extendsFailure(written: string, path: string | null, seen: ReadonlySet<string>): string | null {
  if (seen.size >= DEEPEST) return `More than ${DEEPEST} files extend one another. Write the settings in fewer files.`;
  if (path === null)
    return `“${written}” cannot be read, so its settings are missing. Check the path; it is relative to the file that names it.`;
  if (seen.has(path)) return `“${written}” extends itself in a circle. Remove one \`extends\`.`;
  return null;
}

function inParent(path: string, { code, message }: Problem, span: TextSpan): Problem {
  return { code, severity: 'error', message: `In ${path}, which this file extends: ${message}`, span };
}
