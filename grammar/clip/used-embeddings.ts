import type { FileRef } from '../../plan/plan.ts';
import { embeddingMisfit } from '../../plan/text-encoder.ts';
import { memoizeByPrompt } from '../memoize-by-prompt.ts';
import { promptsOf } from '../syntax/document.ts';
import type { ClipContext } from './context.ts';
import { baseOfName, embeddingNames, possibleEmbeddings } from './embedding-names.ts';
import type { Environment, ResolvedModel } from './environment.ts';
import type { PromptEncoder } from './models.ts';

/** An embedding that prompts name. */
export interface UsedEmbedding {
  /** As written, or that of the file. */
  readonly name: string;
  readonly file: FileRef;
  /** Of the file, without folders and ending. */
  readonly base: string;
  /** Why the text encoder cannot use it; null if it can, or if the text encoder is not known. */
  readonly misfit: string | null;
}

/** An embedding that does not fit the text encoder. */
export interface MisfitEmbedding extends UsedEmbedding {
  readonly misfit: string;
}

/**
 * Every embedding whose name occurs in a text, under each name that is written for it. A1111 finds embeddings by the
 * tokens of their names, and so does the engine among these. A1111 treats the names of those that do not fit the text
 * encoder as words. Here, that is so only where the name is part of a longer word; elsewhere, it is an error.
 *
 * @param bases names without folders and ending
 */
export function usedEmbeddings(
  text: string,
  bases: Iterable<string>,
  environment: Pick<Environment, 'resolveModel'>,
  encoder: PromptEncoder | null,
): UsedEmbedding[] {
  const lower = text.toLowerCase();
  const found = new Map<string, UsedEmbedding>();
  for (const base of bases) {
    if (!lower.includes(base.trim().toLowerCase())) continue;
    const places = [...embeddingNames(text, base)];
    const words = new Set(places.flatMap(({ written, isWord }) => (isWord ? [written.toLowerCase()] : [])));
    for (const name of new Set(places.flatMap(({ written }) => [written, base]))) {
      const model = environment.resolveModel('embedding', name);
      const key = name.toLowerCase();
      if (model?.description.kind !== 'embedding' || found.has(key)) continue;
      const misfit = encoder && misfitOf(model, encoder);
      if (misfit !== null && !words.has(key)) continue;
      found.set(key, { name: name === base ? model.name : name, file: model.file, misfit, base });
    }
  }
  return [...found.values()];
}

/** The embeddings of a clip's prompts that do not fit its text encoder: one name of each file. */
export function misfitEmbeddings(clip: ClipContext): MisfitEmbedding[] {
  const { environment, models, prompts } = clip;
  const { promptEncoder } = models;
  if (!promptEncoder) return [];
  const names = possibleEmbeddings(environment);
  if (names.length === 0) return [];
  // Few texts are searched before there is one that does not fit.
  const misfitBases = new Set<string>();
  for (const [written, base] of writtenNames(clip, names)) {
    const model = environment.resolveModel('embedding', written);
    if (model && misfitOf(model, promptEncoder) !== null) misfitBases.add(base);
  }
  if (misfitBases.size === 0) return [];
  // A name can also be that of a LoRA in a tag, or in a keyframe that is not used.
  const texts = new Set(prompts.assembled.flatMap(({ positive, negative }) => [positive, negative]));
  const byFile = new Map<string, MisfitEmbedding>();
  for (const used of usedEmbeddings([...texts].join('\n'), misfitBases, environment, promptEncoder)) {
    const { misfit } = used;
    if (misfit !== null && !byFile.has(used.file.path)) byFile.set(used.file.path, { ...used, misfit });
  }
  return [...byFile.values()];
}

function misfitOf({ name, description }: ResolvedModel, encoder: PromptEncoder): string | null {
  return description.kind === 'embedding' ? embeddingMisfit(description.width, encoder, `“${name}”`) : null;
}

/** Names of files that the prompts of a document, its settings, and what was rolled contain as words. */
function writtenNames(
  { document, settings, prompts }: Pick<ClipContext, 'document' | 'settings' | 'prompts'>,
  names: readonly string[],
): Map<string, string> {
  const written = new Map<string, string>();
  const bases = [...new Set(names.map(baseOfName))].map((base) => ({ base, lower: base.trim().toLowerCase() }));
  const add = (found: ReadonlyMap<string, string>) => {
    for (const [name, base] of found) written.set(name, base);
  };
  for (const prompt of promptsOf(document)) {
    const last = lastSearch(prompt);
    if (last.names !== names) {
      last.names = names;
      last.found = wordsIn(prompt.text, bases);
    }
    add(last.found);
  }
  const rolled = new Set(prompts.rolled.map(({ chosen }) => chosen));
  add(wordsIn([settings.negative_prompt, ...Object.values(settings.define), ...rolled].join('\n'), bases));
  return written;
}

/** What a prompt was searched for last, and what was found, so that a keystroke searches one prompt. */
interface Search {
  names: readonly string[] | null;
  found: ReadonlyMap<string, string>;
}

const NOTHING: ReadonlyMap<string, string> = new Map();
const lastSearch = memoizeByPrompt((): Search => ({ names: null, found: NOTHING }));

/** Names that a text contains as words, and the base of each. */
function wordsIn(
  text: string,
  bases: readonly { readonly base: string; readonly lower: string }[],
): ReadonlyMap<string, string> {
  const inText = text.toLowerCase();
  const found = new Map<string, string>();
  for (const { base, lower } of bases) {
    if (!inText.includes(lower)) continue;
    for (const { written, isWord } of embeddingNames(text, base)) if (isWord) found.set(written, base);
  }
  return found.size === 0 ? NOTHING : found;
}
