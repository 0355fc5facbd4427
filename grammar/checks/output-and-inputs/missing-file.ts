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
      // A value with an error of its own, such as a control character, is not a path.
      if (clip.settingIssues.some((issue) => issue.span.start >= span.start && issue.span.end <= span.end)) return [];
      const problem = (message: string): Problem => ({ code: this.code, severity: 'error', message, span });
      if (missing.found === 'unreadable') return [problem(`“${path}” ${missing.is}`)];
      if (missing.found === 'other') {
        return [problem(`“${path}” is not a regular file, but a pipe, a socket or a device. Use a file.`)];
      }
      if (missing.found !== 'nothing') {
        const { advice, fixes } = otherKind(clip, setting, path, missing.found);
        const is = missing.found === 'file' ? 'a file, but a folder' : 'a folder, but a file';
        return [{ ...problem(`“${path}” is ${is} is expected. ${advice}`), fixes }];
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
      const meant = similarFile(path.slice(start), missing.names);
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

/** The name in a folder that a name most likely misspells. An ending that is the same does not make them similar. */
function similarFile(name: string, names: readonly string[]): string | null {
  const meant = didYouMean(name, names);
  const ending = /\.[^.]*$/.exec(name)?.[0] ?? '';
  if (meant === null || ending === '' || !meant.toLowerCase().endsWith(ending.toLowerCase())) return meant;
  const stem = (whole: string) => whole.slice(0, -ending.length);
  return didYouMean(stem(name), [stem(meant)]) === null ? null : meant;
}

/** How to name a file in the place of a folder, or a folder in the place of a file. */
function otherKind(
  { spans, environment }: ClipContext,
  setting: string,
  path: string,
  found: InputKind,
): { readonly advice: string; readonly fixes: Fix[] } {
  const [, parent, part] = /^(video|controlnet\.\d+)\.(\w+)$/.exec(setting) ?? [];
  const isUnit = parent !== undefined && parent !== 'video';
  const use = (key: string, advice: string) => {
    const written = spans.get(setting)?.key;
    const isTaken = spans.has(`${parent}.${key}`);
    return { advice, fixes: written && !isTaken ? [replace(`Change to \`${key}\``, written, key)] : [] };
  };
  if (found === 'folder') {
    if (setting === 'video.source') return use('path', 'Use `path` for a folder.');
    if (isUnit && (part === 'image' || part === 'video')) return use('batch', 'Use `batch` for a folder of images.');
    return { advice: 'Write the path of a file in it.', fixes: [] };
  }
  if (setting === 'video.path') return use('source', 'Use `source` for a video.');
  if (isUnit && part === 'batch') {
    const header = environment.inputVideo?.(path, '');
    if (header?.kind === 'video') return use('video', 'Use `video` for a video.');
    if (header?.reason === 'image') return use('image', 'Use `image` for one image.');
  }
  return { advice: 'Write the path of the folder with the images.', fixes: [] };
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
  return inputs.flatMap(({ key, path, isMissing }) => {
    if (path === undefined || spans.has(key)) return [];
    const message = unreadable(clip, key, path) ?? (isMissing ? `File “${path}” not found. Check the path.` : null);
    return message === null ? [] : [{ message: namingFile(clip, key, message), span: settingSpan(clip, key) }];
  });
}

/** Why an input that another file or the command line names cannot be read; null: it can, or it is not there. */
function unreadable({ environment, inherited }: ClipContext, key: string, path: string): string | null {
  const missing = environment.missingInput?.(path, 'file', inherited.get(key) ?? '');
  return missing?.found === 'unreadable' ? `“${path}” ${missing.is}` : null;
}

/** The same of ControlNet units. */
function hintsOfOtherFiles(clip: ClipContext) {
  const { settings, spans, inherited, controls, controlMasks, environment } = clip;
  if (!environment.inputImages || spans.has('controlnet')) return [];
  return settings.controlnet.flatMap(({ image, batch, video, mask }, i) => {
    const pictures = controls[i] ?? null;
    const paths = typeof image === 'string' ? [image] : image ? Object.values(image) : [batch ?? video ?? []].flat();
    const isMissing = (path: string, n: number) =>
      pictures?.kind === 'images' ? [...pictures.files.values()][n] === null : pictures === null && path !== '';
    const missingMask = mask !== undefined && !controlMasks[i] ? [mask] : [];
    const named = [...paths, ...(mask === undefined ? [] : [mask])].filter((path) => path !== '');
    const whyNot = new Map(named.map((path) => [path, unreadable(clip, 'controlnet', path)]));
    const wrong = named.filter((path) => whyNot.get(path) !== null);
    return [...new Set([...wrong, ...paths.filter(isMissing), ...missingMask])].map((path) => {
      const kind = environment.inputImages?.(path, inherited.get('controlnet') ?? '')?.kind;
      const message =
        whyNot.get(path) ??
        (kind === undefined
          ? `File or folder “${path}” not found. Check the path.`
          : kind === 'folder'
            ? `“${path}” is a folder, but a file is expected. Use \`batch\` for a folder of images.`
            : `“${path}” is a file, but a folder is expected. Use \`image\` or \`video\`.`);
      return { message: namingFile(clip, 'controlnet', message), span: settingSpan(clip, 'controlnet') };
    });
  });
}
