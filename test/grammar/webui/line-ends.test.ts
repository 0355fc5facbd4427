import { describe, expect, it } from 'vitest';
import { checkTravel } from '../../../grammar/language.ts';
import { caseFiles } from '../checks/documents.ts';
import { testEnvironment } from '../environment.ts';

const WEBUI = { overrides: { dialect: 'webui' } } as const;
const promptsOf = (text: string) => {
  const { plan, problems } = checkTravel(text, testEnvironment(), WEBUI);
  return { prompts: plan?.prompts, messages: problems.map(({ code, message }) => [code, message]) };
};

describe('with dialect webui, CRLF means what LF means', () => {
  it.each(['a\nb\n', '0: a\n8: b\n', 'h\ni\n0: a\n8: b\nt\n\nu', '0: a\n8: \n9: c', '0: a\n\n8: b\n# c\n9: d'])(
    'in %j',
    (text) => {
      expect(promptsOf(text.replaceAll('\n', '\r\n'))).toEqual(promptsOf(text));
    },
  );

  it.each(caseFiles.map(({ name, text }) => ({ name, text: text.replaceAll('\r\n', '\n') })))(
    'in the file $name',
    ({ text }) => {
      expect(promptsOf(text.replaceAll('\n', '\r\n')).prompts).toEqual(promptsOf(text).prompts);
    },
  );
});
