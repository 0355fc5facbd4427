import { replace } from '../check.ts';
import { issueCheck } from '../issue-check.ts';

export const nothingToSave = issueCheck('travel/nothing-to-save', ({ span }) => ({
  message: 'The render would not be saved. Name at least one format, as in [webp].',
  fixes: [replace('Change to [webp]', span, '[webp]')],
}));
