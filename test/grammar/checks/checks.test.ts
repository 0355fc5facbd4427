import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyEdits } from '../../../grammar/format/format.ts';
import { checkTravel } from '../../../grammar/language.ts';
import { runs } from '../../property-runs.ts';
import { testEnvironment } from '../environment.ts';
import { travelText } from '../text.ts';

const check = (text: string) => checkTravel(text, testEnvironment());

/** The problems of a text: code and the text at the span. */
const found = (text: string) =>
  check(text).problems.map(({ code, span }) => [code.replace('travel/', ''), text.slice(span.start, span.end)]);

/** A file in the webui dialect, with at most one more setting. */
const webui = (body: string, setting?: string) =>
  ['---', 'dialect: webui', ...(setting ? [setting] : []), '---', body].join('\n');

/** Code, text, the text at the span, and the text after the first fix, if there is one. */
const CASES: readonly (readonly [string, string, string, string?])[] = [
  ['front-matter-end', '---\nfps: 8\n', '---\n', '---\nfps: 8\n---\n'],
  ['text-between-keyframes', '0: a\nb\n9: c\n', 'b', '0: a\n9: c\nb\n'],
  ['invalid-position', '1.5: a', '1.5', '2: a'],
  ['key-beyond-end', '0: a\n16: b', '16', '0: a\n15: b'],
  ['key-beyond-end', '3: a\n-17: b', '-17'],
  ['key-beyond-end', '-17: b\n3: a', '-17', '0: b\n3: a'],
  ['hold-range', '0-20: a', '20', '0-15: a'],
  ['hold-range', '8-4: a', '4'],
  ['overlapping-holds', '0-9: a\n8: b', '9', '0-7: a\n8: b'],
  ['overlapping-holds', '0-8: a\n8: b', '8', '0-7: a\n8: b'],
  ['duplicate-key', '0: a\n8: b\n  d # e\n50%: c', '50%', '0: a\n50%: c'],
  ['key-order', '8: b\n0: a # x\n', '0', '0: a\n8: b # x\n'],
  ['empty-keyframe', '0:\n8: a', '0:', '8: a'],
  ['first-key-above-zero', '8: a', '8', '0: a'],
  ['keyframes-too-close', '0: a\n4: b', '4'],
  ['space-after-colon', '0:a', ':', '0: a'],
  ['space-after-colon', '0:   a', '   ', '0: a'],
  ['indented-key', '0: a\n 8: b', '8', '0: a\n8: b'],
  ['foreign-key-syntax', '0 : a', ' ', '0: a'],
  ['foreign-key-syntax', '> 0: a', '> 0: a', '0: a'],
  ['foreign-key-syntax', '0|a', '0|a', '0: a'],
  ['foreign-key-syntax', '0: a | 9: b', '| 9:', '0: a\n9: b'],
  ['foreign-key-syntax', '0: a, 9: b', ', 9:', '0: a\n9: b'],
  ['foreign-key-syntax', '0: a | 12 :b, c', '| 12 :', '0: a\n12: b, c'],
  ['foreign-key-syntax', '0: a; 9: b', '; 9:', '0: a\n9: b'],
  ['foreign-key-syntax', '0: a, 9:b | 12: c', ', 9:', '0: a\n9: b\n12: c'],
  ['foreign-key-syntax', '0: (a, 4: b), 9: c', ', 9:', '0: (a, 4: b)\n9: c'],
  ['foreign-key-syntax', '- 0: a', '- 0: a', '0: a'],
  ['foreign-key-syntax', '* 0: a\n* 8: b', '* 0: a', '0: a\n8: b'],
  ['foreign-key-syntax', '• 0:a', '• 0:a', '0: a'],
  ['foreign-key-syntax', '[0]: a', '[0]: a', '0: a'],
  ['foreign-key-syntax', '(0): a', '(0): a', '0: a'],
  ['foreign-key-syntax', '<0>: a', '<0>: a', '0: a'],
  ['foreign-key-syntax', '+0: a', '+0: a', '0: a'],
  ['foreign-key-syntax', '0 -> a \\#1', '0 -> a \\#1', '0: a \\#1'],
  ['foreign-key-syntax', '0 => a', '0 => a', '0: a'],
  ['foreign-key-syntax', '  frame 0: a', 'frame 0: a', '0: a'],
  ['foreign-key-syntax', 'Frame 0 : a', 'Frame 0 : a', '0: a'],
  ['foreign-key-syntax', 'f0: a', 'f0: a', '0: a'],
  ['foreign-key-syntax', '0 = a\n8 = b', '0 = a', '0: a\n8: b'],
  ['foreign-key-syntax', '0. a\n8) b\n9 - c', '0. a', '0: a\n8: b\n9: c'],
  ['weight-without-brackets', '(word):1.2, a', '(word):1.2', '(word:1.2), a'],
  ['weight-without-brackets', '((x)):1.3', '((x)):1.3', '(x:1.3)'],
  ['weight-without-brackets', '[x]:0.8', '[x]:0.8', '(x:0.8)'],
  ['weight-without-brackets', 'a, (b \\# c):.9, d', '(b \\# c):.9', 'a, (b \\# c:.9), d'],
  ['weight-without-brackets', '():1.2', '():1.2'],
  ['typographic-characters', '｛a｜b｝', '｛', '{a|b}'],
  ['lone-carriage-return', '0: a\r8: b', '\r8: b', '0: a\n8: b'],
  ['comment-in-prompt', '0: stall #7, lanterns', '#7, lanterns', '0: stall \\#7, lanterns'],
  ['foreign-syntax', 'a AND_SALT b', 'AND_SALT', 'a  b'],
  ['foreign-syntax', 'a __b\\c__', '__b\\c__'],
  ['foreign-syntax', 'a __b(c=d)__', '__b(c=d)__'],
  ['pasted-schedule', '"0": "a \\"b\\"",', '"0": "a \\"b\\"",', '0: a "b"'],
  ['pasted-schedule', "0:'a cat',", "0:'a cat',", '0: a cat'],
  ['pasted-schedule', '0 = "a"', '0 = "a"', '0: a'],
  ['pasted-schedule', '{"0": "a", "8": "b"}', '{"0": "a", "8": "b"}', '0: a\n8: b'],
  [
    'pasted-schedule',
    'x\n"prompt_map": {\n  "0": "a\\nb",\n\n  "8": "\\\\(c\\\\)"\n},\ny\n',
    '"prompt_map": {\n  "0": "a\\nb",\n\n  "8": "\\\\(c\\\\)"\n},',
    'x\n0: a b\n8: \\(c\\)\ny\n',
  ],
  ['unknown-transition', '0: a\n8 ease-inn: b', 'ease-inn', '0: a\n8 ease-in: b'],
  ['negative-marker', '0: a -neg b', '-neg'],
  ['negative-marker', '0: a -- neg b', '-- neg'],
  ['negative-marker', '0: a--neg b', '--neg'],
  ['negative-marker', '0: a --negb', '--neg'],
  ['negative-marker', '0: a --neg b --neg c', '--neg', '0: a --neg b  c'],
  ['negative-marker', 'a --neg b', '--neg'],
  ['negative-marker', 'a -neg b', '-neg'],
  ['negative-marker', '0: a --neg b -neg c', '-neg', '0: a --neg b  c'],
  ['text-between-keyframes', '0: a\nb\n  c\n8: d\ne', 'b', '0: a\n8: d\nb\nc\ne'],
  ['typographic-characters', 'a “b', '“', 'a "b'],
  ['typographic-characters', '（x：１.2', '（'],
  ['typographic-characters', '（x：１.2）', '（', '(x:1.2)'],
  ['typographic-characters', '８：夏', '８：', '8: 夏'],
  ['typographic-characters', '０～８：夏', '０～８：', '0-8: 夏'],
  ['unclosed-bracket', 'a ([b', '(', 'a ([b])'],
  ['space-after-colon', '0:#1girl', ':', '0: \\#1girl'],
  ['negative-marker', '0: a  -neg  b', '-neg', '0: a  --neg  b'],
  ['tab', 'a\tb', '\t', 'a b'],
  ['weight-syntax', '(winter.1.2)', '.1.2', '(winter:1.2)'],
  ['weight-syntax', '(x:1,3)', ':1,3', '(x:1.3)'],
  ['weight-syntax', '(x:1.2.3)', ':1.2.3', '(x:1.2)'],
  ['weight-in-square-brackets', '[x:1.3]', '[x:1.3]', '(x:1.3)'],
  ['weight-without-brackets', 'a, big smile:1.3, b', 'big smile:1.3', 'a, (big smile:1.3), b'],
  ['unclosed-bracket', 'a (b', '(', 'a (b)'],
  ['unmatched-bracket', 'a) b', ')', 'a b'],
  ['break-in-brackets', '(a BREAK b:1.2)', 'BREAK'],
  ['foreign-syntax', 'a ADDCOL b', 'ADDCOL', 'a  b'],
  ['foreign-syntax', 'a {{b}}', '{{b}}', 'a b'],
  ['foreign-syntax', 'a $\u007bb=c}', '$\u007bb=c}'],
  ['prompt-editing-disabled', '[a:b:0.5] c | d', '|', '[a:b:0.5] c \\| d'],
  ['prompt-editing-disabled', 'x | y\n0: [a|b]\n8: c', '|', 'x \\| y\n0: [a|b]\n8: c'],
  ['prompt-editing-disabled', '[a:b:0.5] (c|d)', '|', '[a:b:0.5] (c\\|d)'],
  ['prompt-editing-disabled', '[a:b:0.5] c \\', '\\', '[a:b:0.5] c \\\\'],
  ['prompt-editing-disabled', '[a|b]\n0: c \\, <lora:detail:1>\n8: d', '\\', '[a|b]\n0: c \\\\, <lora:detail:1>\n8: d'],
  ['prompt-editing-disabled', 'x\\\n0: [a|b]\n8: <lora:detail:1>', '\\', 'x\\\\\n0: [a|b]\n8: <lora:detail:1>'],
  ['prompt-editing-disabled', '0: [a|b]\n\nx\ny\\\n', '\\', '0: [a|b]\n\nx\ny\\\\\n'],
  ['embedding-prefix', 'a, embedding:bad-hands', 'embedding:bad-hands', 'a, bad-hands'],
  ['embedding-prefix', '(embedding:x/bad-hands.pt:1.2)', 'embedding:x/bad-hands.pt', '(bad-hands:1.2)'],
  ['unknown-embedding', 'a, embedding:bad-hand.pt, b', 'bad-hand', 'a, bad-hands, b'],
  ['foreign-digits', '٨: a', '٨', '8: a'],
  ['foreign-digits', '(x:१.२)', '१.२', '(x:1.2)'],
  ['controlnet-input', '---\ncontrolnet: [{model: pose}]\n---\na', 'pose'],
  [
    'missing-file',
    '---\ninit_image: missing/pos.png\n---\na',
    'missing/pos.png',
    '---\ninit_image: "missing/pose.png"\n---\na',
  ],
  ['missing-file', '---\nmask: missing/x\n---\na', 'missing/x'],
  ['missing-file', '---\nvideo: {path: missing/x}\n---\na', 'missing/x'],
  ['missing-file', '---\ncontrolnet: [{model: a, image: b}, {model: a, batch: missing/x}]\n---\na', 'missing/x'],
  ['lora-tag', 'a <lora:detail:x>', '<lora:detail:x>'],
  ['lora-tag', 'a, <lora:detail:0.8, b', '<lora:detail:0.8', 'a, <lora:detail:0.8>, b'],
  ['lora-tag', 'a <lora:detail:1 b', '<lora:detail:1', 'a <lora:detail:1> b'],
  ['lora-tag', 'a <lora:detail:1, <lora:style:1>', '<lora:detail:1', 'a <lora:detail:1>, <lora:style:1>'],
  ['lora-tag', 'a <lora:', '<'],
  ['lora-in-negative-prompt', '0: a --neg <lora:detail:1>', '<lora:detail:1>'],
  ['unknown-definition', '---\ndefine: {hero: x}\n---\n$heroo', '$heroo', '---\ndefine: {hero: x}\n---\n$\u007bhero}'],
  ['definition-cycle', '---\ndefine: {a: $a}\n---\nb', '$a'],
  ['overlap-too-large', '---\noverlap: 16\n---\na', '16', '---\noverlap: 4\n---\na'],
  ['output-placeholder', '---\noutput: "x/{nam}"\n---\na', '{nam}', '---\noutput: "x/{name}"\n---\na'],
  ['nothing-to-save', '---\nsave: []\n---\na', '[]', '---\nsave: [webp]\n---\na'],
  ['uncovered-frames', '---\ndialect: webui\nframes: 28\nclosed_loop: N\n---\na', 'N'],
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
  ['size-far-from-native', '---\nwidth: 512\nheight: 512\n---\na', '512'],
];

describe('the checks', () => {
  it.each(CASES.map(([code, text, pointed, repaired = null]) => ({ code, text, pointed, repaired })))(
    '$code in $text',
    ({ code, text, pointed, repaired }) => {
      expect(found(text)).toContainEqual([code, pointed]);
      if (repaired === null) return;
      const problem = check(text).problems.find(
        (item) => item.code === `travel/${code}` && text.slice(item.span.start, item.span.end) === pointed,
      )!;
      expect(applyEdits(text, problem.fixes![0]!.edits)).toBe(repaired);
      if (code !== 'typographic-characters') expect(found(repaired)).not.toContainEqual([code, pointed]);
    },
  );

  it('report nothing in a correct file', () => {
    const right = [
      'portrait of a woman, ((masterpiece)), [blurry], (a:1.3), \\(name\\)\n',
      '---\nframes: 32\n---\n0: (red hair:1.2) [cat:dog:0.5] [a|b] BREAK sky <lora:detail:0.8>\n8-10 ease: b --neg c\n-1: time 12:30\n',
      'girl # comment: (\n0: a\n# 12: not a key\n8: (a\n  b:1.2)\n\ntail AND other:1.3\n',
    ];
    expect(right.map(found)).toEqual([[], [], []]);
  });

  it('allow rendering with text between keyframes', () => {
    const { plan, problems } = check('0: a\nb\n8: c\n');
    expect(problems.map(({ severity }) => severity)).toEqual(['error']);
    expect(plan!.prompts.map(({ text }) => text)).toEqual(['a, b', '', 'c, b']);
  });

  it('have spans inside the text, in order, and fixes that do not overlap', () => {
    fc.assert(
      fc.property(fc.oneof(travelText, fc.string({ unit: 'binary', maxLength: 300 })), (text) => {
        const { problems } = check(text);
        const inside = ({ start, end }: { start: number; end: number }) =>
          0 <= start && start <= end && end <= text.length;
        expect(problems.filter(({ span }) => !inside(span))).toEqual([]);
        expect(problems.map(({ span }) => span.start)).toEqual(
          problems.map(({ span }) => span.start).sort((a, b) => a - b),
        );
        for (const { edits } of problems.flatMap(({ fixes }) => fixes ?? [])) {
          const sorted = [...edits].sort((a, b) => a.span.start - b.span.start);
          expect(
            sorted.every(({ span }, i) => inside(span) && (i === 0 || sorted[i - 1]!.span.end <= span.start)),
          ).toBe(true);
        }
      }),
      runs(500),
    );
  });
});
