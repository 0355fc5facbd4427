const DOWNLOAD_AGAIN = 'ownload it again, signed in if necessary';

/** Files that often have a model's name, and what to do about them. */
const FOREIGN: readonly [RegExp, string][] = [
  [/^\s*<(!doctype|html|\?xml)/i, `a web page, not a model: the download failed. D${DOWNLOAD_AGAIN}`],
  [/^version https:\/\/git-lfs/, 'a Git LFS pointer, not a model. Run "git lfs pull" in its folder'],
  [/^GGUF/, 'a GGUF file, which is not supported. Get the model as .safetensors'],
  [/^\x80[\x02-\x05][^{]/, 'a pickle, but not a PyTorch model. Get the model as .safetensors'],
  [/^(\x89PNG|\xff\xd8\xff|GIF8|RIFF)/, "an image, not a model. Use the model's own file"],
];

/** Not any brace or bracket: an INI file begins with `[section]`. */
const JSON_START = /^\s*(\{\s*["}]|\[\s*["{[\]])/;

/**
 * What a file is that is not a model file, and what to do, as after “The file is …” without the last period; null if it
 * can be a model file.
 *
 * @param head the file's first bytes
 */
export function foreignFile(head: Buffer): string | null {
  const text = textOf(head);
  const start = text ?? head.toString('latin1');
  const known = FOREIGN.find(([pattern]) => pattern.test(start))?.[1];
  if (known !== undefined || text === null) return known ?? null;
  // Sites answer with an error in JSON, or in words such as "Entry not found".
  if (JSON_START.test(text)) return `JSON text, not a model: the download failed. D${DOWNLOAD_AGAIN}`;
  return `text, not a model. If it was downloaded, d${DOWNLOAD_AGAIN}`;
}

/**
 * The beginning of a text in UTF-8, without its byte order mark; null for other bytes. The length at the beginning of a
 * `.safetensors` file always has a byte 0, which text does not have.
 */
function textOf(head: Buffer): string | null {
  try {
    // A stream may end in the middle of a character.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    return /[^\P{Cc}\t\n\f\r]/u.test(text) ? null : text;
  } catch {
    return null;
  }
}
