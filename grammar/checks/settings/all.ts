import type { SettingIssueKind } from '../../settings/issues.ts';
import type { Check } from '../check.ts';
import { definitionName } from '../definitions-and-wildcards/definition-name.ts';
import { emptyWildcard } from '../definitions-and-wildcards/empty-wildcard.ts';
import { unknownWildcard } from '../definitions-and-wildcards/unknown-wildcard.ts';
import { wildcardConflict } from '../definitions-and-wildcards/wildcard-conflict.ts';
import { wildcardCycle } from '../definitions-and-wildcards/wildcard-cycle.ts';
import { wildcardDamaged } from '../definitions-and-wildcards/wildcard-damaged.ts';
import { wildcardTooDeep } from '../definitions-and-wildcards/wildcard-too-deep.ts';
import { wildcardTooLong } from '../definitions-and-wildcards/wildcard-too-long.ts';
import type { IssueCheck } from '../issue-check.ts';
import { clipSkipBeyondLayers } from '../models-and-time/clip-skip-beyond-layers.ts';
import { contextBeyondPositions } from '../models-and-time/context-beyond-positions.ts';
import { interpolationModelMissing } from '../models-and-time/interpolation-model-missing.ts';
import { motionModuleMissing } from '../models-and-time/motion-module-missing.ts';
import { preprocessorNetworkMissing } from '../models-and-time/preprocessor-network-missing.ts';
import { sizeNotMultipleOf8 } from '../models-and-time/size-not-multiple-of-8.ts';
import { unknownModel } from '../models-and-time/unknown-model.ts';
import { unusableModel } from '../models-and-time/unusable-model.ts';
import { wrongHash } from '../models-and-time/wrong-hash.ts';
import { wrongModelKind } from '../models-and-time/wrong-model-kind.ts';
import { controlnetPreprocessor } from '../output-and-inputs/controlnet-preprocessor.ts';
import { nothingToSave } from '../output-and-inputs/nothing-to-save.ts';
import { duplicatePosition } from './duplicate-position.ts';
import { duplicateSetting } from './duplicate-setting.ts';
import { extendsCheck } from './extends.ts';
import { frontMatterEnd } from './front-matter-end.ts';
import { frontMatterSyntax } from './front-matter-syntax.ts';
import { link } from './link.ts';
import { mergeConflict } from './merge-conflict.ts';
import { misplacedSettingsCheck } from './misplaced-settings.ts';
import { notAvailableYet } from './not-available-yet.ts';
import { settingBeyondEnd } from './setting-beyond-end.ts';
import { settingHasNoEffect } from './setting-has-no-effect.ts';
import { settingMissing } from './setting-missing.ts';
import { settingMissingSpace } from './setting-missing-space.ts';
import { settingPosition } from './setting-position.ts';
import { settingRange } from './setting-range.ts';
import { settingType } from './setting-type.ts';
import { settingValue } from './setting-value.ts';
import { unknownSetting } from './unknown-setting.ts';

/** Every issue of settings has a check that explains it. */
const BY_ISSUE: Readonly<Record<SettingIssueKind, IssueCheck>> = {
  'front-matter-syntax': frontMatterSyntax,
  'setting-missing-space': settingMissingSpace,
  'unknown-setting': unknownSetting,
  'duplicate-setting': duplicateSetting,
  'setting-type': settingType,
  'setting-value': settingValue,
  'setting-range': settingRange,
  'setting-missing': settingMissing,
  'setting-position': settingPosition,
  'definition-name': definitionName,
  'size-not-multiple-of-8': sizeNotMultipleOf8,
  'nothing-to-save': nothingToSave,
  link,
  extends: extendsCheck,
  'merge-conflict': mergeConflict,
};

export const ISSUE_CHECKS: readonly IssueCheck[] = Object.values(BY_ISSUE);

/** The checks of settings, and of the models and wildcards that a file names. */
export const SETTING_CHECKS: readonly Check[] = [
  frontMatterEnd,
  misplacedSettingsCheck,
  ...ISSUE_CHECKS,
  notAvailableYet,
  settingHasNoEffect,
  settingBeyondEnd,
  duplicatePosition,
  unknownModel,
  wrongModelKind,
  unusableModel,
  wrongHash,
  motionModuleMissing,
  interpolationModelMissing,
  preprocessorNetworkMissing,
  controlnetPreprocessor,
  contextBeyondPositions,
  clipSkipBeyondLayers,
  unknownWildcard,
  emptyWildcard,
  wildcardCycle,
  wildcardTooDeep,
  wildcardTooLong,
  wildcardConflict,
  wildcardDamaged,
];
