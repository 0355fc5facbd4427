import { bareWeight } from './weights-and-brackets/weight-without-brackets.ts';
import { breakInGroup } from './weights-and-brackets/break-in-brackets.ts';
import type { Check, PromptCheck } from './check.ts';
import { embeddingPrefix, unknownEmbedding } from './loras-and-embeddings/embedding-prefix.ts';
import { controlnetInput } from './output-and-inputs/controlnet-input.ts';
import { duplicateKey } from './keyframes/duplicate-key.ts';
import { emptyKeyframe } from './keyframes/empty-keyframe.ts';
import { firstKey } from './keyframes/first-key-above-zero.ts';
import { foreignKeyDigits, foreignWeightDigits } from './keyframes/foreign-digits.ts';
import { foreignSyntax } from './prompts/foreign-syntax.ts';
import { frontMatterEnd } from './front-matter-end.ts';
import { holdRange } from './keyframes/hold-range.ts';
import { indentedKey } from './keyframes/indented-key.ts';
import { keyBeyondEnd } from './keyframes/key-beyond-end.ts';
import { keyBlank } from './keyframes/space-after-colon.ts';
import { keyDialect } from './keyframes/foreign-key-syntax.ts';
import { keyOrder } from './keyframes/key-order.ts';
import { keyPosition } from './keyframes/invalid-position.ts';
import { keySpacing } from './keyframes/keyframes-too-close.ts';
import { literalSchedule } from './prompts/prompt-editing-disabled.ts';
import { loraTag, negativeLora } from './loras-and-embeddings/lora-tag.ts';
import { missingFile } from './output-and-inputs/missing-file.ts';
import { misspeltNegative, negativeMarker } from './keyframes/negative-marker.ts';
import { overlap } from './models-and-time/overlap-too-large.ts';
import { overlappingHolds } from './keyframes/overlapping-holds.ts';
import { pastedMap } from './keyframes/pasted-schedule.ts';
import { size } from './models-and-time/size-far-from-native.ts';
import { strayBracket } from './weights-and-brackets/unmatched-bracket.ts';
import { tabs } from './prompts/tab.ts';
import { textBetweenKeyframes } from './keyframes/text-between-keyframes.ts';
import { transition } from './keyframes/unknown-transition.ts';
import { typographicCharacters } from './prompts/typographic-characters.ts';
import { unclosedBracket } from './weights-and-brackets/unclosed-bracket.ts';
import { uncoveredFramesCheck } from './models-and-time/uncovered-frames.ts';
import { definitionCycle, unknownDefinition } from './definitions-and-wildcards/unknown-definition.ts';
import { webuiComment } from './webui/webui-comment.ts';
import { webuiEditing } from './webui/webui-editing.ts';
import { webuiIgnores } from './webui/webui-ignores.ts';
import { webuiKeyframe } from './webui/webui-keyframe.ts';
import { webuiLora } from './webui/webui-lora.ts';
import { squareWeight, weightSyntax } from './weights-and-brackets/weight-syntax.ts';

export const CHECKS: readonly (Check | PromptCheck)[] = [
  frontMatterEnd,
  textBetweenKeyframes,
  keyPosition,
  keyBeyondEnd,
  holdRange,
  overlappingHolds,
  duplicateKey,
  keyOrder,
  emptyKeyframe,
  firstKey,
  keySpacing,
  keyBlank,
  indentedKey,
  keyDialect,
  pastedMap,
  transition,
  negativeMarker,
  misspeltNegative,
  typographicCharacters,
  foreignKeyDigits,
  foreignWeightDigits,
  tabs,
  weightSyntax,
  squareWeight,
  bareWeight,
  unclosedBracket,
  strayBracket,
  breakInGroup,
  foreignSyntax,
  literalSchedule,
  embeddingPrefix,
  unknownEmbedding,
  loraTag,
  negativeLora,
  unknownDefinition,
  definitionCycle,
  overlap,
  uncoveredFramesCheck,
  size,
  controlnetInput,
  missingFile,
  webuiKeyframe,
  webuiComment,
  webuiIgnores,
  webuiLora,
  webuiEditing,
];
