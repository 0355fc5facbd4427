import type { ClipContext } from '../../clip/context.ts';
import { baseOfName, embeddingNames, possibleEmbeddings } from '../../clip/embedding-names.ts';
import type { NamedModelKind, SameName } from '../../clip/environment.ts';
import { loraSpan, tagSpans } from '../../clip/lora-tags.ts';
import { KIND_NAMES } from '../../clip/models.ts';
import type { TextSpan } from '../../problem.ts';
import { documentSpan, promptsOf } from '../../syntax/document.ts';
import { type Check, replace } from '../check.ts';

/** Other names that the message lists. */
const MOST_NAMES = 4;

export const ambiguousName: Check = {
  code: 'travel/ambiguous-name',
  run(clip) {
    return [...settings(clip), ...loras(clip), ...embeddings(clip)].map(({ kind, name, sameName, span }) => {
      const { used, others } = sameName;
      const listed = others.slice(0, MOST_NAMES).map((other) => `“${other}”`);
      const more = others.length > MOST_NAMES ? ' or another one (see `travel models`)' : '';
      const written = clip.document.text.slice(span.start, span.end);
      return {
        code: this.code,
        severity: 'warning',
        message:
          `${others.length + 1} ${KIND_NAMES[kind]} files are named “${name}”. “${used}” is used. ` +
          `For another one, write ${listed.join(' or ')}${more}.`,
        span,
        fixes:
          written === name
            ? [used, ...others.slice(0, MOST_NAMES)].map((own) => replace(`Change to “${own}”`, span, own))
            : [],
      };
    });
  },
};

interface Ambiguous {
  readonly kind: NamedModelKind;
  readonly name: string;
  readonly sameName: SameName;
  readonly span: TextSpan;
}

/** A setting that the file does not give is not a name that someone has written. */
function settings({ models, spans }: ClipContext): Ambiguous[] {
  return models.issues
    .filter((issue) => issue.kind === 'same-name')
    .flatMap(({ model: kind, name, sameName, setting }) => {
      const span = spans.get(setting)?.value;
      return span ? [{ kind, name, sameName, span }] : [];
    });
}

function loras(clip: ClipContext): Ambiguous[] {
  return [...clip.prompts.loras].flatMap(([name, { model }]) => {
    const sameName = model?.sameName;
    const tags = sameName ? tagSpans(clip.document, name) : [];
    const spans = sameName && tags.length === 0 ? [loraSpan(clip, name)] : tags;
    return spans.flatMap((span): Ambiguous[] => (sameName ? [{ kind: 'lora', name, sameName, span }] : []));
  });
}

/** An embedding has a name with folders or an ending only if another one has the same name without. */
function embeddings({ document, environment }: ClipContext): Ambiguous[] {
  const bases = possibleEmbeddings(environment).flatMap((name) => {
    const base = baseOfName(name);
    return base === name ? [] : [base];
  });
  return [...new Set(bases)].flatMap((base) =>
    promptsOf(document).flatMap((prompt) =>
      [...embeddingNames(prompt.text, base)].flatMap(({ written, start, end, isWord }): Ambiguous[] => {
        const sameName = isWord ? environment.resolveModel('embedding', written)?.sameName : undefined;
        return sameName ? [{ kind: 'embedding', name: written, sameName, span: documentSpan(prompt, start, end) }] : [];
      }),
    ),
  );
}
