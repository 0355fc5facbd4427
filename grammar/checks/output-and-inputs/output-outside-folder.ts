import { isAbsolutePath } from '../../../plan/paths.ts';
import { outputBase, pathSegments } from '../../clip/output-path.ts';
import { type Check, settingSpan } from '../check.ts';

/** A relative output path that leads out of the folder that a file may write to. The command line may name any path. */
export const outputOutsideFolder: Check = {
  code: 'travel/output-outside-folder',
  run(clip) {
    const { environment, settings, overridden, seed } = clip;
    const { outputRoot, fileName, now } = environment;
    if (!outputRoot || overridden.has('output') || isAbsolutePath(settings.output)) return [];
    const path = pathSegments(outputBase(settings.output, environment, { name: fileName, seed, now }));
    const root = pathSegments(outputRoot);
    if (root.every((segment, i) => path[i] === segment) && path.length > root.length) return [];
    return [
      {
        code: this.code,
        severity: 'error',
        message: `The output path leads out of its folder. Only files in “${outputRoot}” can be written by a relative path. Write an absolute path, or one that starts with ~.`,
        span: settingSpan(clip, 'output', 'extends'),
      },
    ];
  },
};
