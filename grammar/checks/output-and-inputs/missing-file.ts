import type { ClipContext } from '../../clip/context.ts';
import type { InputKind } from '../../clip/environment.ts';
import { IMAGE_SETTINGS, IMAGES_OF, usesImages } from '../../clip/images.ts';
import type { Fix, Problem } from '../../problem.ts';
import type { FileKind } from '../../settings/about.ts';
import { didYouMean } from '../../settings/did-you-mean.ts';
import { settingFiles } from '../../settings/entries.ts';
import { type Check, correctName, namingFile, replace, settingSpan } from '../check.ts';

/** Inputs by the kind of file; models and `.travel` files have checks of their own. */
const INPUTS: Readonly<Partial<Record<FileKind, InputKind | 'either'>>> = {
  image: 'file',
  video: 'file',
  'image-folder': 'folder',
  'image-or-folder': 'either',
};

/** Images, videos and folders of images that the settings name. */
export const missingFile: Check = {
  code: 'travel/missing-file',
  run(clip) {
    const { settings, spans, environment } = clip;
    const here = settingFiles(settings).flatMap(({ path: setting, name: path, kind: fileKind }): Problem[] => {
      const kind = INPUTS[fileKind];
      // A path from another file or the command line is not relative to this document.
      const span = spans.get(setting)?.value;
      const missing = span && kind && environment.missingInput?.(path, kind === 'either' ? 'file' : kind);
      if (!span || !missing || (kind === 'either' && missing.found === 'folder')) return [];
      const problem = (message: string): Problem => ({ code: this.code, severity: 'error', message, span });
      if (missing.found === 'other') {
        return [problem(`“${path}” is not a regular file, but a pipe, a socket or a device. Use a file.`)];
      }
      if (missing.found === 'file') {
        const advice =
          setting === 'video.path' ? 'Use `source` for a video.' : 'Write the path of the folder with the images.';
        return [
          {
            ...problem(`“${path}” is a file, but a folder is expected. ${advice}`),
            fixes: otherPart(clip, setting, 'source'),
          },
        ];
      }
      if (missing.found === 'folder') {
        const advice = setting === 'video.source' ? 'Use `path` for a folder.' : 'Write the path of a file in it.';
        return [
          {
            ...problem(`“${path}” is a folder, but a file is expected. ${advice}`),
            fixes: otherPart(clip, setting, 'path'),
          },
        ];
      }
      const pattern = /^(.*)[\\/][^\\/]*(?:\*|%0?\d*d)[^\\/]*$/.exec(path);
      if (pattern) {
        const folder = pattern[1]!;
        return [
          {
            ...problem(`“${path}” is a pattern, which is not supported. Write the folder: all of its images are used.`),
            fixes: [replace(`Change to “${folder}”`, span, JSON.stringify(folder))],
          },
        ];
      }
      const start = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1;
      const meant = didYouMean(path.slice(start), missing.names);
      const what = { file: 'File', folder: 'Folder', either: 'File or folder' }[kind];
      const advice = meant ? `Did you mean “${meant}”?` : 'Check the path; it is relative to the folder of this file.';
      return [
        {
          ...problem(`${what} “${path}” not found. ${advice}`),
          fixes: correctName(span, meant, meant && JSON.stringify(path.slice(0, start) + meant)),
        },
      ];
    });
    const elsewhere = [...imagesOfOtherFiles(clip), ...hintsOfOtherFiles(clip)].map(
      ({ message, span }): Problem => ({ code: this.code, severity: 'error', message, span }),
    );
    return [...here, ...elsewhere];
  },
};

/** A fix that names the value of `video` by its other part. */
function otherPart({ spans }: ClipContext, setting: string, part: 'source' | 'path'): Fix[] {
  const key = setting.startsWith('video.') && spans.get(setting)?.key;
  return key ? [replace(`Change to \`${part}\``, key, part)] : [];
}

/** Images that an extended file or the command line names. What a plan is made of must exist. */
function imagesOfOtherFiles(clip: ClipContext) {
  const { settings, spans, images, controlMasks, environment } = clip;
  if (!environment.inputImages) return [];
  const { video } = settings;
  const inputs = [
    ...IMAGE_SETTINGS.map((key) => {
      const isMissing = usesImages(key, images, settings) && !images[IMAGES_OF[key]];
      return { key, path: settings[key], isMissing };
    }),
    {
      key: 'video',
      path: video?.source ?? video?.path,
      isMissing: !images.video,
    },
    {
      key: 'mask',
      path: settings.mask,
      isMissing: settings.controlnet.some(({ mask }, i) => mask === undefined && !controlMasks[i]),
    },
  ];
  return inputs.flatMap(({ key, path, isMissing }) =>
    path === undefined || spans.has(key) || !isMissing
      ? []
      : [{ message: namingFile(clip, key, `File “${path}” not found. Check the path.`), span: settingSpan(clip, key) }],
  );
}

/** The same of ControlNet units. */
function hintsOfOtherFiles(clip: ClipContext) {
  const { settings, spans, controls, controlMasks, environment } = clip;
  if (!environment.inputImages || spans.has('controlnet')) return [];
  return settings.controlnet.flatMap(({ image, batch, video, mask }, i) => {
    const pictures = controls[i] ?? null;
    const paths = typeof image === 'string' ? [image] : image ? Object.values(image) : [batch ?? video ?? []].flat();
    const isMissing = (path: string, n: number) =>
      pictures?.kind === 'images' ? [...pictures.files.values()][n] === null : pictures === null && path !== '';
    const missingMask = mask !== undefined && !controlMasks[i] ? [mask] : [];
    return [...paths.filter(isMissing), ...missingMask].map((path) => ({
      message: namingFile(clip, 'controlnet', `File or folder “${path}” not found. Check the path.`),
      span: settingSpan(clip, 'controlnet'),
    }));
  });
}
