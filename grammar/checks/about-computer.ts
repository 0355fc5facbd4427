import { unknownWildcard } from './definitions-and-wildcards/unknown-wildcard.ts';
import { loraFamily } from './loras-and-embeddings/lora-family.ts';
import { motionLoraModule } from './loras-and-embeddings/motion-lora-module.ts';
import { unknownEmbedding } from './loras-and-embeddings/unknown-embedding.ts';
import { unknownLora } from './loras-and-embeddings/unknown-lora.ts';
import { ambiguousName } from './models-and-time/ambiguous-name.ts';
import { contextBeyondPositions } from './models-and-time/context-beyond-positions.ts';
import { motionModuleMissing } from './models-and-time/motion-module-missing.ts';
import { notEnoughMemory } from './models-and-time/not-enough-memory.ts';
import { unknownModel } from './models-and-time/unknown-model.ts';
import { unusableModel } from './models-and-time/unusable-model.ts';
import { wrongHash } from './models-and-time/wrong-hash.ts';
import { wrongModelKind } from './models-and-time/wrong-model-kind.ts';
import { missingFile } from './output-and-inputs/missing-file.ts';
import { outputOutsideFolder } from './output-and-inputs/output-outside-folder.ts';
import { outputWindowsName } from './output-and-inputs/output-windows-name.ts';
import { tooFewImages } from './output-and-inputs/too-few-images.ts';
import { notAvailableYet } from './settings/not-available-yet.ts';

const ABOUT_COMPUTER = [
  ambiguousName,
  contextBeyondPositions,
  loraFamily,
  missingFile,
  motionLoraModule,
  motionModuleMissing,
  notAvailableYet,
  notEnoughMemory,
  outputOutsideFolder,
  outputWindowsName,
  tooFewImages,
  unknownEmbedding,
  unknownLora,
  unknownModel,
  unknownWildcard,
  unusableModel,
  wrongHash,
  wrongModelKind,
];

/** Codes of problems that depend on this computer and this version, not on the text: models, files, memory. */
export const CODES_ABOUT_COMPUTER: ReadonlySet<string> = new Set(ABOUT_COMPUTER.map(({ code }) => code));
