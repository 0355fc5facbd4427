import { ISSUE_CHECKS } from './checks/settings/all.ts';
import { didYouMean } from './settings/did-you-mean.ts';
import { kindOf } from './settings/inspect.ts';
import type { SettingIssue } from './settings/issues.ts';
import { readSettings } from './settings/read.ts';
import { type GivenSettings, isSettingKey, SETTING_KEYS, Settings } from './settings/schema.ts';
import { validateSetting } from './settings/validate.ts';

export type ParsedSetting =
  | { readonly ok: true; readonly settings: GivenSettings }
  | { readonly ok: false; readonly message: string };

/**
 * Several settings as the command line gives them, by their keys. The message is about the first one that is invalid.
 */
export function parseSettings(given: Readonly<Record<string, string>>): ParsedSetting {
  const settings: GivenSettings = {};
  for (const [key, text] of Object.entries(given)) {
    const parsed = parseSetting(key, text);
    if (!parsed.ok) return parsed;
    Object.assign(settings, parsed.settings);
  }
  return { ok: true, settings };
}

/**
 * One setting as the command line gives it: `--set cfg_scale=9`. Text is taken as it is, a list may come without its
 * brackets (`gif,mp4`), and any other value is YAML as in a file.
 */
export function parseSetting(key: string, text: string): ParsedSetting {
  if (!isSettingKey(key)) {
    const meant = didYouMean(key, SETTING_KEYS);
    const advice = meant === null ? 'docs/settings.md lists all settings.' : `Did you mean “${meant}”?`;
    return { ok: false, message: `Unknown setting “${key}”. ${advice}` };
  }
  if (key === 'extends') return { ok: false, message: 'extends can only be set in a file.' };
  const kind = kindOf(Settings.shape[key]);
  if (kind !== 'text' && /[\r\n]/.test(text)) {
    return { ok: false, message: `The value of “${key}” has several lines. Write it in one line.` };
  }
  if (kind === 'text') {
    const span = { start: 0, end: text.length };
    const checked = validateSetting(key, span, { kind: 'scalar', value: text, source: text, span });
    return checked.ok ? { ok: true, settings: { [key]: checked.value } } : refused(checked.issues);
  }
  const written = kind === 'list' && !/^\s*\[/.test(text) ? `[${text}]` : text;
  const { settings, issues } = readSettings(`${key}: ${written}`, 0);
  return issues.length === 0 ? { ok: true, settings } : refused(issues);
}

function refused(issues: readonly SettingIssue[]): ParsedSetting {
  const [problem] = ISSUE_CHECKS.flatMap((check) => check.explainAll(issues));
  return { ok: false, message: problem!.message };
}
