import { unknownWildcard } from './definitions-and-wildcards/unknown-wildcard.ts';
import { embeddingFamily } from './loras-and-embeddings/embedding-family.ts';
import { loraFamily } from './loras-and-embeddings/lora-family.ts';
import { motionLoraModule } from './loras-and-embeddings/motion-lora-module.ts';
import { unknownEmbedding } from './loras-and-embeddings/unknown-embedding.ts';
import { unknownLora } from './loras-and-embeddings/unknown-lora.ts';
import { ambiguousName } from './models-and-time/ambiguous-name.ts';
import { clipSkipBeyondLayers } from './models-and-time/clip-skip-beyond-layers.ts';
import { contextBeyondPositions } from './models-and-time/context-beyond-positions.ts';
import { motionModuleMissing } from './models-and-time/motion-module-missing.ts';
import { notEnoughMemory } from './models-and-time/not-enough-memory.ts';
import { preprocessorNetworkMissing } from './models-and-time/preprocessor-network-missing.ts';
import { unknownModel } from './models-and-time/unknown-model.ts';
import { unusableModel } from './models-and-time/unusable-model.ts';
import { wrongHash } from './models-and-time/wrong-hash.ts';
import { wrongModelKind } from './models-and-time/wrong-model-kind.ts';
import { emptyHints } from './output-and-inputs/empty-hints.ts';
import { ffmpegMissing } from './output-and-inputs/ffmpeg-missing.ts';
import { folderImages } from './output-and-inputs/folder-images.ts';
import { hdrVideo } from './output-and-inputs/hdr-video.ts';
import { misleadingExtension } from './output-and-inputs/misleading-extension.ts';
import { missingFile } from './output-and-inputs/missing-file.ts';
import { noSound } from './output-and-inputs/no-sound.ts';
import { outputOutsideFolder } from './output-and-inputs/output-outside-folder.ts';
import { outputWindowsName } from './output-and-inputs/output-windows-name.ts';
import { tooFewImages } from './output-and-inputs/too-few-images.ts';
import { unusableImage } from './output-and-inputs/unusable-image.ts';
import { unusableVideo } from './output-and-inputs/unusable-video.ts';
import { videoAsImage } from './output-and-inputs/video-as-image.ts';
import { videoLength } from './output-and-inputs/video-length.ts';
import { wrongHints } from './output-and-inputs/wrong-hints.ts';
import { notAvailableYet } from './settings/not-available-yet.ts';

const ABOUT_MODELS = [
  ambiguousName,
  clipSkipBeyondLayers,
  contextBeyondPositions,
  embeddingFamily,
  loraFamily,
  motionLoraModule,
  motionModuleMissing,
  notEnoughMemory,
  unknownEmbedding,
  unknownLora,
  unknownModel,
  unusableModel,
  wrongHash,
  wrongModelKind,
];

const ABOUT_COMPUTER = [
  ...ABOUT_MODELS,
  emptyHints,
  ffmpegMissing,
  folderImages,
  hdrVideo,
  misleadingExtension,
  missingFile,
  noSound,
  notAvailableYet,
  outputOutsideFolder,
  outputWindowsName,
  preprocessorNetworkMissing,
  tooFewImages,
  unknownWildcard,
  unusableImage,
  unusableVideo,
  videoAsImage,
  videoLength,
  wrongHints,
];

/** Codes of problems that depend on model files. Hints of ControlNet units are made without them. */
export const CODES_ABOUT_MODELS: ReadonlySet<string> = new Set(ABOUT_MODELS.map(({ code }) => code));

/** Codes of problems that depend on this computer and this version, not on the text: models, files, memory. */
export const CODES_ABOUT_COMPUTER: ReadonlySet<string> = new Set(ABOUT_COMPUTER.map(({ code }) => code));
