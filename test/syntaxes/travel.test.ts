import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import oniguruma from 'vscode-oniguruma';
import textmate, { type IGrammar, type StateStack } from 'vscode-textmate';

const { createOnigScanner, createOnigString, loadWASM } = oniguruma;
const { INITIAL, parseRawGrammar, Registry } = textmate;
const ROOT = resolve(import.meta.dirname, '../..');
const wasm = createRequire(import.meta.url).resolve('vscode-oniguruma/release/onig.wasm');

/**
 * Replaces VS Code's YAML grammar. One rule never ends, the worst that an embedded grammar can do, and like the real
 * one it marks a key without a colon as invalid.
 */
const YAML = {
  scopeName: 'source.yaml',
  patterns: [
    { begin: '[|]$', end: '(?!)', name: 'string.block.yaml' },
    { match: '\\w+(?=:)', name: 'entity.name.tag.yaml' },
    { match: '^[ ]*\\w+$', name: 'invalid.illegal.expected-map-separator.yaml' },
  ],
};

let grammar: IGrammar;

beforeAll(async () => {
  await loadWASM(readFileSync(wasm));
  const registry = new Registry({
    onigLib: Promise.resolve({ createOnigScanner, createOnigString }),
    async loadGrammar(scope) {
      if (scope === 'source.yaml') return parseRawGrammar(JSON.stringify(YAML), 'yaml.json');
      const file = resolve(ROOT, 'syntaxes/travel.tmLanguage.json');
      return parseRawGrammar(readFileSync(file, 'utf8'), file);
    },
  });
  const loaded = await registry.loadGrammar('source.travel');
  if (!loaded) throw new Error('The grammar source.travel was not found.');
  grammar = loaded;
});

/** Each line as `text` of every token that has more than the base scope, with its innermost scope. */
function tokens(text: string): (readonly [string, string])[][] {
  let state: StateStack = INITIAL;
  return text.split('\n').map((line) => {
    const result = grammar.tokenizeLine(line, state);
    state = result.ruleStack;
    return result.tokens
      .filter(({ scopes }) => scopes.length > 1)
      .map(({ startIndex, endIndex, scopes }) => [line.slice(startIndex, endIndex), scopes.at(-1)!] as const);
  });
}

/** The innermost scope of the first token that is exactly `word`, or undefined. */
const scopeOf = (text: string, word: string) =>
  tokens(text)
    .flat()
    .find(([written]) => written === word)?.[1];

describe('front matter', () => {
  it('embeds YAML between the fences and nowhere else', () => {
    const [open, setting, close, body] = tokens('---\nframes: 8\n---\nframes: 8');
    expect(open).toEqual([['---', 'punctuation.definition.front-matter.begin.travel']]);
    expect(setting).toContainEqual(['frames', 'entity.name.tag.yaml']);
    expect(setting).toContainEqual([': 8', 'meta.embedded.block.yaml']);
    expect(close).toEqual([['---', 'punctuation.definition.front-matter.end.travel']]);
    expect(body).toEqual([]);
  });

  it('ends at its fence whatever the YAML does', () => {
    expect(scopeOf('---\nnegative_prompt: |\n  a\n---\n0: b', '0')).toBe('markup.heading.position.travel');
  });

  it.each(['fra', '  her', 'frames '])('does not show %j as invalid while it is being typed', (typed) => {
    const text = `---\nfps: 8\n${typed}\n---\n0: a`;
    expect(scopeOf(text, typed.trim())).toBe('entity.name.tag.yaml');
    expect(JSON.stringify(tokens(text))).not.toContain('invalid');
  });

  it('shows words of a block of text as text', () => {
    expect(scopeOf('---\nnegative_prompt: |\n  ugly\n---', '  ugly')).toBe('string.block.yaml');
  });

  it('begins on the first line only', () => {
    expect(scopeOf('a head\n---\nframes: 8\n---', 'frames')).toBeUndefined();
  });
});

describe('keyframes', () => {
  it.each(['15', '-1', '50%', '1.5s', '250ms', '  3'])('recognize the position %s', (position) => {
    expect(tokens(`${position}: red hair`)[0]).toContainEqual([position.trim(), 'markup.heading.position.travel']);
  });

  it('recognize a hold and its end', () => {
    expect(tokens('-8--1: x')[0]!.map(([text]) => text)).toEqual(['-8', '-', '-1', ':']);
    expect(scopeOf('0-8: x', '-')).toBe('keyword.operator.hold.travel');
  });

  it.each(['linear', 'cut', 'ease', 'ease-in', 'ease-out', 'ease-in-out'])(
    'recognize the transition %s',
    (transition) => {
      expect(scopeOf(`8 ${transition}: x`, transition)).toBe('keyword.other.transition.travel');
    },
  );

  it('recognize the numbers of a Bézier curve', () => {
    expect(scopeOf('8 cubic-bezier(0.4, 0, .2, 1): x', 'cubic-bezier')).toBe('keyword.other.transition.travel');
    expect(scopeOf('8 cubic-bezier(0.4, 0, .2, 1): x', '.2')).toBe('constant.numeric.travel');
  });

  it.each(['15:red', 'abc 15: red', '8 bounce: x', '1.5: x', '1girl: x'])('do not include %s', (line) => {
    expect(tokens(line)[0]).toEqual([]);
  });
});

describe('prompts', () => {
  it.each([
    ['(smile:1.3)', '1.3', 'constant.numeric.weight.travel'],
    ['(smile : -.5 )', '-.5', 'constant.numeric.weight.travel'],
    ['((a:1.1) b:1.2)', '1.2', 'constant.numeric.weight.travel'],
    ['[cat:dog:0.5]', '0.5', 'constant.numeric.weight.travel'],
    ['[cat|dog]', '|', 'keyword.operator.schedule.travel'],
    ['{2::red|blue}', '2', 'constant.numeric.weight.travel'],
    ['{2::red|blue}', '|', 'keyword.operator.choice.travel'],
    ['<lora:add detail:0.8:1>', 'add detail', 'entity.name.type.extra-network.travel'],
    ['<lora:add detail:0.8:1>', '0.8', 'constant.numeric.weight.travel'],
    ['a BREAK b', 'BREAK', 'keyword.control.travel'],
    ['a AND b', 'AND', 'keyword.control.travel'],
    ['0: a --neg b', '--neg', 'keyword.other.negative.travel'],
    ['$hero walks', '$hero', 'meta.reference.travel'],
    [`$\{hero}s`, `$\{hero}`, 'meta.reference.travel'],
    ['__hair/colours__, x', '__hair/colours__', 'string.other.wildcard.travel'],
    ['\\(x\\)', '\\(', 'constant.character.escape.travel'],
  ])('%s: %s', (line, word, scope) => {
    expect(scopeOf(line, word)).toBe(scope);
  });

  it.each([
    ['costs \\$hero', '\\$'],
    ['\\{a\\|b\\}', '\\{'],
    ['\\{a\\|b\\}', '\\|'],
    ['\\{a\\|b\\}', '\\}'],
    ['\\__hair__', '\\__'],
    ['a \\# b', '\\#'],
    ['a \\\\ b', '\\\\'],
    ['\\12: noon', '\\12:'],
    ['  \\12: noon', '\\12:'],
    ['\\-4: x', '\\-4:'],
    ['\\0-8 ease: x', '\\0-8 ease:'],
    ['\\8 cubic-bezier(0, 0, 1, 1): x', '\\8 cubic-bezier(0, 0, 1, 1):'],
    ['\\50%: x', '\\50%:'],
    ['\\１２：x', '\\１２：'],
    ['\\1girl', '\\1'],
  ])('%s: the escape %s, and nothing that it hides', (line, written) => {
    expect(scopeOf(line, written)).toBe('constant.character.escape.travel');
    expect(JSON.stringify(tokens(line))).not.toMatch(
      /reference|wildcard|operator\.choice|meta\.choice|position|transition|comment/,
    );
  });

  it.each(['a \\12: x', 'a\\1'])('%s: a backslash before a number inside a line is text', (line) => {
    expect(tokens(line)[0]).toEqual([]);
  });

  it.each(['BREAKFAST', 'a--neg b', '-neg b', 'price: $5', 'x:1.3', 'snake_case'])('leave %s as words', (line) => {
    expect(tokens(line)[0]).toEqual([]);
  });

  it('end an open bracket with its line', () => {
    expect(scopeOf('(open\n8: x', '8')).toBe('markup.heading.position.travel');
  });
});

describe('comments', () => {
  it.each(['# all of it', '0: a # after', '(a # in a bracket'])('%s', (line) => {
    expect(tokens(line)[0]!.at(-1)![1]).toBe('comment.line.number-sign.travel');
  });

  it.each(['a#b', '\\# not'])('%s is not a comment', (line) => {
    expect(tokens(line)[0]!.some(([, scope]) => scope.startsWith('comment'))).toBe(false);
  });
});
