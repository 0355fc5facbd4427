import { type JsonMap, shown, shownKeys } from '../json.ts';
import { type Note, type NoteKey, note } from '../notes.ts';

interface FramePrompt {
  readonly frame: number;
  readonly key: string;
  readonly prompt: string;
}

/** What Python's `int` reads. */
const WHOLE = /^\s*[-+]?\d+(?:_\d+)*\s*$/;

/** The entries of `prompt_map` from frame 0 on: the last one of each frame. */
export function promptsByFrame(map: JsonMap, notes: Note[]): readonly FramePrompt[] {
  const all = new Map<number, FramePrompt>();
  const notNumbers: string[] = [];
  const before: string[] = [];
  const twice: string[] = [];
  for (const [key, prompt] of map) {
    const text = `${key}: ${typeof prompt === 'string' ? prompt : shown(prompt)}`;
    const frame = Number(key.replaceAll('_', ''));
    if (!WHOLE.test(key)) notNumbers.push(text);
    else if (frame < 0) before.push(text);
    else if (typeof prompt !== 'string')
      notes.push(note('other-fields', `The prompt at ${key} is not text, so it is left out. It was: ${shown(prompt)}`));
    else {
      const other = all.get(frame);
      if (other) twice.push(`${other.key}: ${other.prompt}`);
      all.set(frame, { frame, key, prompt });
    }
  }
  const add = (key: NoteKey, message: string, texts: readonly string[]) => {
    if (texts.length > 0) notes.push(note(key, `${message} They were: ${shownKeys(texts)}`));
  };
  add(
    'not-a-number',
    'Keys of prompt_map that are not whole numbers are left out. animatediff-cli refuses a file with such keys.',
    notNumbers,
  );
  add('other-fields', 'Prompts before frame 0 are left out.', before);
  add('duplicate-key', 'Of prompts for the same frame, the last one counts. The others are left out.', twice);
  return [...all.values()];
}
