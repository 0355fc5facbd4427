import { mapOfModel, mapOfPreprocessor } from '../../../plan/control-maps.ts';
import { preprocessorOf } from '../../clip/controls.ts';
import { type Check, namingFile, replace, settingSpan } from '../check.ts';

/** A preprocessor that makes another kind of map than the model expects, by its name. */
export const controlnetPreprocessor: Check = {
  code: 'travel/controlnet-preprocessor',
  run(clip) {
    return clip.settings.controlnet.flatMap(({ model, preprocessor }, i) => {
      const [expected, made] = [mapOfModel(model), mapOfPreprocessor(preprocessorOf(preprocessor))];
      if (expected === null || made === null || expected === made) return [];
      const written = clip.spans.get(`controlnet.${i}.preprocessor`)?.value;
      const message =
        `“${model}” expects ${expected}, but “${preprocessor}” makes ${made}. The unit would guide the clip by shapes that are ` +
        'not there. Choose another model or preprocessor, or `none` if the images are maps already.';
      return [
        {
          code: this.code,
          severity: 'warning',
          message: namingFile(clip, 'controlnet', message),
          span: settingSpan(clip, `controlnet.${i}.preprocessor`, `controlnet.${i}.model`, 'controlnet'),
          fixes: written ? [replace('Change to “none”', written, 'none')] : [],
        },
      ];
    });
  },
};
