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

const config =
  '{\n "name": "x",\n "head_prompt": "h #1",\n "prompt_map": {"0": "a", "8": "b"},\n "n_prompt": ["bad"],\n "steps": 9\n}';
const infotext =
  'Negative prompt: blurry,\n text\nSteps: 22, Sampler: DPM++ 2M Karras, CFG scale: 7, Seed: 5, Size: 512x512, Model: toon, ' +
  'AnimateDiff: "enable: True, model: mm_sd_v15, video_length: 16, fps: 8, loop_number: 0, closed_loop: R+P, batch_size: 16, stride: 1, overlap: 4, interp: Off, interp_x: 10", Version: 1.6.0';

/** Problems of the prompts in the settings. */
const IN_SETTINGS: readonly (readonly [string, string, string, string?])[] = [
  ['unclosed-bracket', '---\nnegative_prompt: bad, (open\n---\na', '(', '---\nnegative_prompt: bad, (open)\n---\na'],
  ['typographic-characters', '---\nnegative_prompt: a “b\n---\na', '“', '---\nnegative_prompt: a "b\n---\na'],
  [
    'typographic-characters',
    '---\nnegative_prompt: "a \\"b “c"\n---\na',
    '“',
    '---\nnegative_prompt: "a \\"b \\"c"\n---\na',
  ],
  [
    'weight-syntax',
    '---\nnegative_prompt: |\n  a,\n  (b:1,3)\n---\nx',
    ':1,3',
    '---\nnegative_prompt: "a, (b:1.3) "\n---\nx',
  ],
  ['weight-without-brackets', '---\nnegative_prompt: a,\n  blurry:1.2\n---\nx', 'blurry:1.2'],
  ['weight-in-square-brackets', "---\nnegative_prompt: 'it''s, [x:1.3]'\n---\na", '[x:1.3]'],
  ['unmatched-bracket', '---\nnegative_prompt: bad)\n---\na', ')', '---\nnegative_prompt: bad\n---\na'],
  [
    'embedding-prefix',
    '---\nnegative_prompt: embedding:bad-hands\n---\na',
    'embedding:bad-hands',
    '---\nnegative_prompt: bad-hands\n---\na',
  ],
  ['unknown-embedding', '---\nnegative_prompt: embedding:bad-hand\n---\na', 'bad-hand'],
  ['lora-in-negative-prompt', '---\nnegative_prompt: x, <lora:detail:1>\n---\na', '<lora:detail:1>'],
  ['lora-tag', '---\nnegative_prompt: x, <lora:detail:y>\n---\na', '<lora:detail:y>'],
  ['foreign-syntax', '---\nnegative_prompt: a ADDCOL #b\n---\na', 'ADDCOL'],
  ['unknown-definition', '---\ndefine: {hero: x}\nnegative_prompt: $heroo\n---\na', '$heroo'],
  [
    'unclosed-bracket',
    '---\ndefine: {hero: "x, (open"}\n---\n$hero',
    '(',
    '---\ndefine: {hero: "x, (open)"}\n---\n$hero',
  ],
  [
    'unclosed-bracket',
    '---\ndefine:\n  hero: 0, (open\n---\n$hero',
    '(',
    '---\ndefine:\n  hero: "0, (open)"\n---\n$hero',
  ],
  ...[
    '[a|b], c',
    '{a|b} c',
    '*star',
    '&amp, c',
    '!a',
    '| a',
    '> a',
    '- a',
    '? a',
    '@a',
    '%d',
    '`x`',
    ', a',
    '"a" b',
    "'80s, b",
    '"a: b", c',
  ].map((value): readonly [string, string, string, string] => [
    'front-matter-syntax',
    `---\nnegative_prompt: ${value} # x\nseed: 1\n---\na`,
    value,
    `---\nnegative_prompt: ${JSON.stringify(value)} # x\nseed: 1\n---\na`,
  ]),
  ['front-matter-syntax', '---\noutput: out/{name} #1 x\n---\na', '#1 x', '---\noutput: "out/{name} #1 x"\n---\na'],
  [
    'front-matter-syntax',
    '---\r\ndefine:\r\n  a: [b], c\r\n  d: e\r\n---\r\n$d',
    '[b], c',
    '---\r\ndefine:\r\n  a: "[b], c"\r\n  d: e\r\n---\r\n$d',
  ],
  ['front-matter-syntax', '---\nnegative_prompt:[b]\n---\na', '[b]'],
  ['tab', '---\nnegative_prompt: "a\\tb"\n---\na', '\\t', '---\nnegative_prompt: "a b"\n---\na'],
];

/** Text of other tools. */
const PASTED: readonly (readonly [string, string, string, string?])[] = [
  [
    'pasted-schedule',
    config,
    config,
    '---\nsteps: 9\nsampler: DPM++ 2M\nschedule: karras\ncfg_scale: 7.5\nnegative_prompt: bad\nsave: [gif]\n---\nh \\#1\n0-4: a\n8-12: b',
  ],
  [
    'pasted-schedule',
    `---\nsteps: 3\n---\n${config}\n`,
    config,
    '---\nsteps: 3\n# steps: 9\nsampler: DPM++ 2M\nschedule: karras\ncfg_scale: 7.5\nnegative_prompt: bad\nsave: [gif]\n---\nh \\#1\n0-4: a\n8-12: b\n',
  ],
  ['pasted-schedule', '{\n "0": "a",\n "x": "b",\n "8": "c"\n}', '"x": "b"'],
  ['pasted-schedule', '{"0": "a", "8": 9}', '"8": 9'],
  [
    'pasted-infotext',
    `fox\n0: a\n8: b\n${infotext}\n`,
    infotext,
    '---\nmotion_module: mm_sd_v15\nwidth: 512\nheight: 512\nseed: 5\nrng: gpu\nsteps: 22\nsampler: DPM++ 2M\nschedule: karras\n' +
      'negative_prompt: blurry, text\n---\nfox\n0: a\n8: b\n',
  ],
  [
    'pasted-infotext',
    '0: a\nNegative prompt: x: y\n',
    'Negative prompt: x: y',
    '---\nnegative_prompt: "x: y"\n---\n0: a\n',
  ],
  [
    'pasted-infotext',
    'a\nSteps: 20, Sampler: Euler a, Seed: -1',
    'Steps: 20, Sampler: Euler a, Seed: -1',
    '---\nrng: gpu\n---\na\n',
  ],
  [
    'pasted-infotext',
    '0: a fox Negative prompt: bad Steps: 20, Sampler: DPM++ 2M, CFG scale: 7.5\n8: b\n',
    'Negative prompt: bad Steps: 20, Sampler: DPM++ 2M, CFG scale: 7.5',
    '---\nrng: gpu\nsampler: DPM++ 2M\nschedule: uniform\ncfg_scale: 7.5\nnegative_prompt: bad\n---\n0: a fox\n8: b\n',
  ],
  [
    'pasted-infotext',
    'a fox Negative prompt: bad\r\nSteps: 20, Sampler: Euler a, Seed: 5',
    'Negative prompt: bad\r\nSteps: 20, Sampler: Euler a, Seed: 5',
    '---\r\nseed: 5\r\nrng: gpu\r\nnegative_prompt: bad\r\n---\r\na fox',
  ],
];

/** Code, text, the text at the span, and the text after the first fix, if there is one. */
const CASES: readonly (readonly [string, string, string, string?])[] = [
  ['front-matter-end', '---\nfps: 8\n', '---\n', '---\nfps: 8\n---\n'],
  ['misplaced-settings', '\n---\nfps: 9\n---\na', '---\nfps: 9\n---', '---\nfps: 9\n---\n\na'],
  ['misplaced-settings', '# x\n---\nfps: 9\n---\na', '---\nfps: 9\n---', '---\nfps: 9\n---\n# x\na'],
  ['misplaced-settings', ' ---\n fps: 9\n ---\na', ' ---\n fps: 9\n ---', '---\nfps: 9\n---\na'],
  [
    'misplaced-settings',
    '---\nseed: 1\n---\n0: a\n---\nseed: 2\nfps: 9\n---\n',
    '---\nseed: 2\nfps: 9\n---',
    '---\nseed: 1\n# seed: 2\nfps: 9\n---\n0: a\n',
  ],
  ['misplaced-settings', '\r\n---\r\nfps: 9\r\na', '---\r\nfps: 9', '---\r\nfps: 9\r\n---\r\n\r\na'],
  [
    'misplaced-settings',
    '0: a\n8: b\nfps: 9\nsave: [gif]\n',
    'fps: 9\nsave: [gif]',
    '---\nfps: 9\nsave: [gif]\n---\n0: a\n8: b\n',
  ],
  ['misplaced-settings', '—\nfps: 9\n—\na', '—\nfps: 9\n—', '---\nfps: 9\n---\na'],
  ['misplaced-settings', '---\nfps: 9\n---\na\n---\n', '---', '---\nfps: 9\n---\na\n'],
  ['misplaced-settings', '---\ndefine: {b: c}\n---\na\n---\ndefine:\n  d: e\n---', '---\ndefine:\n  d: e\n---'],
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
    'x\n0-4: a b\n8-12: \\(c\\)\ny\n',
  ],
  ...PASTED,
  ...IN_SETTINGS,
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
  ['controlnet-input', '---\ncontrolnet: [{model: pose, image: a.png, batch: b}]\n---\na', 'batch'],
  ['controlnet-input', '---\nvideo: {path: c}\ncontrolnet: [{model: pose, batch: b, video: d.mp4}]\n---\na', 'video'],
  [
    'missing-file',
    '---\ninit_image: missing/pos.png\n---\na',
    'missing/pos.png',
    '---\ninit_image: "missing/pose.png"\n---\na',
  ],
  ['missing-file', '---\nmask: missing/x\n---\na', 'missing/x'],
  ['missing-file', '---\nvideo: {path: missing/x}\n---\na', 'missing/x'],
  [
    'missing-file',
    '---\nvideo: {path: missing/*.png}\n---\na',
    'missing/*.png',
    '---\nvideo: {path: "missing"}\n---\na',
  ],
  [
    'too-few-images',
    '---\nframes: 20\nvideo: {path: frames}\n---\na',
    'frames',
    '---\nframes: 16\nvideo: {path: frames}\n---\na',
  ],
  ['too-few-images', '---\nvideo: {path: frames, from: 9}\n---\na', 'frames'],
  ['folder-images', '---\nvideo: {path: mixed-frames}\n---\na', 'mixed-frames'],
  ['folder-images', '---\ncontrolnet: [{model: pose, batch: mixed-frames}]\n---\na', 'mixed-frames'],
  ['format-loses', '---\nloop: 3\nsave: [webp, mp4]\n---\na', 'mp4'],
  ['format-loses', '---\nvideo: {source: a.mp4}\naudio: keep\nsave: [mp4, gif]\n---\na', 'gif'],
  ['setting-value', '---\nvideo: {source: a.mp4, from: 1.5, to: 0.5}\n---\na', '0.5'],
  [
    'setting-range',
    '---\nvideo: {source: a.mp4, from: -1}\n---\na',
    '-1',
    '---\nvideo: {source: a.mp4, from: 0}\n---\na',
  ],
  ['missing-file', '---\ncontrolnet: [{model: a, image: b}, {model: a, batch: missing/x}]\n---\na', 'missing/x'],
  ['lora-tag', 'a <lora:detail:x>', '<lora:detail:x>'],
  ['lora-tag', 'a <lora::1>, b', '<lora::1>'],
  ['lora-tag', 'a <lora: :1>, b', '<lora: :1>'],
  ['lora-tag', 'a <lora:te=1>, b', '<lora:te=1>'],
  ['lora-tag', 'a, <lora:detail:0.8, b', '<lora:detail:0.8', 'a, <lora:detail:0.8>, b'],
  ['lora-tag', 'a <lora:detail:1 b', '<lora:detail:1', 'a <lora:detail:1> b'],
  ['lora-tag', 'a <lora:detail:1, <lora:style:1>', '<lora:detail:1', 'a <lora:detail:1>, <lora:style:1>'],
  ['lora-tag', 'a <lora:', '<'],
  ['lora-in-negative-prompt', '0: a --neg <lora:detail:1>', '<lora:detail:1>'],
  ['unknown-definition', '---\ndefine: {hero: x}\n---\n$heroo', '$heroo', '---\ndefine: {hero: x}\n---\n$\u007bhero}'],
  ['definition-cycle', '---\ndefine: {a: $a}\n---\nb', '$a'],
  ['overlap-too-large', '---\noverlap: 16\n---\na', '16', '---\noverlap: 4\n---\na'],
  ['output-placeholder', '---\noutput: "x/{nam}"\n---\na', '{nam}', '---\noutput: "x/{name}"\n---\na'],
  ['output-outside-folder', '---\noutput: ../../x\n---\na', '../../x'],
  ['output-outside-folder', '---\noutput: a/../../../work2/{name}\n---\na', 'a/../../../work2/{name}'],
  ['output-outside-folder', '---\noutput: ..\\..\\x\n---\na', '..\\..\\x'],
  ['output-outside-folder', '---\noutput: ../../work\n---\na', '../../work'],
  ['setting-value', '---\noutput: "a\\0b"\n---\na', '"a\\0b"'],
  ['setting-value', '---\nvae: a\0b\n---\na', 'a\0b'],
  ['fps-limits', '---\nfps: 0.01\n---\na', '0.01', '---\nfps: 0.0153\n---\na'],
  ['fps-limits', '---\nfps: 0.001\nsave: [gif]\n---\na', '0.001', '---\nfps: 0.0016\nsave: [gif]\n---\na'],
  ['fps-limits', '---\nfps: 60\nsave: [mp4, gif]\n---\na', '60', '---\nfps: 50\nsave: [mp4, gif]\n---\na'],
  ['fps-limits', '---\nfps: 100\n---\na', '100', '---\nfps: 90\n---\na'],
  [
    'controlnet-preprocessor',
    '---\ncontrolnet: [{model: pose, preprocessor: canny, image: pose.png}]\n---\na',
    'canny',
    '---\ncontrolnet: [{model: pose, preprocessor: none, image: pose.png}]\n---\na',
  ],
  [
    'interpolation-model-missing',
    '---\nfps: 80\ninterpolate: {method: film}\n---\na',
    'film',
    '---\nfps: 80\ninterpolate: {method: blend}\n---\na',
  ],
  [
    'slow-motion',
    '---\nfps: 8\ninterpolate: {method: blend, x: 10}\n---\na',
    '10',
    '---\nfps: 83\ninterpolate: {method: blend, x: 10}\n---\na',
  ],
  [
    'slow-motion',
    '---\ninterpolate: {method: blend, x: 3}\n---\na',
    '3',
    '---\ninterpolate: {method: blend, x: 3}\nfps: 30.5\n---\na',
  ],
  ['slow-motion', '---\ninterpolate: {method: blend, x: 3}\n---\n1s: a', '3'],
  ['slow-motion', '---\ninterpolate: {method: blend, x: 10}\nsave: [gif]\n---\na', '10'],
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
  ['lora-tag', '0: a <lora:> b', '<lora:>'],
  ['lora-tag', '0: <lyco:>', '<lyco:>'],
  ['lora-tag', '0: <LORA:detail:1>', '<LORA:detail:1>', '0: <lora:detail:1>'],
  ['lora-tag', '0: <Lyco:detail:1>', '<Lyco:detail:1>', '0: <lyco:detail:1>'],
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

  it('allow any output path of the command line, and absolute paths and the home folder in a file', () => {
    const base = (text: string, output?: string) =>
      checkTravel(text, testEnvironment(), output ? { overrides: { output } } : {}).plan?.output.base;
    expect(base('a', '../../x')).toBe('/projects/clips/../../x');
    expect(base('---\noutput: ../x\n---\na')).toBe('/projects/clips/../x');
    expect(base('---\noutput: /clips/x\n---\na')).toBe('/clips/x');
    expect(base('---\noutput: ~/trv/{name}\n---\na')).toBe('/home/me/trv/clip');
    expect(base('---\noutput: ~x/y\n---\na')).toBe('/projects/clips/~x/y');
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
