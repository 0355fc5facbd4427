import { describe, expect, it } from 'vitest';
import { foldingRangesOf } from '../../../server/features/folding-ranges.ts';
import { analyze } from '../hosts.ts';

const EXAMPLE = `---
frames: 32
save: [webp, mp4]
---
# what it is
# about
a cat
in a hat

0-4: red
50% ease: blue,
  and green --neg ugly
99: white

fox ears
`;

describe('folding', () => {
  it('folds settings, comments, head and keyframes of several lines', () => {
    expect(foldingRangesOf(analyze(EXAMPLE)).map(({ startLine, endLine, kind }) => [startLine, endLine, kind])).toEqual(
      [
        [0, 3, undefined],
        [6, 7, undefined],
        [10, 11, undefined],
        [4, 5, 'comment'],
      ],
    );
  });
});
