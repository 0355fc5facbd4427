import type { InputKind } from '../../clip/environment.ts';
import type { Problem } from '../../problem.ts';
import { didYouMean } from '../../settings/did-you-mean.ts';
import type { Settings } from '../../settings/schema.ts';
import { type Check, replace } from '../check.ts';

/** Pictures, videos and folders of them that the settings name. */
export const missingFile: Check = {
  code: 'travel/missing-file',
  run({ settings, spans, environment }) {
    return inputsOf(settings).flatMap(({ setting, path, kind }): Problem[] => {
      // What another file or the command line names does not start from this document's folder.
      const span = spans.get(setting)?.value;
      const missing = span && environment.missingInput?.(path, kind);
      if (!span || !missing) return [];
      const problem = (message: string): Problem => ({ code: this.code, severity: 'error', message, span });
      if (missing.found === 'file') return [problem(`“${path}” is a file. Name the folder with the pictures here.`)];
      if (missing.found === 'folder') return [problem(`“${path}” is a folder. Name a file in it.`)];
      const start = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1;
      const meant = didYouMean(path.slice(start), missing.names);
      if (!meant) {
        const advice = 'Check the path; it starts in the folder of this file.';
        return [problem(`There is no ${kind} “${path}”. ${advice}`)];
      }
      const text = JSON.stringify(path.slice(0, start) + meant);
      return [
        {
          ...problem(`There is no ${kind} “${path}”. Did you mean “${meant}”?`),
          fixes: [replace(`Change to “${meant}”`, span, text)],
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
