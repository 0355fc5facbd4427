import type { InputKind } from '../../clip/environment.ts';
import type { Problem } from '../../problem.ts';
import { didYouMean } from '../../settings/did-you-mean.ts';
import type { Settings } from '../../settings/schema.ts';
import { type Check, correctName } from '../check.ts';

/** Images, videos and folders of images that the settings name. */
export const missingFile: Check = {
  code: 'travel/missing-file',
  run({ settings, spans, environment }) {
    return inputsOf(settings).flatMap(({ setting, path, kind }): Problem[] => {
      // A path from another file or the command line is not relative to this document.
      const span = spans.get(setting)?.value;
      const missing = span && environment.missingInput?.(path, kind);
      if (!span || !missing) return [];
      const problem = (message: string): Problem => ({ code: this.code, severity: 'error', message, span });
      if (missing.found === 'file') {
        return [
          problem(`“${path}” is a file, but a folder is expected. Write the path of the folder with the images.`),
        ];
      }
      if (missing.found === 'folder') {
        return [problem(`“${path}” is a folder, but a file is expected. Write the path of a file in it.`)];
      }
      const start = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1;
      const meant = didYouMean(path.slice(start), missing.names);
      const what = kind === 'file' ? 'File' : 'Folder';
      const advice = meant ? `Did you mean “${meant}”?` : 'Check the path; it is relative to the folder of this file.';
      return [
        {
          ...problem(`${what} “${path}” not found. ${advice}`),
          fixes: correctName(span, meant, meant && JSON.stringify(path.slice(0, start) + meant)),
        },
      ];
    });
  },
};

interface Input {
  /** Its path in the settings, as in `SettingSpan`s. */
  readonly setting: string;
  readonly path: string;
  readonly kind: InputKind;
}

function inputsOf({ controlnet, video, mask, init_image, last_frame }: Settings): Input[] {
  const named: readonly (readonly [string, string | undefined, InputKind])[] = [
    ['init_image', init_image, 'file'],
    ['last_frame', last_frame, 'file'],
    ['mask', mask, 'folder'],
    ['video.source', video?.source, 'file'],
    ['video.path', video?.path, 'folder'],
    ...controlnet.flatMap(({ image, batch, video: own }, i) => [
      [`controlnet.${i}.image`, image, 'file'] as const,
      [`controlnet.${i}.batch`, batch, 'folder'] as const,
      [`controlnet.${i}.video`, own, 'file'] as const,
    ]),
  ];
  return named.flatMap(([setting, path, kind]) => (path === undefined ? [] : [{ setting, path, kind }]));
}
