/** What would begin a name, a choice, a wildcard or a comment in a `.travel` file. */
const SPECIAL = /\\[\s\S]|(?<!\S)#|\$(?=[\p{L}_]|\{[\p{L}_])|[{}]|__(?=[\p{L}\p{N}*])/gu;

/**
 * Text of a tool in which none of that has a meaning, with backslashes where a `.travel` file needs them.
 *
 * @param hasChoices `{a|b}` has the same meaning there
 */
export function literalText(text: string, hasChoices = false): string {
  return text.replace(SPECIAL, (found) =>
    found.startsWith('\\') || (hasChoices && /[{}]/.test(found)) ? found : `\\${found}`,
  );
}

/** Text of A1111's prompt box, in which choices and wildcards are those of an extension, and `$` is no name. */
export function boxText(text: string): string {
  return text.replace(/\\[\s\S]|\$(?=[\p{L}_]|\{[\p{L}_])/gu, (found) => (found === '$' ? '\\$' : found));
}

/** Text on one line, without white space around it. */
export function onOneLine(text: string): string {
  return text
    .split(/[\r\n\t\u2028\u2029]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ');
}

/** What begins a key at the start of a line, with or without the space after its colon. */
const KEY = /^[-－]?[0-9０-９][0-9０-９.%ms \t－-]{0,40}(?:[a-z][\w-]{0,30}(?:\([^()]{0,60}\))?[ \t]*)?[:：](?![0-9:])/;

/** A line of a prompt that does not begin a keyframe, whatever its text. */
export const textLine = (line: string): string => (KEY.test(line) ? `\\${line}` : line);

/** The name of a model without its folder, and without the hash that A1111 writes after it. */
export function modelName(path: string): string {
  const name = path.replace(/[ \t]\[[\da-f]{6,64}\]$/i, '');
  return name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
}

/** The same of a VAE; undefined if the text stands for the checkpoint’s own. `Default (model)` is Fooocus’s. */
export const vaeName = (written: string): string | undefined =>
  /^(?:automatic|none|default(?: \(model\))?|baked[- ]vae)?$/i.test(written.trim()) ? undefined : modelName(written);

const EXTENSION = /\.(?:safetensors|ckpt|pt|pth|bin)$/i;

/** The same without its extension, as LoRA tags name it. */
export const bareName = (path: string): string => modelName(path).replace(EXTENSION, '');

/** A LoRA tag. `loraNameNote` finds names that it cannot hold. @param weights text encoder and UNet, or one weight for both */
export function loraTag(path: string, ...weights: readonly number[]): string {
  // 0.1 + 0.2 of a slider.
  const tidy = weights.map((weight) => Number(weight.toPrecision(12)));
  const all = tidy.length === 2 && tidy[0] === tidy[1] ? tidy.slice(1) : tidy;
  return `<lora:${literalText(bareName(path))}:${all.join(':')}>`;
}
