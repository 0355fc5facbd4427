import { tokensOf } from '../grammar/pasted/frame-expression.ts';
import { type Note, note } from './notes.ts';

/** Longer formulas are not written by hand. */
const LONGEST = 400;
const DEEPEST = 40;
const TOKEN = /\s{0,40}(?:(\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+)|([A-Za-z_]\w*)|(\*\*|<=|>=|==|!=|[-+*/%(),<>]))/y;

const FUNCTIONS: Readonly<Record<string, (...values: readonly number[]) => number>> = {
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  sqrt: Math.sqrt,
  exp: Math.exp,
  log: Math.log,
  abs: Math.abs,
  floor: Math.floor,
  ceil: Math.ceil,
  min: Math.min,
  max: Math.max,
  where: (condition = 0, then = 0, otherwise = 0) => (condition === 0 ? otherwise : then),
};
const COMPARISONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
};

/**
 * The value of a formula of FizzNodes or Deforum, which numexpr computes there.
 *
 * @param variables by name, such as `t`, the frame, and `max_f`
 * @returns null if it is not a formula of what is known here, or not finite
 */
export function evaluate(formula: string, variables: Readonly<Record<string, number>>): number | null {
  const tokens = formula.length > LONGEST ? null : tokensOf(TOKEN, formula.trimEnd());
  if (!tokens || tokens.length === 0) return null;
  const value = new Formula(tokens, variables).result();
  return value !== null && Number.isFinite(value) ? value : null;
}

class Formula {
  readonly #tokens: readonly string[];
  readonly #variables: Readonly<Record<string, number>>;
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly string[], variables: Readonly<Record<string, number>>) {
    this.#tokens = tokens;
    this.#variables = variables;
  }

  result(): number | null {
    const value = this.#comparison();
    return this.#at === this.#tokens.length ? value : null;
  }

  #comparison(): number | null {
    const left = this.#sum();
    const compare = COMPARISONS[this.#tokens[this.#at] ?? ''];
    if (!compare) return left;
    this.#at++;
    const right = this.#sum();
    return left === null || right === null ? null : Number(compare(left, right));
  }

  #sum(): number | null {
    return this.#chain(['+', '-'], () => this.#chain(['*', '/', '%'], () => this.#power()));
  }

  #chain(signs: readonly string[], part: () => number | null): number | null {
    let value = part();
    for (let sign = this.#tokens[this.#at]; sign !== undefined && signs.includes(sign); sign = this.#tokens[this.#at]) {
      this.#at++;
      const next = part();
      if (value === null || next === null) return null;
      value =
        sign === '+'
          ? value + next
          : sign === '-'
            ? value - next
            : sign === '*'
              ? value * next
              : sign === '/'
                ? value / next
                : value % next;
    }
    return value;
  }

  #power(): number | null {
    const base = this.#factor();
    if (this.#tokens[this.#at] !== '**') return base;
    this.#at++;
    const exponent = this.#power();
    return base === null || exponent === null ? null : base ** exponent;
  }

  #factor(): number | null {
    if (++this.#depth > DEEPEST) return null;
    const token = this.#tokens[this.#at++];
    const value = this.#start(token);
    this.#depth--;
    return value;
  }

  #start(token: string | undefined): number | null {
    if (token === undefined) return null;
    if (token === '-' || token === '+') {
      const value = this.#factor();
      return value === null ? null : token === '-' ? -value : value;
    }
    if (token === '(') {
      const value = this.#comparison();
      return this.#tokens[this.#at++] === ')' ? value : null;
    }
    if (/^[\d.]/.test(token)) return Number(token);
    const call = Object.hasOwn(FUNCTIONS, token) ? FUNCTIONS[token] : undefined;
    if (!call) return token === 'pi' ? Math.PI : (this.#variables[token] ?? null);
    if (this.#tokens[this.#at++] !== '(') return null;
    const values: number[] = [];
    do {
      const value = this.#comparison();
      if (value === null) return null;
      values.push(value);
    } while (this.#tokens[this.#at++] === ',');
    return this.#tokens[this.#at - 1] === ')' ? call(...values) : null;
  }
}

const IN_BACKTICKS = /`([^`\r\n]*)`/g;

/**
 * A prompt with the values of its formulas at a frame, where the tools compute them anew for every frame.
 *
 * @returns the formulas, with their back-ticks
 */
export function withValues(
  prompt: string,
  variables: Readonly<Record<string, number>>,
): { readonly text: string; readonly formulas: readonly string[] } {
  const formulas: string[] = [];
  const text = prompt.replace(IN_BACKTICKS, (written, formula: string) => {
    formulas.push(written);
    const value = evaluate(formula, variables);
    return value === null ? '1' : `${Number(value.toFixed(6))}`;
  });
  return { text, formulas };
}

export const formulaNote = (formulas: string): Note =>
  note(
    'expression',
    `The values of formulas change with every frame there. Here they have their values at the keyframe: ${formulas}`,
  );
