import type { InputKind } from '../../clip/environment.ts';
import type { Problem } from '../../problem.ts';
import type { FileKind } from '../../settings/about.ts';
import { didYouMean } from '../../settings/did-you-mean.ts';
import { settingFiles } from '../../settings/entries.ts';
import { type Check, correctName } from '../check.ts';

/** Inputs by the kind of file; models and `.travel` files have checks of their own. */
const INPUTS: Readonly<Partial<Record<FileKind, InputKind>>> = {
  image: 'file',
  video: 'file',
  'image-folder': 'folder',
};

/** Images, videos and folders of images that the settings name. */
export const missingFile: Check = {
  code: 'travel/missing-file',
  run({ settings, spans, environment }) {
    return settingFiles(settings).flatMap(({ path: setting, name: path, kind: fileKind }): Problem[] => {
      const kind = INPUTS[fileKind];
      // A path from another file or the command line is not relative to this document.
      const span = spans.get(setting)?.value;
      const missing = span && kind && environment.missingInput?.(path, kind);
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
