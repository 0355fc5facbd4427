import type { ClipContext } from '../../clip/context.ts';
import { ownInputs } from '../../clip/controls.ts';
import { startsFromVideo } from '../../clip/images.ts';
import type { Fix } from '../../problem.ts';
import { setPart } from '../../settings/set-part.ts';
import { settingLines } from '../check.ts';
import { inOrder } from '../longer-clip.ts';

type Edit = Fix['edits'][number];

/** The path of a file in a folder, as it is written in YAML. */
export const pathIn = (folder: string, name: string): string =>
  JSON.stringify(`${folder.replace(/[\\/]$/, '')}/${name}`);

/** Another setting in the place of one; none if an extended file sets it. */
export function replaceSetting({ spans }: ClipContext, setting: string, text: string): Edit[] {
  const written = spans.get(setting);
  return written ? [{ span: { start: written.key.start, end: written.value.end }, text }] : [];
}

/**
 * One image in the place of a video or a folder.
 *
 * @param image its path as it is written in YAML
 * @param what for the title: `it`
 */
export function oneImageInstead(clip: ClipContext, setting: string, image: string, what: string): Fix[] {
  const fix = (key: string, edits: readonly Edit[]): Fix[] =>
    edits.length > 0 ? [{ title: `Use ${what} as \`${key}\``, edits, mechanical: false }] : [];
  if (setting.startsWith('video.')) {
    if (clip.settings.controlnet.length > 0) return fix('image', imagesOfUnits(clip, image));
    return clip.settings.init_image === undefined
      ? fix('init_image', replaceSetting(clip, 'video', `init_image: ${image}`))
      : [];
  }
  const key = setting.startsWith('controlnet.') && !setting.endsWith('.mask') ? 'image' : setting.split('.').at(-1)!;
  return fix(key, replaceSetting(clip, setting, `${key}: ${image}`));
}

/**
 * Images for the units that use the shared video, which is removed.
 *
 * @param images the value of `image`, as it is written in YAML
 * @returns none if frames start from the video, or it shares its lines with something else
 */
export function imagesOfUnits(clip: ClipContext, images: string): Edit[] {
  const { settings, spans, document } = clip;
  const video = spans.get('video');
  const lines = video && settingLines(video, document.text);
  if (!lines || startsFromVideo(settings)) return [];
  const edits = settings.controlnet.flatMap((unit, i): (Edit | null)[] =>
    ownInputs(unit).length > 0 ? [] : [setPart(clip, `controlnet.${i}`, ['image', images], 'model')],
  );
  const found = edits.flatMap((edit) => edit ?? []);
  return found.length === edits.length && found.length > 0 ? inOrder([...found, { span: lines, text: '' }]) : [];
}
