import { correctName } from '../check.ts';
import { issueCheck } from '../issue-check.ts';

/** Longer names are cut off. */
const MOST_SHOWN = 60;

export const unknownSetting = issueCheck('travel/unknown-setting', ({ name, parent, meant, span }) => {
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
