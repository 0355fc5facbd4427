import type { ClipContext } from '../clip/context.ts';
import { type SettingPrompt, settingPrompts } from '../clip/setting-prompts.ts';
import { applyEdits } from '../format/format.ts';
import type { Fix, Problem } from '../problem.ts';
import type { Check, PromptCheck } from './check.ts';
import { unknownDefinition } from './definitions-and-wildcards/unknown-definition.ts';
import { loraArgument } from './loras-and-embeddings/lora-argument.ts';
import { loraInNegativePrompt } from './loras-and-embeddings/lora-in-negative-prompt.ts';
import { loraInSquareBrackets } from './loras-and-embeddings/lora-in-square-brackets.ts';
import { unknownEmbedding } from './loras-and-embeddings/unknown-embedding.ts';
import { foreignCommentInSettings } from './prompts/foreign-comment.ts';
import { midjourneyNoInSettings } from './prompts/midjourney-syntax.ts';
import { typographicCharacters } from './prompts/typographic-characters.ts';

/** Checks of a document that look at each of its prompts alone. */
const DOCUMENT_CHECKS: readonly Check[] = [
  typographicCharacters,
  foreignCommentInSettings,
  midjourneyNoInSettings,
  unknownEmbedding,
  loraInNegativePrompt,
  loraArgument,
  loraInSquareBrackets,
  unknownDefinition,
];

/**
 * The problems of the prompts in the settings, by the checks that a keyframe's prompt gets. Their fixes write the whole
 * value again, because quotes and brackets have a meaning in YAML, too.
 */
export function checkSettingPrompts(clip: ClipContext, checks: readonly PromptCheck[]): Problem[] {
  const applies = ({ dialect }: Pick<Check, 'dialect'>) => !dialect || dialect === clip.settings.dialect;
  return settingPrompts(clip).flatMap((setting) => {
    const { prompt, document } = setting;
    const found = [
      ...checks.filter(applies).flatMap((check) => [...check.find(prompt)]),
      ...DOCUMENT_CHECKS.filter(applies).flatMap((check) => [...check.run({ ...clip, document })]),
    ];
    return setting.file === null
      ? found.map((problem) => inThisFile(problem, setting))
      : found.filter(isSerious).map((problem) => inExtendedFile(problem, setting));
  });
}

const isSerious = ({ severity }: Problem) => severity === 'error' || severity === 'warning';

/** The places of related spans and fixes are in the other file. */
function inExtendedFile({ code, severity, message, span }: Problem, { place, file }: SettingPrompt): Problem {
  return { code, severity, message: `In “${file}”: ${message}`, span: place(span) };
}

function inThisFile(problem: Problem, { prompt, place, replaceBy }: SettingPrompt): Problem {
  const { related, fixes } = problem;
  return {
    ...problem,
    span: place(problem.span),
    ...(related && { related: related.map((other) => ({ ...other, span: place(other.span) })) }),
    ...(fixes && {
      fixes: fixes.map((fix): Fix => {
        const edits = [...fix.edits].sort((a, b) => a.span.start - b.span.start);
        return { ...fix, edits: [replaceBy(applyEdits(prompt.text, edits)) ?? []].flat() };
      }),
    }),
  };
}
