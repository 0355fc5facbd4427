import type { Fix } from '../../problem.ts';
import type { SettingIssueOf, UnquotedCause } from '../../settings/issues.ts';
import { DEEPEST, MOST_LEXEMES } from '../../settings/yaml-tree.ts';
import { replace } from '../check.ts';
import { escapeAdvice, escapeFixes } from '../escape-advice.ts';
import { issueCheck } from '../issue-check.ts';

export const frontMatterSyntax = issueCheck('travel/front-matter-syntax', (issue) => ({
  message: messageOf(issue),
  severity: isReadable(issue) ? 'warning' : 'error',
  fixes: fixesOf(issue),
}));

type Issue = SettingIssueOf<'front-matter-syntax'>;

const isReadable = (issue: Issue) =>
  issue.reason === 'cut-by-comment' || (issue.reason === 'backslash' && issue.isReadable);

function messageOf(issue: Issue): string {
  switch (issue.reason) {
    case 'not-a-setting':
      return 'This is not a setting. Write `key: value`, as in `frames: 32`.';
    case 'too-deep':
      return `Settings are nested too deeply. The limit is ${DEEPEST} levels.`;
    case 'too-long':
      return `The settings are too long. The limit is ${MOST_LEXEMES.toLocaleString('en-US')} words and punctuation marks, with the spaces between them.`;
    case 'ends-early':
      return 'The settings end before this line. Remove the `...` or `---` above it.';
    case 'tag':
      return 'YAML tags are not supported in settings. Remove this one.';
    case 'open-list':
      return 'This list is never closed. Add a `]` at its end.';
    case 'open-map':
      return 'This map is never closed. Add a `}` at its end.';
    case 'open-quote':
      return 'This value has no closing quotation mark. Add one at its end.';
    case 'missing-comma':
      return 'A comma is missing between two values. Add one.';
    case 'tab':
      return 'A tab cannot indent a setting. Use spaces.';
    case 'alias':
      return 'YAML anchors (&) and aliases (*) are not supported in settings. Write the value out.';
    case 'key-not-a-word':
      return 'A key must be a word. Lists and maps cannot be keys.';
    case 'unquoted':
      return `${unquotedReason(issue.cause)} Put the whole value in quotes.`;
    case 'backslash':
      return escapeAdvice(issue);
    case 'cut-by-comment':
      return 'The end of this value is a comment. YAML ends a value before a space and “#”, so the setting does not contain this part. Put the whole value in quotes, or write a space after the “#”.';
    case 'other':
      return `The settings are not valid YAML. The parser reports: ${issue.message}`;
  }
}

function unquotedReason(cause: UnquotedCause): string {
  switch (cause.kind) {
    case 'colon':
      return 'This value contains a colon and a space. YAML reads them as another setting.';
    case 'in-braces':
      return `“${cause.character}” ends a value in braces. YAML reads only the part before it.`;
    case 'start': {
      const { character } = cause;
      if (character === '"' || character === "'") {
        return `A quote (${character}) starts this value, but does not end it. YAML reads only the part in quotes.`;
      }
      const meaning = MEANINGS[character];
      return `A value cannot start with “${character}”. ${meaning ? `YAML reads ${meaning} there.` : 'YAML reserves the character.'}`;
    }
  }
}

/** What YAML reads at these characters. */
const MEANINGS: Readonly<Record<string, string>> = {
  '[': 'a list',
  '{': 'a map',
  '*': 'an alias',
  '&': 'an anchor',
  '!': 'a tag',
  '|': 'the lines below',
  '>': 'the lines below',
  '-': 'an item of a list',
  '?': 'a key',
};

function fixesOf(issue: Issue): Fix[] {
  switch (issue.reason) {
    case 'tab':
      return [replace('Replace the tab with two spaces', issue.span, '  ')];
    case 'cut-by-comment':
      return [
        replace('Put the value in quotes', issue.text, JSON.stringify(issue.value)),
        replace('Write “# ”', { start: issue.span.start, end: issue.span.start + 1 }, '# '),
      ];
    case 'backslash':
      return escapeFixes(issue.span, issue);
    case 'unquoted':
      return [replace('Put the value in quotes', issue.span, JSON.stringify(issue.value))];
    default:
      return [];
  }
}
