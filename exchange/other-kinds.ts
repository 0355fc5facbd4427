import { ImportError } from './notes.ts';

/** Texts that no tool for prompts writes, by how they begin. */
const OTHER_KINDS: readonly (readonly [start: RegExp, message: string])[] = [
  // As browsers save it.
  [
    /^\s*<(?:!doctype\s+html|html|head|body)\b/i,
    'This is an HTML page, not a file of a known tool. Save the image or the text that it shows.',
  ],
  [/^\s*<(?:\?xml|!doctype|svg)\b/i, 'This is an XML file, not a file of a known tool.'],
  [/^%PDF-/, 'This is a PDF file. Copy the prompt from it into a text file.'],
  [/^\{\\rtf/, 'This is an RTF file. Save it as plain text.'],
  // One line may be a prompt.
  [
    /^(?:#.{0,200}\n|\s){0,20}(?:import [\w.]{1,40}(?: as \w{1,40})?|from [\w.]{1,40} import [\w*, ]{1,200})[ \t\r]*\n\s*\S/,
    'This is a Python program, not a file of a known tool. Copy the prompts from it into a text file.',
  ],
];

/** @throws ImportError if a text is a file of another kind, whatever it has in common with known formats */
export function refuseOtherKinds(text: string): void {
  const found = OTHER_KINDS.find(([start]) => start.test(text));
  if (found) throw new ImportError('unknown-format', found[1]);
}

/** The first line of a table: names of columns, one of them of prompts. */
const COLUMNS = /^\s*(?=.{0,300}\bprompts?\b)["'\w]{1,40}(?:[,;\t]["'\w]{1,40}){1,30}[ \t]*\r?\n/;
const SECTION = /^\s*\[\w[\w .-]{0,40}\][ \t]*\r?\n\s*[\w.-]{1,40}[ \t]*=/;

/** @throws ImportError if a text without a known format is not a prompt but a list of named values */
export function refuseLists(text: string): void {
  const kind = COLUMNS.test(text) ? 'a table' : SECTION.test(text) ? 'an INI file' : isYaml(text) ? 'YAML' : null;
  if (kind === null) return;
  throw new ImportError(
    'unknown-format',
    `This is ${kind}, not a file of a known tool. Write its prompts into a text file, as in “0: a cat” and “12: a dog”.`,
  );
}

/** A line with a key, or one that belongs to the line before. */
const YAML_LINE = /^(?:(?<key>[A-Za-z][\w-]{0,40}):(?:\s|$)|\s|- |#|---)/;
const PROMPT_KEY = /^(?:prompts?|prompt_map|head_prompt|positive|(?:positive|negative)_prompt)$/i;

/** Whether each line has a name and a value. A prompt has no names, except that people write one before it. */
function isYaml(text: string): boolean {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const keys: string[] = [];
  for (const line of lines) {
    const match = YAML_LINE.exec(line);
    if (!match) return false;
    if (match.groups?.key !== undefined) keys.push(match.groups.key);
  }
  return keys.length > 1 && keys.some((key) => PROMPT_KEY.test(key));
}
