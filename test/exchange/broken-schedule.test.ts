import { describe, expect, it } from 'vitest';
import { foreignFile } from '../../exchange/foreign-file.ts';
import { foreignReader } from '../../exchange/foreign-reader.ts';
import { importTravel } from '../../exchange/import.ts';
import { ImportError } from '../../exchange/notes.ts';
import { convertPasted } from '../../grammar/pasted/convert-pasted.ts';
import { parseTravel } from '../../grammar/syntax/parse.ts';
import { TRICKY_PROMPTS } from '../grammar/checks/ordinary-prompts.ts';
import { testEnvironment } from '../grammar/environment.ts';

/** The keyframes of a text that is imported, or why it is refused. */
function imported(text: string): { readonly format: string; readonly keys: string; readonly notes: readonly string[] } {
  try {
    const { format, travel, notes } = importTravel([{ text }]);
    return {
      format,
      keys: travel.replace(/^---[\s\S]*?\n---\n+/, '').trim(),
      notes: notes.flatMap(({ key }) => (key === 'length-not-in-file' ? [] : [key])),
    };
  } catch (error) {
    if (!(error instanceof ImportError)) throw error;
    return { format: 'refused', keys: error.message, notes: [] };
  }
}

/** The same pasted below the settings of a document; null if it stays as it is. */
function pasted(text: string): string | null {
  const matter = '---\nframes: 32\n---\n';
  const environment = testEnvironment({ resolveModel: () => ({}) as never });
  const target = { document: parseTravel(matter), offset: matter.length, frames: 32, environment };
  return convertPasted(text, { ...target, reader: foreignReader })?.text ?? null;
}

describe('a schedule with a mistake that can be read in one way only', () => {
  it.each<[mistake: string, text: string, keys?: string]>([
    ['quotes inside quotes', '"0": "a "big" cat",\n"8": "b"', '0: a "big" cat\n8: b'],
    ['quotes inside quotes on one line', '"0": "a "big" cat", "8": "b"', '0: a "big" cat\n8: b'],
    ['quotes inside quotes at the end', '"0": "a",\n"8": "a "big" dog"', '0: a\n8: a "big" dog'],
    ['inches', '"0": "a 5" nail",\n"8": "b"', '0: a 5" nail\n8: b'],
    ['quotes around a negative prompt', '"0": "a --neg "b" c",\n"8": "d"', '0: a --neg "b" c\n8: d'],
    ['typographic quotes inside quotes', '“0”: “a “big” cat”,\n“8”: “b”', '0: a “big” cat\n8: b'],
    ['semicolons', '"0": "a";\n"8": "b";'],
    ['semicolons on one line', '"0": "a"; "8": "b"'],
    ['an apostrophe in single quotes', "'0': 'it's a cat',\n'8': 'b'", "0: it's a cat\n8: b"],
    ['guillemets', '«0»: «a»,\n«8»: «b»'],
    ['full-width signs', '"0"："a"，\n"8"："b"'],
    ['a missing closing quote', '"0": "a,\n"8": "b"'],
    ['a missing opening quote', '"0": a",\n"8": "b"'],
    ['no quotes around prompts', '"0": a,\n"8": b'],
    ['arrows', '"0" => "a",\n"8" -> "b"'],
    ['a closing brace without an opening one', '"0": "a",\n"8": "b"\n}'],
    ['square brackets', '["0": "a", "8": "b"]'],
    ['round brackets', '("0": "a", "8": "b")'],
    ['AnimateDiff-Evolved’s form with semicolons', '0 = "a";\n0.25 = "b"'],
    ['AnimateDiff-Evolved’s form with single quotes', "0 = 'a',\n0.25 = 'b'"],
  ])('is read, with a note: %s', (_, text, keys = '0: a\n8: b') => {
    const result = imported(text);
    expect(result).toMatchObject({ keys, notes: ['repaired'] });
    expect(['fizz', 'ade']).toContain(result.format);
    expect(pasted(text)).toBe(keys);
  });

  it.each([
    ['a fence below', '"0": "a",\n"8": "b"\n```'],
    ['a fence of JSON', '```json\n"0": "a",\n"8": "b"\n```'],
    ['a fence around braces', '```json\r\n{\r\n"0": "a",\r\n"8": "b"\r\n}\r\n```\r\n'],
    ['a fence of tildes', '~~~\n"0": "a",\n"8": "b"\n~~~'],
    ['backticks', '`"0": "a", "8": "b"`'],
    ['a fence and semicolons', '```\n"0": "a";\n"8": "b"\n```'],
  ])('is read from Markdown: %s', (_, text) => {
    expect(imported(text)).toMatchObject({ format: 'fizz', keys: '0: a\n8: b' });
    expect(imported(text).notes).toContain('repaired');
    expect(pasted(text)).toBe('0: a\n8: b');
    const file = foreignFile(text);
    expect(file?.kind === 'clip' ? file.travel : '').toMatch(/\n0: a\n8: b\n/);
  });
});

describe('a schedule that can be read in several ways', () => {
  it.each<[mistake: string, text: string, place: string]>([
    ['a missing closing quote on one line', '"0": "a, "8": "b"', 'line 1, column 10'],
    ['a missing quote of a key', '0": "a",\n"8": "b"', 'line 1, column 1'],
    ['a missing quote of a key after its number', '"0: "a",\n"8": "b"', 'line 1, column 1'],
    ['a missing colon', '"0" "a",\n"8": "b"', 'line 1, column 1'],
    ['a semicolon for a colon', '"0": "a",\n"8"; "b"', 'line 2, column 1'],
    ['strings that are added', '"0": "a" + "c",\n"8": "b"', 'line 1, column 8'],
    ['prose above it', 'Here it is:\n"0": "a",\n"8": "b"', 'line 1, column 1'],
    ['prose below it', '"0": "a",\n"8": "b"\nThanks!', 'line 3, column 1'],
    ['dots for what was left out', '"0": "a",\n...\n"8": "b"', 'line 2, column 1'],
    ['a list of Markdown', '- "0": "a"\n- "8": "b"', 'line 1, column 1'],
    ['a quotation of Markdown', '> "0": "a",\n> "8": "b"', 'line 1, column 1'],
    [
      'quotes inside quotes of AnimateDiff-Evolved, which has no escapes',
      '0 = "a "big" cat",\n8: = "b"',
      'line 1, column 1',
    ],
  ])('is refused with the place: %s', (_, text, place) => {
    expect(imported(text)).toMatchObject({ format: 'refused', keys: expect.stringContaining(place) });
    expect(imported(text).keys).toMatch(
      /^This looks like a schedule of prompts, but “[^\n]*” at line \d+, column \d+ cannot be read: check its quotes, colons and commas\.$/,
    );
    expect(foreignFile(text)).toBeNull();
  });

  it.each([
    ['a closing quote', '"0": "a",\n"8": "b', 'line 2, column 6'],
    ['a value', '"0": "a",\n"8":', 'line 2, column 5'],
    ['a key', '"0": "a",\n"8": "b", "16', 'line 2, column 11'],
  ])('is refused if its end is missing, because more may be: %s', (_, text, place) => {
    expect(imported(text)).toMatchObject({ format: 'refused', keys: expect.stringContaining(place) });
  });

  it.each([
    ['entries on one line', '"0": "a";'],
    ['lines', '"0": "a";\n'],
    ['lines in a string', '"0": "a";\n"1": "b";\n"2": "', '\n0: a'],
  ])('is refused before it is read if it is huge: %s', (_, start, piece = start) => {
    expect(imported(start + piece.repeat(6000)).keys).toBe(
      'This looks like a schedule of prompts with mistakes; one with more than 5000 entries or lines is not read.',
    );
  });

  it.each([
    '"0": "a, "8": "b"',
    '0": "a",\n"8": "b"',
    '"0" "a",\n"8": "b"',
    '"0": "a" + "c",\n"8": "b"',
    '0 = "a "big" cat",\n8: = "b"',
  ])('stays as it is if it is pasted: %s', (text) => {
    expect(pasted(text)).toBeNull();
  });
});

describe('the schedule of a node with a mistake', () => {
  const workflow = (type: string, inputs: Readonly<Record<string, unknown>>) =>
    JSON.stringify({
      1: { class_type: 'KSampler', inputs: { positive: ['2', 0], latent_image: ['3', 0] } },
      2: { class_type: type, inputs },
      3: { class_type: 'EmptyLatentImage', inputs: { batch_size: 16 } },
      4: { class_type: 'SaveImage', inputs: { images: ['1', 0] } },
    });

  it.each([
    '"0": "a";\n"8": "b"',
    '"0": "a",\n"max_f/2": "b";',
    "'0': 'a';\n'8': 'b'",
    '```\n"0": "a",\n"8": "b"\n```',
  ])('is read as a file is: %s', (text) => {
    const nodes = workflow('BatchPromptSchedule', { text, max_frames: 16 });
    expect(imported(nodes)).toMatchObject({ format: 'comfy', keys: '0: a\n8: b' });
  });

  it('is read in AnimateDiff-Evolved’s form', () => {
    const nodes = workflow('ADE_PromptScheduling', { prompts: '0 = "a";\n0.5 = "b"' });
    expect(imported(nodes)).toMatchObject({ format: 'comfy', keys: '0: a\n8: b' });
    expect(imported(nodes).notes).toContain('repaired');
  });

  it.each([
    ['"0": "a, "8": "b"', 'line 1, column 10'],
    ['just a prompt', 'line 1, column 1'],
    ['"0": "a", "8": "b', 'line 1, column 16'],
  ])('is refused with the node and the place in its text: %s', (text, place) => {
    const { format, keys } = imported(workflow('BatchPromptSchedule', { text, max_frames: 16 }));
    expect(format).toBe('refused');
    expect(keys).toMatch(/^The text of the node “BatchPromptSchedule” \(2\): /);
    expect(keys).toContain(place);
  });
});

describe('prompts with quotes and numbers', () => {
  it.each([
    'a sign that says "open 24 hours", "cafe", neon',
    '"16:9", "wide shot" of a city',
    '"Starry Night": "van gogh" style',
    '"1984": "big brother" poster',
    '"1984" poster, "2001": a space odyssey',
    '"1": she said, "2": he said',
    '1. "a cat"\n2. "a dog"',
    '"a", "b", "c"',
    '"a"\n"b"\n"c"',
    '("text":1.2), ("8":1.3)',
    'a jersey with "23" and "45", a score of "2": "1"',
    'text "404", "not found"\ntext "500", "error"',
    'code on screen: {"0": "a"}',
    '{"open"|"closed"} sign',
    'head\n0: "hello" written on a wall\n8: "bye" written on a wall',
    '12:30 "noon"\n16:9 "wide"',
    '5" nail, 6" nail\n7" nail, 8" nail',
    "the '80s: 'neon', the '90s: 'grunge'",
    '(a:1.2), "b"\n(c:1.3), "d"',
    'a = "b", c = "d"',
    '"2"\n"3"',
    ...TRICKY_PROMPTS,
  ])('are prompts: %s', (text) => {
    expect(imported(text).format).toBe('a1111-prompt');
  });

  it('are keyframes of this language if their frames have no quotes', () => {
    expect(imported('0: "hello"\n8: "bye"').keys).toBe('0: "hello"\n8: "bye"');
  });
});

describe('Markdown around files of other tools', () => {
  it.each([
    ['cli', '{"prompt_map": {"0": "a", "8": "b"}, "n_prompt": [""], "seed": [1]}'],
    ['webui-api', '{"prompt": "a\\n0: b", "alwayson_scripts": {"AnimateDiff": {"args": [{"enable": true}]}}}'],
    ['infotext', 'a\nNegative prompt: c\nSteps: 20, Sampler: Euler a, Size: 8x8'],
    ['ade', '0 = "a",\n0.5 = "b"'],
    ['deforum', '{"animation_mode": "2D", "prompts": {"0": "a"}}'],
    [
      'comfy',
      '{"1": {"class_type": "KSampler", "inputs": {}}, "2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0]}}}',
    ],
    ['a1111-prompt', 'masterpiece\n0: a\n8: b'],
    ['travel', '---\nframes: 8\n---\n0: a\n'],
  ])('is removed, with a note: %s', (format, text) => {
    const bare = importTravel([{ text }]);
    const fenced = importTravel([{ text: `\`\`\`json\n${text}\n\`\`\`\n` }]);
    expect(fenced).toMatchObject({ format, notes: [expect.objectContaining({ key: 'repaired' }), ...bare.notes] });
    expect(fenced.travel.trim()).toBe(bare.travel.trim());
  });

  it.each([
    ['fizz', '"0": "a",\n"8": "b"'],
    ['fizz', '"0": "a";\n"8": "b"'],
    ['cli', '{"prompt_map": {"0": "a", "8": "b"}, "n_prompt": [""]}'],
    [
      'comfy',
      '{"1": {"class_type": "KSampler", "inputs": {}}, "2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0]}}}',
    ],
    ['infotext', 'a\nNegative prompt: c\nSteps: 20, Sampler: Euler a, Size: 8x8'],
  ])('is that of the only block of code in a page: %s', (format, text) => {
    const page = `# Title\n\nInstall it:\n\n\`\`\`sh\nnpm ci\n\`\`\`\n\nHere:\n\`\`\`json\n${text}\n\`\`\`\n\nHave fun.`;
    const bare = importTravel([{ text }]);
    const result = importTravel([{ text: page }]);
    expect(result).toMatchObject({ format, notes: [expect.objectContaining({ key: 'repaired' }), ...bare.notes] });
    expect(result.travel).toBe(bare.travel);
    expect(() => importTravel([{ text: `${page}\n${page}` }])).toThrow('a page with 2 blocks of code');
  });

  it('is refused in a page with more blocks than can be compared with each format', () => {
    const page = (others: number) =>
      `# Title\n${'```\nx\n```\n'.repeat(others)}\`\`\`\n"0": "a",\n"8": "b"\n\`\`\`\nHave fun.`;
    expect(importTravel([{ text: page(999) }]).format).toBe('fizz');
    expect(() => importTravel([{ text: page(1000) }])).toThrow(/with 1001 blocks of code; the limit is 1000\./);
    // Empty ones are not compared.
    expect(() => importTravel([{ text: `x\n${'```\n'.repeat(30_000)}` }])).toThrow(/lines; the limit is 20000\./);
  });

  it('stays in a file of this language', () => {
    const text = '---\nframes: 8\n---\n# ```\n```\n"0": "a",\n"4": "b"\n```\n';
    expect(importTravel([{ text }])).toMatchObject({ format: 'travel', travel: text });
  });

  it('stays in a prompt without such a block', () => {
    const text = 'a fox\n```\nsnow\n```\ntrees';
    expect(imported(text)).toMatchObject({ format: 'a1111-prompt', keys: text });
  });

  it('is no fence inside a text', () => {
    expect(imported('a ``` b').keys).toBe('a ``` b');
  });
});

describe('a schedule whose end is missing', () => {
  it.each([
    ['"0": "a fox",\n"8:16": "', 'line 2, column 9'],
    ['"0": "a fox",\n"8:16": "a wo', 'line 2, column 9'],
    ['"0": "a fox",\n"8:": "a wolf, grey', 'line 2, column 7'],
    ['"0": "a fox",\n"-1": "a wo', 'line 2, column 7'],
    ['0="a fox", 8:="a wo', 'line 1, column 15'],
    ['{"0": "a fox", "0.5": "a wo', 'line 1, column 23'],
    ['"0": "a fox",\n"8": "a wo', 'line 2, column 6'],
    ['"0": “a fox”,\n"8:": “a wo', 'line 2, column 7'],
  ])('is refused: %j', (text, place) => {
    const { format, keys } = imported(text);
    expect(format).toBe('refused');
    expect(keys).toBe(`The text ends unexpectedly: the string that begins at ${place} has no closing quote.`);
  });

  it.each(['"0": "a fox",\n"8:16": "a wolf"', '0="a fox", 8:="a wolf",', '{"0": "a fox", "0.5": "12:30 o’clock"}'])(
    'is read if it is not: %j',
    (text) => {
      expect(imported(text).format).toBe('ade');
    },
  );
});
