import type { ClipContext } from '../../clip/context.ts';
import { embeddingNames } from '../../clip/embedding-names.ts';
import { sourceSpan } from '../../clip/lora-tags.ts';
import { settingPrompts } from '../../clip/setting-prompts.ts';
import { type MisfitEmbedding, misfitEmbeddings } from '../../clip/used-embeddings.ts';
import type { TextSpan } from '../../problem.ts';
import { documentSpan, type PromptText, promptsOf } from '../../syntax/document.ts';
import type { Check } from '../check.ts';

export const embeddingFamily: Check = {
  code: 'travel/embedding-family',
  run(clip) {
    return misfitEmbeddings(clip).map((embedding) => ({
      code: this.code,
      severity: 'error',
      message: embedding.misfit,
      span: embeddingSpan(clip, embedding),
    }));
  },
};

/** The first place that names an embedding: in a prompt, else in a setting, else what can stand for it. */
function embeddingSpan(clip: ClipContext, { base }: MisfitEmbedding): TextSpan {
  for (const prompt of promptsOf(clip.document)) {
    const span = nameIn(prompt, base);
    if (span) return span;
  }
  for (const { prompt, place } of settingPrompts(clip)) {
    const span = nameIn(prompt, base);
    if (span) return place(span);
  }
  return sourceSpan(clip.document);
}

/** Where a prompt has the name as a word outside tags. */
function nameIn(prompt: PromptText, base: string): TextSpan | null {
  for (const { start, end, isWord } of embeddingNames(prompt.text, base)) {
    const span = documentSpan(prompt, start, end);
    const isTag = prompt.parts.some((part) => part.kind === 'Network' && isWithin(span, part.span));
    if (isWord && !isTag) return span;
  }
  return null;
}

const isWithin = (inner: TextSpan, outer: TextSpan): boolean => outer.start <= inner.start && inner.end <= outer.end;
