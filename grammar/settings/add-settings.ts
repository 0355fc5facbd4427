import { newlineOf } from '../line-ends.ts';
import type { TextSpan } from '../problem.ts';
import type { TravelDocument } from '../syntax/document.ts';
import { readSettings } from './read.ts';
import { aboutSetting, type SettingKey } from './schema.ts';

/** A setting from another tool, with its value as YAML. */
export type NewSetting = readonly [key: SettingKey, yaml: string];

/**
 * The edit that adds settings to a file, in a new settings block if it has none.
 *
 * @param comments lines below the settings
 * @returns null if there is nothing to add, or if the settings block is not closed
 */
export function addSettings(
  { text, frontMatter }: Pick<TravelDocument, 'text' | 'frontMatter'>,
  settings: readonly NewSetting[],
  comments: readonly string[] = [],
): { readonly span: TextSpan; readonly text: string } | null {
  if (frontMatter?.closed === false || settings.length + comments.length === 0) return null;
  const newline = newlineOf(text);
  const lines = [...settings.map(lineOf), ...comments.map((comment) => `# ${comment}`)];
  const block = lines.map((line) => `${line}${newline}`).join('');
  const end = frontMatter?.yaml.end;
  if (end !== undefined) return { span: { start: end, end }, text: block };
  const at = text.startsWith('\uFEFF') ? 1 : 0;
  return { span: { start: at, end: at }, text: `---${newline}${block}---${newline}` };
}

/** The settings that can be added to a file, and notes about the others: it sets them already, or they have no use here. */
export function settingsFor(
  { text, frontMatter }: Pick<TravelDocument, 'text' | 'frontMatter'>,
  settings: readonly NewSetting[],
): { readonly added: NewSetting[]; readonly notes: string[] } {
  const { start, end } = frontMatter?.yaml ?? { start: 0, end: 0 };
  const taken = new Set(readSettings(text.slice(start, end), start).spans.keys());
  const added: NewSetting[] = [];
  const notes: string[] = [];
  for (const setting of settings) {
    const [key] = setting;
    if (taken.has(key)) notes.push(`\`${lineOf(setting)}\` was not added, because the file already sets \`${key}\`.`);
    else if (isUsable(setting)) added.push(setting);
    else notes.push(`\`${lineOf(setting)}\` was not added, because this version cannot use it.`);
    taken.add(key);
  }
  return { added, notes };
}

const lineOf = ([key, yaml]: NewSetting): string => `${key}: ${yaml}`;

/** Valid, and available in this version. */
function isUsable(setting: NewSetting): boolean {
  const [key] = setting;
  const { settings, issues } = readSettings(lineOf(setting), 0);
  const { use } = aboutSetting(key);
  const isAvailable =
    use.kind === 'used' || (use.kind === 'partly-available' && use.available.includes(`${settings[key]}`));
  return issues.length === 0 && isAvailable;
}

/** Text as a YAML value on one line, in quotes only if it needs them. */
export function yamlText(text: string): string {
  const { settings, issues } = readSettings(`negative_prompt: ${text}`, 0);
  const isPlain = issues.length === 0 && settings.negative_prompt === text && !/[\r\n#]/.test(text);
  return isPlain ? text : JSON.stringify(text);
}
