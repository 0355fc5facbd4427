import { type Check, canJoinSchedule } from '../check.ts';

export const keyOrder: Check = {
  code: 'travel/key-order',
  run({ timed, document: { text }, settings: { dialect } }) {
    // `key-beyond-end` reports those before the clip.
    const known = timed.flatMap(({ keyframe, frame }) => (frame === null || frame < 0 ? [] : [{ keyframe, frame }]));
    const at = known.findIndex(({ frame }, i) => i > 0 && frame < known[i - 1]!.frame);
    if (at < 0) return [];
    const sorted = [...known].sort((a, b) => a.frame - b.frame);
    const edits = known.flatMap(({ keyframe: { span } }, i) => {
      const other = sorted[i]!.keyframe.span;
      return other === span ? [] : [{ span, text: text.slice(other.start, other.end) }];
    });
    const mechanical = dialect === 'travel' && !edits.some((edit) => canJoinSchedule(edit.text));
    return [
      {
        code: this.code,
        severity: 'warning',
        message: `Frame ${known[at]!.frame} follows frame ${known[at - 1]!.frame}. The video is the same, but AUTOMATIC1111 refuses such a file, and it is harder to read. Sort the keyframes.`,
        span: known[at]!.keyframe.position.span,
        related: [{ span: known[at - 1]!.keyframe.position.span, message: 'The later keyframe is here.' }],
        fixes: [{ title: 'Sort the keyframes', edits, mechanical }],
      },
    ];
  },
};
