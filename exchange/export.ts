import type { EffectiveSettings } from '../grammar/clip/effective-settings.ts';
import type { TravelDocument } from '../grammar/syntax/document.ts';
import { settingsText } from './changed.ts';
import { withEasingAsKeys } from './easing-keys.ts';
import { type Lost, lost } from './lost.ts';
import type { EasingStyle, Exported, ExportTarget, TargetName } from './target.ts';
import { settingLosses, uncarriedSettings } from './uncarried.ts';
import { viewOf } from './view.ts';
import { a1111Prompt } from './write/a1111-prompt.ts';
import { cli } from './write/cli.ts';
import { comfyApi } from './write/comfy-api.ts';
import { deforum } from './write/deforum.ts';
import { fizz } from './write/fizz.ts';
import { infotext } from './write/infotext.ts';
import { webuiApi } from './write/webui-api.ts';

const TARGETS: readonly ExportTarget[] = [a1111Prompt, webuiApi, fizz, cli, deforum, comfyApi, infotext];

/**
 * Converts a file to the format of another tool.
 *
 * @param easing how eased transitions are written, if the tool mixes prompts
 * @throws {RangeError} if definitions expand to more than a million characters
 */
export function exportTravel(
  document: TravelDocument,
  { settings, issues }: Pick<EffectiveSettings, 'settings' | 'issues'>,
  name: TargetName,
  easing: EasingStyle = 'linear',
): Exported {
  const target = TARGETS.find((one) => one.name === name)!;
  const written = viewOf(document, settings);
  const view = easing === 'keys' && target.mixes ? withEasingAsKeys(written) : written;
  const exported = target.write(view);
  const left = uncarriedSettings(settings, target.carries(view), exported.lost);
  const besides = left.filter((key) => target.besides.includes(key));
  const others = left.filter((key) => !besides.includes(key));
  const hints = [
    ...(exported.hint === null ? [] : [exported.hint]),
    ...(besides.length > 0 ? [`These settings are not part of the result: ${settingsText(settings, besides)}`] : []),
  ];
  return {
    ...exported,
    hint: hints.length > 0 ? hints.join('\n') : null,
    lost: [...unreadSettings(document, issues), ...exported.lost, ...settingLosses(settings, others)],
  };
}

/** A setting that cannot be read counts as not given. */
function unreadSettings({ text }: TravelDocument, issues: EffectiveSettings['issues']): Lost[] {
  return issues.map((issue) => {
    const written = 'name' in issue ? issue.name : text.slice(issue.span.start, issue.span.end).slice(0, 60);
    return lost('settings', `The setting “${written}” cannot be read, so it is not carried over. Run “travel check”.`);
  });
}
