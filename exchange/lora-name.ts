import { parseExtraNetworks, readLora } from '../prompt/extra-networks.ts';
import { type Note, note } from './notes.ts';
import { bareName, loraTag, onOneLine } from './text.ts';

/** A note about a LoRA whose name a tag cannot hold; null for any other. @param weight as the source has it */
export function loraNameNote(path: string, weight: string): Note | null {
  const name = bareName(path);
  if (name.trim() === '') return note('lora-name', `A LoRA without a name is left out. Its weight was: ${weight}`);
  const [tag] = parseExtraNetworks(`<lora:${name}:1>`).networks;
  const read = tag && readLora(tag);
  if (read?.ok && read.name === name && onOneLine(name) === name.trim()) return null;
  return note(
    'lora-name',
    `The LoRA “${onOneLine(name)}” is left out: a name in a prompt cannot have a colon, a “>”, a single “=” or a line break. Rename the file, and write its tag. The weight was: ${weight}`,
  );
}

/** The tag of a LoRA; none, but a note, if a tag cannot hold its name. */
export function tagOf(name = '', weights: readonly number[], notes: Note[]): string[] {
  const unnamed = loraNameNote(name, weights.join(', '));
  if (unnamed) notes.push(unnamed);
  return unnamed ? [] : [loraTag(name, ...weights)];
}
