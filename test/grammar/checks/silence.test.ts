import { describe, expect, it } from 'vitest';
import { MOST_OF_A_KIND } from '../../../grammar/checks/run.ts';
import { applyEdits } from '../../../grammar/format/format.ts';
import { checkTravel } from '../../../grammar/language.ts';
import { clipTokenizer } from '../../golden/prompts.ts';
import { testEnvironment } from '../environment.ts';

const problemsOf = (code: string, text: string, environment = testEnvironment()) =>
  checkTravel(text, environment).problems.filter((problem) => problem.code === `travel/${code}`);

const webui = (body: string, setting = 'frames: 16') => `---\ndialect: webui\n${setting}\n---\n${body}`;

describe('no problem is reported for', () => {
  it.each([
    ['prompt-editing-disabled', 'a | b', 'a bar where nothing is edited'],
    ['prompt-editing-disabled', '[a:b:0.5] [c|d]', 'bars in square brackets'],
    ['prompt-editing-disabled', '[a:b:0.5] {c|d}', 'a choice, which is rolled before'],
    ['prompt-editing-disabled', '[a:b:0.5] {c|(d|e)}', 'a bar inside a choice'],
    ['prompt-editing-disabled', '[a:b:0.5] c \\| d', 'an escaped bar'],
    ['prompt-editing-disabled', '0: [a:b:0.5]\n8: c | d', 'a bar in another keyframe'],
    ['prompt-editing-disabled', 'portrait [blurry] | x', 'brackets that weaken'],
    ['prompt-editing-disabled', '[a:b:0.5] c \\\\', 'a backslash that is escaped'],
    ['prompt-editing-disabled', '[a:b:0.5] c \\,', 'a backslash before a comma that stays'],
    ['prompt-editing-disabled', 'x \\\n0: [a|b] \\\n8: c\n\ntail', 'backslashes that something follows'],
    ['prompt-editing-disabled', '0: [a|b]\n8: c\\', 'a backslash in another keyframe'],
    ['prompt-editing-disabled', 'c \\', 'a backslash where nothing is edited'],
    ['embedding-prefix', 'bad-hands, my_embedding:x', 'another word before a colon'],
    ['embedding-prefix', 'an embedding: of words', 'a word and a colon'],
    ['unknown-embedding', 'embedding:bad-hands', 'an embedding that is there'],
    ['foreign-digits', '8: (x:1.2), ١٢', 'digits that are words'],
    ['foreign-digits', '（x：１.2)', 'full-width digits, which have a code of their own'],
    ['controlnet-input', '---\ncontrolnet: [{model: a, image: b.png}]\n---\nx', 'a unit with a picture'],
    ['controlnet-input', '---\ncontrolnet: [{model: a}]\nvideo: {path: c}\n---\nx', 'a video for all units'],
    ['foreign-key-syntax', '0: a, 16:9 ratio, {2::b|3::c}, [d:e, 8:f]', 'ratios, weights and brackets'],
    ['foreign-key-syntax', '0: a | b\n8: c | d', 'two options'],
    ['foreign-key-syntax', '0: a | b | c\n8: d', 'bars in one keyframe'],
    ['foreign-key-syntax', '0: [a | b | c]\n8: {d | e | f}', 'bars in brackets'],
    ['foreign-key-syntax', '0: a|b|c\n8: d|e|f', 'bars without spaces'],
    ['foreign-key-syntax', '0: "a"; 8: "b"', 'entries of a schedule'],
    ['compel-syntax', 'a\nSteps: 20, Sampler: DPM++ 2M Karras, Model: x++, Seed: 5', 'parameters of A1111'],
    ['compel-syntax', 'Sampler: DPM++ 2M Karras', 'the name of a sampler'],
    [
      'weight-without-brackets',
      'a\nNegative prompt: b\nSteps: 20, CFG scale: 7.5, Denoising strength: 0.5, Seed: 5',
      'parameters of A1111',
    ],
    ['foreign-key-syntax', '3) a cat', 'a single list item'],
    ['foreign-key-syntax', '80s style\n1girl, solo', 'numbers in words'],
    ['weight-without-brackets', '[(a):0.5], [(a):(b):0.5], ((a):1.2), (a:1.2)', 'prompt editing and weights'],
    ['weight-without-brackets', '(a):1.2 AND (b):0.8', 'weights of a composition'],
    ['comment-in-prompt', '#7\n0: #b\n  #c\n8: d # e\n9: f \\#g', 'comments, and escaped characters'],
    ['lone-carriage-return', '0: a\r\n8: b\r\n', 'Windows line endings'],
    ['pasted-schedule', '0: "a" and "b"\n8: say "hello", loudly', 'quotes inside a prompt'],
    ['pasted-schedule', '{a|b}\n[c:d:0.5]\n(e:1.2)\n{', 'brackets without entries'],
    ['pasted-schedule', '# "0": "a"\n', 'a comment'],
    [
      'front-matter-syntax',
      '---\nnegative_prompt: "a # b" # c\noutput: x # y\nvae: \'a\' #b\ndefine:\n  a: |\n    [b\n  c: -d\n---\ne',
      'text that YAML reads as it is',
    ],
    [
      'front-matter-syntax',
      '---\nnegative_prompt: "a\n  b"\ndefine: {a: "b", c: d}\nsave: [gif]\n---\ne',
      'values over lines, maps and lists',
    ],
    ['fps-limits', '---\nfps: 50\nsave: [gif, webp]\n---\na', 'a rate that every format has'],
    ['fps-limits', '---\nfps: 240\nsave: [mp4, webm, png]\n---\na', 'formats without a limit'],
    [
      'format-loses',
      '---\nloop: 3\nsave: [gif, webp, apng, png, txt]\n---\na',
      'formats with a loop count, and no clips',
    ],
    ['format-loses', '---\nloop: 3\nsave: [mp4]\n---\na', 'no format with a loop count, which another code reports'],
    ['format-loses', '---\nsave: [gif, mp4]\n---\na', 'nothing to lose'],
    ['output-outside-folder', '---\noutput: ../{name}/../x\n---\na', 'a path in the workspace folder'],
    ['misplaced-settings', '---\nfps: 8\n---\na\nseeds: 4\nstyle: x\nseed: of doubt\n0: b', 'text with a colon'],
    ['pasted-infotext', 'a, Negative prompt: b\nSteps: 4 of them\n', 'words that are similar'],
    ['webui-comment', webui('0: a # b\n8: c # d'), 'comments with nothing below'],
    ['webui-lora', webui('0: a\n 8: b <lora:detail:1>'), 'a tag in what the dialect takes for the tail'],
  ])('%s in %j: %s', (code, text) => {
    expect(problemsOf(code, text)).toEqual([]);
  });
});

describe('in the webui dialect', () => {
  it.each(['webui-keyframe', 'webui-comment', 'webui-ignores', 'webui-lora', 'webui-editing'])(
    '%s reports nothing in correct webui files, in files without travel, and in the travel dialect',
    (code) => {
      const known = 'girl <lora:detail:1>, [x]\n0: a <lora:style:1>\n8: b {c}, $d\n\ntail\n';
      const still = webui('girl # comment\n# another\n', 'transition: linear\nfuse: overwrite');
      const ours = '0-8: a # b\n\n9: $c [a:b:0.5] --neg {e|f} <lora:detail:1>';
      expect([webui(known), still, ours].map((text) => problemsOf(code, text))).toEqual([[], [], []]);
    },
  );

  it.each([
    ['text-between-keyframes', '0: a\nb\n8: c'],
    ['invalid-position', '1.5: a'],
    ['hold-range', '8-4: a'],
    ['overlapping-holds', '0-9: a\n8: b'],
    ['space-after-colon', '0:a'],
    ['indented-key', '0: a\n 8: b'],
    ['unknown-transition', '8 ease-inn: a'],
    ['negative-marker', '0: a -neg b'],
    ['lora-in-negative-prompt', '0: a --neg <lora:detail:1>'],
    ['unknown-definition', '$hero'],
  ])('%s does not apply', (code, body) => {
    expect(problemsOf(code, body)).not.toEqual([]);
    expect(problemsOf(code, webui(body))).toEqual([]);
  });
});

describe('a table', () => {
  it('is reported once for each of its rows', () => {
    const text = '0: a | b | c\n4: x\n8: d | e | (f|g:1.2)\n12: h | i\n';
    const spans = problemsOf('foreign-key-syntax', text).map(({ span }) => text.slice(span.start, span.end));
    expect(spans).toEqual(['a | b | c', 'd | e | (f|g:1.2)']);
  });
});

describe('a pasted schedule', () => {
  it.each([
    ['"1.5": "a", "2": "b"', 'frame 2 '],
    ['{"0": "a", "8": "b", "0": "c"}', 'frame 0 '],
    ['| frame | prompt |\n|---|---|\n| 4 | a |\n| 4 | b |', 'frame 4 '],
  ])('with two prompts at a frame has a reason, and no fix: %j', (text, reason) => {
    const [problem] = problemsOf('pasted-schedule', text);
    expect(problem).toMatchObject({
      message: expect.stringContaining(`Two of its entries are at ${reason}`),
      fixes: [],
    });
  });

  const converted = (text: string) => {
    const problems = problemsOf('pasted-schedule', text);
    return {
      count: problems.length,
      text: applyEdits(
        text,
        problems.flatMap(({ fixes }) => fixes![0]!.edits),
      ),
    };
  };

  it('is one problem, converted as a whole', () => {
    const text = 'girl\n\n{\n  "0": "a, (b:1.2)",\n  "8": "say \\"hi\\" \\u00e9"\n}\n\nsky\n';
    expect(converted(text)).toEqual({ count: 1, text: 'girl\n\n0: a, (b:1.2)\n8: say "hi" é\n\nsky\n' });
  });

  it('can be Python, on one line, or two schedules', () => {
    expect(converted("prompts = {0: 'it\\'s', 8: 'b'}")).toEqual({ count: 1, text: "0: it's\n8: b" });
    expect(converted('0 = "a",\n8 = "b"\n')).toEqual({ count: 1, text: '0: a\n8: b\n' });
    expect(converted('{"0": "a"}\nx\n{"8": "b"}')).toEqual({ count: 2, text: '0: a\nx\n8: b' });
  });

  it('keeps line endings', () => {
    expect(converted('{\r\n"0": "a",\r\n"8": "b"\r\n}\r\n').text).toBe('0: a\r\n8: b\r\n');
  });

  it('is no longer reported after conversion', () => {
    expect(problemsOf('pasted-schedule', converted('{\n"0": "\\"a\\", c",\n"8": "b"\n}').text)).toEqual([]);
  });

  it('is found in a long text in linear time', () => {
    const text = `{\n${Array.from({ length: 5000 }, (_, i) => `"${i}": "word ${i}",`).join('\n')}\n`;
    expect(problemsOf('pasted-schedule', text)).toHaveLength(1);
    expect(problemsOf('pasted-schedule', '{'.repeat(100_000))).toEqual([]);
    expect(problemsOf('pasted-schedule', `"0": "${'\\'.repeat(100_000)}`)).toHaveLength(1);
  });
});

it('checks long texts that are designed to be slow', () => {
  const texts = ['[|', '[:1', '[a|', 'embedding:', 'embedding:a/', ': \u0661', '{{', '"0":"', '{"0":"a",'];
  for (const text of texts) {
    const { problems } = checkTravel(text.repeat(30_000), testEnvironment());
    expect(problems.every(({ span }) => span.end <= text.length * 30_000)).toBe(true);
  }
});

describe('a difference in chunks', () => {
  const environment = testEnvironment({ tokenizer: clipTokenizer() });
  const long = Array.from({ length: 60 }, (_, i) => `word ${i}`).join(', ');
  const found = (text: string) =>
    problemsOf('chunk-counts', text, environment).map(({ span, related }) => [
      text.slice(span.start, span.end),
      related!.map((place) => text.slice(place.span.start, place.span.end)),
    ]);

  it('is compared with the previous keyframe in the order of frames', () => {
    expect(found(`8: ${long}\n0: a\n12: ${long}\n15: b`)).toEqual([
      ['8', ['0']],
      ['15', ['12']],
    ]);
    expect(found('0: a\n8: b BREAK c')).toEqual([['8', ['0']]]);
  });

  it('is not reported if all are equal or unknown', () => {
    expect(found(`${long}\n0: a\n8: b`)).toEqual([]);
    expect(found('0: BREAKFAST\n8: b')).toEqual([]);
    expect(found(long)).toEqual([]);
    expect(problemsOf('chunk-counts', `0: a\n8: ${long}`)).toEqual([]);
  });

  it('counts bytes of long characters', () => {
    expect(found(`0: a\n8: ${'\u{13000}'.repeat(37)}`)).toEqual([['8', ['0']]]);
  });
});

it('reports a limited number of problems of a kind, and a notice that there are more', () => {
  const report = (brackets: number) => problemsOf('unclosed-bracket', '('.repeat(brackets));
  expect(report(MOST_OF_A_KIND)).toHaveLength(MOST_OF_A_KIND);
  const reported = report(300_000);
  expect(reported).toHaveLength(MOST_OF_A_KIND + 1);
  expect(reported.at(-1)).toMatchObject({ severity: 'information', message: expect.stringContaining('More than') });
});

it.each(['=======\n', '<<<<<<< a\n', '|||||||\n'])('a flood of %j is limited, too', (marker) => {
  const { problems, plan } = checkTravel(marker.repeat(MOST_OF_A_KIND + 100), testEnvironment());
  expect(problems).toHaveLength(MOST_OF_A_KIND + 1);
  expect(plan).toBeNull();
});
