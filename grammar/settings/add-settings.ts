import { newlineOf } from '../line-ends.ts';
import type { TextSpan } from '../problem.ts';
import type { TravelDocument } from '../syntax/document.ts';
import { readSettings } from './read.ts';
import { aboutSetting, type SettingKey } from './schema.ts';

/** A setting from another tool, with its value as YAML. */
export type NewSetting = readonly [key: SettingKey, yaml: string];

/**
 * The edit that adds settings to a file, in a new settings block if it has none. Settings that the file already has, or
 * that cannot be used here, and `notes` become comments, so that nothing is lost.
 *
 * @returns null if there is nothing to add, or if the settings block is not closed
 */
export function addSettings(
  { text, frontMatter }: Pick<TravelDocument, 'text' | 'frontMatter'>,
  settings: readonly NewSetting[],
  notes: readonly string[] = [],
): { readonly span: TextSpan; readonly text: string } | null {
  if (frontMatter?.closed === false || settings.length + notes.length === 0) return null;
  const newline = newlineOf(text);
  const { start, end } = frontMatter?.yaml ?? { start: 0, end: 0 };
  const taken = new Set(readSettings(text.slice(start, end), start).spans.keys());
  const lines = settings.map(([key, yaml]) => {
    const line = `${key}: ${yaml}`;
    const isNew = !taken.has(key) && isUsable(key, line);
    taken.add(key);
    return isNew ? line : `# ${line}`;
  });
  const block = [...lines, ...notes.map((note) => `# ${note}`)].map((line) => `${line}${newline}`).join('');
  if (frontMatter) return { span: { start: end, end }, text: block };
  const at = text.startsWith('\uFEFF') ? 1 : 0;
  return { span: { start: at, end: at }, text: `---${newline}${block}---${newline}` };
}

/** Valid, and available in this version. */
function isUsable(key: SettingKey, line: string): boolean {
  const { settings, issues } = readSettings(line, 0);
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
