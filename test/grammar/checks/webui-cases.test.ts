import { describe } from 'vitest';
import { testCases } from './cases.ts';

/** A file in the webui dialect, with at most one more setting. */
const webui = (body: string, setting?: string) =>
  ['---', 'dialect: webui', ...(setting ? [setting] : []), '---', body].join('\n');

describe('the checks', () => {
  testCases([
    ['webui-keyframe', webui('0-8: a'), '0-8:', webui('0: a')],
    ['webui-keyframe', webui('0: a\n50% ease: b\n9: c'), '50% ease:', webui('0: a\n8: b\n9: c')],
    ['webui-keyframe', webui('0:a\n 8: b'), '0:', webui('0: a\n 8: b')],
    ['webui-keyframe', webui('0: a\n -1:b'), '-1:', webui('0: a\n15: b')],
    ['webui-keyframe', webui('0:'), '0:'],
    ['webui-keyframe', webui('h\n\n0: a\n\n# b\n8: c\n\n9: d'), '8:', webui('h\n\n0: a\n8: c\n9: d')],
    ['webui-keyframe', webui('0: a\nb\n8: c'), '8:'],
    ['webui-keyframe', webui('0: a\n  b\n  c'), 'b\n  c', webui('0: a b c')],
    ['webui-keyframe', webui('0: a\n  b # c'), 'b', webui('0: a b # c')],
    ['webui-keyframe', webui('0: a # b\n  c'), 'c'],
    ['webui-keyframe', webui('0: a\n8–9: b'), '8–9: ', webui('0: a\n8: b')],
    ['webui-keyframe', webui('8 to 9: b'), '8 to 9: ', webui('8: b')],
    ['webui-keyframe', webui('0: a\n1,5s: b'), '1,5s: '],
    ['webui-comment', webui('h # c\n0: a'), '# c', webui('h\n0: a')],
    ['webui-comment', webui('# c\nh\n0: a'), '# c', webui('h\n0: a')],
    ['webui-comment', webui('0: a \\# c\nt'), '# c', webui('0: a \\\nt')],
    ['webui-comment', webui('0: a\nt #c\nu'), '#c', webui('0: a\nt\nu')],
    ['webui-ignores', webui('0: a', 'define: {b: c}'), 'define', webui('0: a')],
    ['webui-ignores', webui('0: a', 'transition: ease'), 'transition', webui('0: a')],
    ['webui-ignores', webui('0: a', 'fuse: flat'), 'fuse', webui('0: a')],
    ['webui-ignores', webui('0: a', 'context_schedule: static'), 'context_schedule', webui('0: a')],
    ['webui-ignores', webui('0: a --neg b, c'), '--neg', webui('0: a')],
    ['webui-ignores', webui('a --neg b'), '--neg'],
    ['webui-ignores', webui('0: $b', 'define: {b: (c:1.2)}'), '$b', webui('0: (c:1.2)', 'define: {b: (c:1.2)}')],
    ['webui-ignores', webui('0: {a|b}'), '{a|b}'],
    ['webui-ignores', webui('0: __a__'), '__a__'],
    ['webui-lora', webui('0: a\n8: b <lora:detail:1>'), '<lora:detail:1>', webui('0: a\n8: b ')],
    ['webui-lora', webui('<lora:detail:1>\n8: b'), '<lora:detail:1>', webui('\n8: b')],
    ['webui-editing', webui('a [b:c:0.5]'), '[b:c:0.5]', webui('a b')],
    ['webui-editing', webui('0: [a|b]'), '[a|b]', webui('0: a')],
    ['webui-editing', webui('0: a [b:8]'), '[b:8]', webui('0: a ')],
  ]);
});
