import { replace } from '../check.ts';
import { issueCheck } from '../issue-check.ts';

export const settingMissingSpace = issueCheck('travel/setting-missing-space', ({ span: { end } }) => ({
  message: 'A space is missing after the colon. Without the space, YAML reads one word. Insert one.',
  fixes: [replace('Insert a space', { start: end, end }, ' ', true)],
}));
