import { issueCheck } from '../issue-check.ts';

const MESSAGES = {
  data: 'Data URLs are not supported. Save the image or video as a file, and write its path.',
  file: 'File URLs are not supported. Write the path without `file://`.',
  other: 'Links are not supported. Download the file, and write its path on this computer.',
} as const;

export const link = issueCheck('travel/link', ({ scheme }) => ({ message: MESSAGES[scheme] }));
