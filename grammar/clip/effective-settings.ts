import { NO_MACHINE, onMachine } from '../../plan/machine.ts';
import { FILE_START } from '../problem.ts';
import type { ExtendsIssue, SettingIssue } from '../settings/issues.ts';
import { readSettings, type SettingSpan } from '../settings/read.ts';
import { resolveSettings } from '../settings/resolve.ts';
import type { GivenSettings, Settings } from '../settings/schema.ts';
import { wholeSetting } from '../settings/setting-name.ts';
import type { TravelDocument } from '../syntax/document.ts';
import { conflictMarkers } from '../syntax/merge-conflicts.ts';
import type { Environment } from './environment.ts';
import { splitFormat } from './output-path.ts';

/** How many files may extend one another. */
const MOST_FILES = 32;

export interface EffectiveSettings {
  readonly settings: Settings;
  /** Before the rules of the dialect. */
  readonly asWritten: Settings;
  /** Where this file sets them; inherited settings have no span here. */
  readonly spans: ReadonlyMap<string, SettingSpan>;
  /** The extended file that sets a setting or a definition (`define.hero`), for those that only extended files set. */
  readonly inherited: ReadonlyMap<string, string>;
  /** Settings of the command line. */
  readonly overridden: ReadonlySet<string>;
  /** The output path of the files, without the command line. */
  readonly writtenOutput: string;
  readonly issues: readonly SettingIssue[];
}

/**
 * The settings that a file is rendered with: those of the files that it extends, its own, then the command line's, with
 * the defaults and the dialect's rules for the rest, on the device of this computer.
 * @param parse makes the document of another `.travel` file
 */
export function effectiveSettings(
  document: TravelDocument,
  environment: Environment,
  overrides: GivenSettings,
  parse: (text: string) => TravelDocument,
): EffectiveSettings {
  const own = settingsOf(document);
  const applies = (issue: SettingIssue) => !isReplaced(issue, overrides);
  const issues = own.issues.filter(applies);
  const layers: GivenSettings[] = [own.settings];
  const inherited = new Map<string, string>();
  const seen = new Set<string>();
  const span = own.spans.get('extends')?.value ?? FILE_START;
  let from = '';
  let next = own.settings.extends;
  while (next !== undefined) {
    const parent = readParent(next, from, seen, environment);
    if ('reason' in parent) {
      issues.push({ kind: 'extends', ...parent, span });
      break;
    }
    seen.add(parent.path);
    const [conflict] = conflictMarkers(parent.text);
    if (conflict) {
      const line = parent.text.slice(0, conflict.start).split('\n').length;
      issues.push({ kind: 'merge-conflict', line, span, file: parent.path });
      break;
    }
    const read = settingsOf(parse(parent.text));
    // One is enough to open the other file; unknown settings are warnings there.
    const wrong = read.issues.find((issue) => issue.kind !== 'unknown-setting' && applies(issue));
    if (wrong) issues.push({ ...wrong, span, file: parent.path });
    layers.unshift(read.settings);
    for (const path of pathsOf(read.settings)) {
      if (!own.spans.has(path) && !inherited.has(path)) inherited.set(path, parent.path);
    }
    from = parent.path;
    next = read.settings.extends;
  }
  const writtenOutput = resolveSettings(layers.map(({ output }) => (output === undefined ? {} : { output }))).output;
  layers.push(overrides);
  const asWritten = resolveSettings(layers.map(withFormatOfOutput));
  return {
    settings: onMachine(
      withDialect(asWritten, layers),
      layers.some(({ checkpoint }) => checkpoint !== undefined),
      environment.machine ?? NO_MACHINE,
    ),
    asWritten,
    spans: own.spans,
    inherited,
    overridden: new Set(Object.keys(overrides)),
    writtenOutput,
    issues,
  };
}

/** Whether a value that cannot be used has another one in its place. */
function isReplaced(issue: SettingIssue, overrides: GivenSettings): boolean {
  if (issue.kind === 'nothing-to-save') return overrides.save !== undefined;
  return 'written' in issue && Object.hasOwn(overrides, wholeSetting(issue.name));
}

/** An output path with the extension of a format also sets the formats, unless the same file sets them. */
function withFormatOfOutput(layer: GivenSettings): GivenSettings {
  const format = layer.output === undefined ? null : splitFormat(layer.output).format;
  return format === null || layer.save !== undefined ? layer : { ...layer, save: [format] };
}

/** The settings that are given, and the definitions each. */
function pathsOf(settings: GivenSettings): string[] {
  return [...Object.keys(settings), ...Object.keys(settings.define ?? {}).map((name) => `define.${name}`)];
}

/** What sd-webui-animatediff does instead of what these settings say. It knows no definitions. */
export const WEBUI_VALUES = {
  fuse: 'overwrite',
  context_schedule: 'uniform',
  transition: 'linear',
} as const satisfies Partial<Settings>;

/** The webui dialect renders as sd-webui-animatediff; the loop is `R-P` by default. */
function withDialect(settings: Settings, layers: readonly GivenSettings[]): Settings {
  if (settings.dialect !== 'webui') return settings;
  const loopIsSet = layers.some(({ closed_loop }) => closed_loop !== undefined);
  return { ...settings, ...WEBUI_VALUES, closed_loop: loopIsSet ? settings.closed_loop : 'R-P' };
}

function readParent(
  name: string,
  from: string,
  seen: ReadonlySet<string>,
  environment: Environment,
): { readonly path: string; readonly text: string } | ExtendsIssue {
  if (seen.size >= MOST_FILES) return { reason: 'too-many', limit: MOST_FILES };
  const file = environment.readTravelFile(name, from);
  if (!file) return { reason: 'unreadable', name };
  return seen.has(file.path) ? { reason: 'cycle', name } : file;
}

function settingsOf({ text, frontMatter }: TravelDocument) {
  const { start, end } = frontMatter?.yaml ?? FILE_START;
  return readSettings(text.slice(start, end), start);
}
