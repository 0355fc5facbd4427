import { newlineOf } from '../../line-ends.ts';
import type { Fix, Problem } from '../../problem.ts';
import { type MisplacedSettings, misplacedSettings } from '../../settings/misplaced.ts';
import { readSettings } from '../../settings/read.ts';
import type { TravelDocument } from '../../syntax/document.ts';
import { type Check, replace } from '../check.ts';

/** A settings block that does not begin on the first line, a second one, and settings among the prompts. */
export const misplacedSettingsCheck: Check = {
  code: 'travel/misplaced-settings',
  run({ document }) {
    const { text } = document;
    return misplacedSettings(document).map((found): Problem => {
      const { span, yaml } = found;
      const written = { ...span, end: span.start + text.slice(span.start, span.end).trimEnd().length };
      if (yaml === null) {
        const message =
          'This line of dashes is prompt text. Only the first line of a file can open the settings, and only once. Remove the line.';
        return {
          code: this.code,
          severity: 'warning',
          message,
          span: written,
          fixes: [replace('Remove the line', span, '')],
        };
      }
      const message =
        'These settings are not at the start of the file. They are treated as prompt text and have no effect. Move them between two --- lines at the start.';
      return {
        code: this.code,
        severity: 'warning',
        message,
        span: written,
        fixes: [moveToStart(found, yaml, document)],
      };
    });
  },
};

/** Settings that the file already has become comments: so far, only those were in effect. */
function moveToStart({ span }: MisplacedSettings, yaml: string, { text, frontMatter }: TravelDocument): Fix {
  const newline = newlineOf(text);
  const { start, end } = frontMatter?.yaml ?? { start: 0, end: 0 };
  const taken = readSettings(text.slice(start, end), start).spans;
  let isTaken = false;
  const lines = yaml.split('\n').map((line) => {
    const key = /^[A-Za-z_]\w*(?=:)/.exec(line)?.[0];
    if (key !== undefined) isTaken = taken.has(key);
    return `${isTaken && line.trim() !== '' ? '# ' : ''}${line}${newline}`;
  });
  const block = lines.join('');
  const at = frontMatter ? end : text.startsWith('\uFEFF') ? 1 : 0;
  const added = frontMatter ? block : `---${newline}${block}---${newline}`;
  return {
    title: 'Move to the start of the file',
    edits: [
      { span: { start: at, end: at }, text: added },
      { span, text: '' },
    ],
    mechanical: false,
  };
}
