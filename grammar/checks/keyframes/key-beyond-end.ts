import { type Check, replace } from '../check.ts';
import { frameName } from '../frame-name.ts';

export const keyBeyondEnd: Check = {
  code: 'travel/key-beyond-end',
  run({ timed, settings: { frames }, spans }) {
    const isInside = (frame: number | null) => frame === null || (frame >= 0 && frame < frames);
    if (timed.every(({ frame }) => isInside(frame))) return [];
    const taken = new Set(timed.map(({ frame }) => frame));
    const isFree = (frame: number) => !taken.has(frame);
    return timed.flatMap(({ keyframe: { position }, frame }) => {
      if (frame === null || isInside(frame)) return [];
      const last = frames - 1;
      const setting = spans.get('frames');
      const fixes =
        frame < 0
          ? isFree(0)
            ? [replace('Move to the first frame', position.span, '0')]
            : []
          : [
              ...(isFree(last) ? [replace(`Move to the last frame, ${last}`, position.span, `${last}`)] : []),
              ...(setting ? [replace(`Set \`frames\` to ${frame + 1}`, setting.value, `${frame + 1}`)] : []),
            ];
      return [
        {
          code: this.code,
          severity: 'error',
          message: `${frameName(position.text, frame)} is outside the clip. Its ${frames} frames are numbered 0 to ${last}. Move the keyframe${frame < 0 ? '' : ', or increase `frames`'}.`,
          span: position.span,
          fixes,
        },
      ];
    });
  },
};
