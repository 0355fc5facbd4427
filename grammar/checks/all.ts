import type { Check, PromptCheck } from './check.ts';
import { definitionCycle } from './definitions-and-wildcards/definition-cycle.ts';
import { unknownDefinition } from './definitions-and-wildcards/unknown-definition.ts';
import { ambiguousKey } from './keyframes/ambiguous-key.ts';
import { duplicateKey } from './keyframes/duplicate-key.ts';
import { emptyKeyframe } from './keyframes/empty-keyframe.ts';
import { firstKeyAboveZero } from './keyframes/first-key-above-zero.ts';
import { foreignKeyDigits, foreignWeightDigits } from './keyframes/foreign-digits.ts';
import { foreignKeySyntax } from './keyframes/foreign-key-syntax.ts';
import { holdRange } from './keyframes/hold-range.ts';
import { indentedKey } from './keyframes/indented-key.ts';
import { invalidPosition } from './keyframes/invalid-position.ts';
import { keyBeyondEnd } from './keyframes/key-beyond-end.ts';
import { keyInBrackets } from './keyframes/key-in-brackets.ts';
import { keyNotation } from './keyframes/key-notation.ts';
import { keyOrder } from './keyframes/key-order.ts';
import { keyframesTooClose } from './keyframes/keyframes-too-close.ts';
import { misplacedNegativeMarker, misspelledNegativeMarker } from './keyframes/negative-marker.ts';
import { overlappingHolds } from './keyframes/overlapping-holds.ts';
import { pastedSchedule } from './keyframes/pasted-schedule.ts';
import { spaceAfterColon } from './keyframes/space-after-colon.ts';
import { textBetweenKeyframes } from './keyframes/text-between-keyframes.ts';
import { unknownTransition } from './keyframes/unknown-transition.ts';
import { embeddingFamily } from './loras-and-embeddings/embedding-family.ts';
import { embeddingPrefix } from './loras-and-embeddings/embedding-prefix.ts';
import { loraArgument } from './loras-and-embeddings/lora-argument.ts';
import { loraFamily } from './loras-and-embeddings/lora-family.ts';
import { loraInNegativePrompt } from './loras-and-embeddings/lora-in-negative-prompt.ts';
import { loraInSquareBrackets } from './loras-and-embeddings/lora-in-square-brackets.ts';
import { loraTag } from './loras-and-embeddings/lora-tag.ts';
import { motionLoraModule } from './loras-and-embeddings/motion-lora-module.ts';
import { motionLoraWeights } from './loras-and-embeddings/motion-lora-weights.ts';
import { unknownEmbedding } from './loras-and-embeddings/unknown-embedding.ts';
import { unknownLora } from './loras-and-embeddings/unknown-lora.ts';
import { ambiguousName } from './models-and-time/ambiguous-name.ts';
import { frameRange } from './models-and-time/frame-range.ts';
import { notEnoughMemory } from './models-and-time/not-enough-memory.ts';
import { overlapTooLarge } from './models-and-time/overlap-too-large.ts';
import { sizeFarFromNative } from './models-and-time/size-far-from-native.ts';
import { uncoveredFrames } from './models-and-time/uncovered-frames.ts';
import { controlnetInput } from './output-and-inputs/controlnet-input.ts';
import { controlnetRange } from './output-and-inputs/controlnet-range.ts';
import { emptyHints } from './output-and-inputs/empty-hints.ts';
import { ffmpegMissing } from './output-and-inputs/ffmpeg-missing.ts';
import { folderImages } from './output-and-inputs/folder-images.ts';
import { formatLoses } from './output-and-inputs/format-loses.ts';
import { fpsLimits } from './output-and-inputs/fps-limits.ts';
import { hdrVideo } from './output-and-inputs/hdr-video.ts';
import { misleadingExtension } from './output-and-inputs/misleading-extension.ts';
import { missingFile } from './output-and-inputs/missing-file.ts';
import { noSound } from './output-and-inputs/no-sound.ts';
import { numberedImages } from './output-and-inputs/numbered-images.ts';
import { outputOutsideFolder } from './output-and-inputs/output-outside-folder.ts';
import { outputPlaceholder } from './output-and-inputs/output-placeholder.ts';
import { outputWindowsName } from './output-and-inputs/output-windows-name.ts';
import { slowMotion } from './output-and-inputs/slow-motion.ts';
import { tooFewImages } from './output-and-inputs/too-few-images.ts';
import { unusableImage } from './output-and-inputs/unusable-image.ts';
import { unusableVideo } from './output-and-inputs/unusable-video.ts';
import { videoAsImage } from './output-and-inputs/video-as-image.ts';
import { videoLength } from './output-and-inputs/video-length.ts';
import { wrongHints } from './output-and-inputs/wrong-hints.ts';
import { chunkCounts } from './prompts/chunk-counts.ts';
import { commentInPrompt } from './prompts/comment-in-prompt.ts';
import { compelSyntax } from './prompts/compel-syntax.ts';
import { foreignComment } from './prompts/foreign-comment.ts';
import { foreignSyntax } from './prompts/foreign-syntax.ts';
import { htmlEntity } from './prompts/html-entity.ts';
import { invisibleCharacter } from './prompts/invisible-character.ts';
import { lineSeparator } from './prompts/line-separator.ts';
import { loneCarriageReturn } from './prompts/lone-carriage-return.ts';
import { markdown } from './prompts/markdown.ts';
import { midjourneyNo, midjourneyParameter } from './prompts/midjourney-syntax.ts';
import { pastedInfotext } from './prompts/pasted-infotext.ts';
import { promptEditingDisabled } from './prompts/prompt-editing-disabled.ts';
import { promptTooLong } from './prompts/prompt-too-long.ts';
import { tab } from './prompts/tab.ts';
import { typographicCharacters } from './prompts/typographic-characters.ts';
import { SETTING_CHECKS } from './settings/all.ts';
import { webuiComment } from './webui/webui-comment.ts';
import { webuiEditing } from './webui/webui-editing.ts';
import { webuiIgnores } from './webui/webui-ignores.ts';
import { webuiKeyframe } from './webui/webui-keyframe.ts';
import { webuiLora } from './webui/webui-lora.ts';
import { webuiRefuses } from './webui/webui-refuses.ts';
import { breakInBrackets } from './weights-and-brackets/break-in-brackets.ts';
import { unclosedBracket } from './weights-and-brackets/unclosed-bracket.ts';
import { unmatchedBracket } from './weights-and-brackets/unmatched-bracket.ts';
import { weightInSquareBrackets } from './weights-and-brackets/weight-in-square-brackets.ts';
import { weightSyntax } from './weights-and-brackets/weight-syntax.ts';
import { weightWithoutBrackets } from './weights-and-brackets/weight-without-brackets.ts';

/** Every check, in the order in which problems at the same place are listed. */
export const CHECKS: readonly (Check | PromptCheck)[] = [
  ...SETTING_CHECKS,
  textBetweenKeyframes,
  invalidPosition,
  keyBeyondEnd,
  holdRange,
  overlappingHolds,
  duplicateKey,
  keyOrder,
  emptyKeyframe,
  firstKeyAboveZero,
  keyframesTooClose,
  spaceAfterColon,
  indentedKey,
  foreignKeySyntax,
  keyNotation,
  ambiguousKey,
  keyInBrackets,
  pastedSchedule,
  pastedInfotext,
  unknownTransition,
  misspelledNegativeMarker,
  misplacedNegativeMarker,
  foreignKeyDigits,
  foreignWeightDigits,
  typographicCharacters,
  tab,
  loneCarriageReturn,
  lineSeparator,
  invisibleCharacter,
  commentInPrompt,
  foreignSyntax,
  htmlEntity,
  foreignComment,
  markdown,
  midjourneyParameter,
  midjourneyNo,
  compelSyntax,
  promptEditingDisabled,
  chunkCounts,
  promptTooLong,
  weightSyntax,
  weightInSquareBrackets,
  weightWithoutBrackets,
  unclosedBracket,
  unmatchedBracket,
  breakInBrackets,
  loraTag,
  ambiguousName,
  unknownLora,
  loraFamily,
  loraInNegativePrompt,
  loraArgument,
  loraInSquareBrackets,
  motionLoraModule,
  motionLoraWeights,
  embeddingPrefix,
  unknownEmbedding,
  embeddingFamily,
  unknownDefinition,
  definitionCycle,
  overlapTooLarge,
  uncoveredFrames,
  sizeFarFromNative,
  notEnoughMemory,
  frameRange,
  outputPlaceholder,
  outputOutsideFolder,
  outputWindowsName,
  fpsLimits,
  formatLoses,
  slowMotion,
  controlnetInput,
  emptyHints,
  wrongHints,
  controlnetRange,
  missingFile,
  tooFewImages,
  folderImages,
  numberedImages,
  unusableVideo,
  unusableImage,
  videoAsImage,
  videoLength,
  hdrVideo,
  misleadingExtension,
  noSound,
  ffmpegMissing,
  webuiRefuses,
  webuiKeyframe,
  webuiComment,
  webuiIgnores,
  webuiLora,
  webuiEditing,
];
