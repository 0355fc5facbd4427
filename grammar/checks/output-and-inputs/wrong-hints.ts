import { expectsEdges, mapOfModel } from '../../../plan/control-maps.ts';
import { faultKey, type HintFault } from '../../../plan/empty-hints.ts';
import { framesInWords } from '../../../plan/frames-in-words.ts';
import { framesOfHints } from '../../clip/noted-hints.ts';
import type { Problem } from '../../problem.ts';
import { setPart } from '../../settings/set-part.ts';
import { type Check, namingFile, settingSpan } from '../check.ts';

interface Fault {
  readonly fault: HintFault;
  readonly is: string;
  /** Completes the name of the model. */
  readonly expects: string;
  readonly preprocessor: string;
  readonly concerns: (model: string) => boolean;
}

const FAULTS: readonly Fault[] = [
  {
    fault: 'dark-lines',
    is: 'has dark lines on white',
    expects: 'was trained with white lines on black. Set `preprocessor: invert`.',
    preprocessor: 'invert',
    concerns: () => true,
  },
  {
    fault: 'not-edges',
    is: 'is not black and white',
    expects: 'was trained with white edges on black. If it is a photo or a frame, set `preprocessor: canny`.',
    preprocessor: 'canny',
    concerns: expectsEdges,
  },
];

/** Images that a model of lines cannot know, as they were found when hints were made, like `empty-hints`. */
export const wrongHints: Check = {
  code: 'travel/wrong-hints',
  run(clip) {
    const known = clip.settings.controlnet.length > 0 ? clip.environment.emptyHints : null;
    if (!known || known.size === 0) return [];
    return clip.settings.controlnet.flatMap(({ model, preprocessor }, i) => {
      if (preprocessor !== 'none' || mapOfModel(model) !== 'lines') return [];
      return FAULTS.flatMap(({ fault, is, expects, preprocessor: better, concerns }): Problem[] => {
        const frames = concerns(model) ? framesOfHints(clip, i, (key) => known.has(faultKey(fault, key))) : [];
        if (frames.length === 0) return [];
        const message = `The hint ${is} in ${framesInWords(frames)}. “${model}” ${expects}`;
        const edit = setPart(clip, `controlnet.${i}`, ['preprocessor', better], 'model');
        return [
          {
            code: this.code,
            severity: 'warning',
            message: namingFile(clip, 'controlnet', message),
            span: settingSpan(clip, `controlnet.${i}.preprocessor`, `controlnet.${i}.model`, 'controlnet'),
            fixes: edit ? [{ title: `Set \`preprocessor\` to \`${better}\``, edits: [edit], mechanical: false }] : [],
          },
        ];
      });
    });
  },
};
