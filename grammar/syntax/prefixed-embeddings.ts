import type { TextSpan } from '../problem.ts';
import { documentSpan, type PromptText } from './document.ts';

/** ComfyUI's syntax: `embedding:name`, `embedding:folder/name.pt`. */
const PREFIXED =
  /(?<![\p{L}\p{N}_])embedding:((?:[\w-]+\/)*)([\w-]+(?:\.[\w-]+)*?)(\.(?:pt|bin|safetensors))?(?![\w-])/gu;

export interface PrefixedEmbedding {
  readonly text: string;
  readonly span: TextSpan;
  /** Without prefix, folder and extension. */
  readonly name: string;
  readonly nameSpan: TextSpan;
}

/** The embeddings that a prompt names with ComfyUI's prefix. */
export function* prefixedEmbeddings(prompt: PromptText): Generator<PrefixedEmbedding, void> {
  for (const match of prompt.text.matchAll(PREFIXED)) {
    const [text, , name = '', extension = ''] = match;
    const span = documentSpan(prompt, match.index, match.index + text.length);
    const end = span.end - extension.length;
    yield { text, span, name, nameSpan: { start: end - name.length, end } };
  }
}
