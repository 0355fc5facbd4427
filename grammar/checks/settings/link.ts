import { issueCheck } from '../issue-check.ts';

export const link = issueCheck('travel/link', ({ isData }) => ({
  message: isData
    ? 'Data URLs are not supported. Save the image or video as a file, and write its path.'
    : 'Links are not supported. Download the file, and write its path on this computer.',
}));
