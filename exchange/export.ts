import type { Settings } from '../grammar/settings/schema.ts';
import type { TravelDocument } from '../grammar/syntax/document.ts';
import type { Exported, ExportTarget, TargetName } from './target.ts';
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
 * @param settings of the file, including inherited ones
 * @throws {RangeError} if definitions expand to more than a million characters
 */
export function exportTravel(document: TravelDocument, settings: Settings, name: TargetName): Exported {
  return TARGETS.find((target) => target.name === name)!.write(viewOf(document, settings));
}
