import { type Check, replace, settingSpan } from '../check.ts';

/** FILM's file as its publisher names it. */
const FILE = 'film_net_fp16.pt';

export const interpolationModelMissing: Check = {
  code: 'travel/interpolation-model-missing',
  run(clip) {
    const method = clip.spans.get('interpolate.method')?.value;
    return clip.models.issues
      .filter((issue) => issue.kind === 'no-film')
      .map(({ found }) => ({
        code: this.code,
        severity: 'error',
        message:
          `${found === null ? `The FILM model “${FILE}” was not found in the model folders.` : `The FILM model cannot be used. ${found}`} ` +
          'Download it from https://github.com/dajes/frame-interpolation-pytorch/releases into one of them; A1111 has it in ' +
          '`models/Deforum/film_interpolation`. Or use `method: blend`, which needs no model.',
        span: settingSpan(clip, 'interpolate.method', 'interpolate'),
        ...(found === null && { missingModel: { kind: 'film', name: FILE } }),
        fixes: method ? [replace('Change to “blend”', method, 'blend')] : [],
      }));
  },
};
