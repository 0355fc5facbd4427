import { correctName } from '../check.ts';
import { type IssueCheck, issueCheck } from '../issue-check.ts';

/** Longer names are cut off. */
const MOST_SHOWN = 60;

const misspelled = issueCheck('travel/unknown-setting', ({ name, parent, meant, span }) => {
  const shown = name.length > MOST_SHOWN ? `${name.slice(0, MOST_SHOWN)}…` : name;
  const where = parent === null ? '' : ` in “${parent}”`;
  const advice =
    meant === null ? 'It has no effect. Completion lists all settings.' : `Did you mean “${meant}”? It has no effect.`;
  return {
    message: `Unknown setting “${shown}”${where}. ${advice}`,
    severity: 'warning',
    fixes: correctName(span, meant),
  };
});

export const unknownSetting: IssueCheck = {
  ...misspelled,
  run: ({ settingIssues, spans }) =>
    settingIssues.flatMap((issue) => {
      const isSet = issue.kind === 'unknown-setting' && issue.parent === null && issue.meant && spans.has(issue.meant);
      // Beside the setting that it misspells, the corrected name would set it twice.
      return misspelled.explainAll([issue]).map((problem) => (isSet ? { ...problem, fixes: [] } : problem));
    }),
};
