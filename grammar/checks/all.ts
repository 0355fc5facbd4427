import { bareWeight } from './bare-weight.ts';
import { breakInGroup } from './break-in-group.ts';
import type { Check, PromptCheck } from './check.ts';
import { embeddingPrefix, unknownEmbedding } from './comfyui-embedding.ts';
import { controlnetInput } from './controlnet-input.ts';
import { duplicateKey } from './duplicate-key.ts';
import { emptyKeyframe } from './empty-keyframe.ts';
import { firstKey } from './first-key.ts';
import { foreignKeyDigits, foreignWeightDigits } from './foreign-digits.ts';
import { foreignSyntax } from './foreign-syntax.ts';
import { frontMatterEnd } from './front-matter-end.ts';
import { holdRange } from './hold-range.ts';
import { indentedKey } from './indented-key.ts';
import { keyBeyondEnd } from './key-beyond-end.ts';
import { keyBlank } from './key-blank.ts';
import { keyDialect } from './key-dialect.ts';
import { keyOrder } from './key-order.ts';
import { keyPosition } from './key-position.ts';
import { keySpacing } from './key-spacing.ts';
import { literalSchedule } from './literal-schedule.ts';
import { loraTag, negativeLora } from './lora-tag.ts';
import { missingFile } from './missing-file.ts';
import { misspeltNegative, negativeMarker } from './negative-marker.ts';
import { overlap } from './overlap.ts';
import { overlappingHolds } from './overlapping-holds.ts';
import { pastedMap } from './pasted-map.ts';
import { size } from './size.ts';
import { strayBracket } from './stray-bracket.ts';
import { tabs } from './tabs.ts';
import { textBetweenKeyframes } from './text-between-keyframes.ts';
import { transition } from './transition.ts';
import { typographicCharacters } from './typographic-characters.ts';
import { unclosedBracket } from './unclosed-bracket.ts';
import { uncoveredFramesCheck } from './uncovered-frames.ts';
import { definitionCycle, unknownDefinition } from './unknown-definition.ts';
import { webuiComment } from './webui-comment.ts';
import { webuiEditing } from './webui-editing.ts';
import { webuiIgnores } from './webui-ignores.ts';
import { webuiKeyframe } from './webui-keyframe.ts';
import { webuiLora } from './webui-lora.ts';
import { squareWeight, weightSyntax } from './weight-syntax.ts';

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
