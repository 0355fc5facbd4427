/** Longer expressions are not frames. */
const MOST_CHARACTERS = 60;

const TOKEN = /(?:(\d+(?:\.\d*)?|\.\d+)|(max_f)|([-+*/()]))[ \t]*/y;

/**
 * The frame of a schedule's key: a number, rounded half up, or an expression of numbers, `max_f`, `+ - * /` and round
 * brackets, cut off to an integer as FizzNodes does (`BatchFuncs.py`, which sets `max_f` to the number of frames).
 *
 * @param frames length of the clip
 * @returns null if `key` is not such a number or expression
 */
export function evaluateFrame(key: string, frames: number): number | null {
  if (key.length > MOST_CHARACTERS) return null;
  const tokens = tokensOf(TOKEN, key.trim().replace(/×/g, '*').replace(/÷/g, '/').replace(/−/g, '-'));
  if (!tokens || tokens.length === 0) return null;
  const value = new Evaluation(tokens, frames).result();
  if (value === null || !Number.isFinite(value)) return null;
  // `-0` is not a frame.
  return (/^[-+]?[\d.]+$/.test(key.trim()) ? Math.floor(value + 0.5) : Math.trunc(value)) + 0;
}

/** The tokens of a formula; null if it has anything else. @param token sticky, with a group for each kind */
export function tokensOf(token: RegExp, text: string): string[] | null {
  const tokens: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const match = token.exec(text);
    if (!match) return null;
    tokens.push(match.slice(1).find((found) => found !== undefined)!);
  }
  return tokens;
}

/** Sums of products of signed numbers and brackets. */
class Evaluation {
  readonly #tokens: readonly string[];
  readonly #frames: number;
  #at = 0;

  constructor(tokens: readonly string[], frames: number) {
    this.#tokens = tokens;
    this.#frames = frames;
  }

  result(): number | null {
    const value = this.#sum();
    return this.#at === this.#tokens.length ? value : null;
  }

  #sum(): number | null {
    let value = this.#product();
    for (let sign = this.#take('+', '-'); sign !== null; sign = this.#take('+', '-')) {
      const next = this.#product();
      if (value === null || next === null) return null;
      value += sign === '+' ? next : -next;
    }
    return value;
  }

  #product(): number | null {
    let value = this.#factor();
    for (let sign = this.#take('*', '/'); sign !== null; sign = this.#take('*', '/')) {
      const next = this.#factor();
      if (value === null || next === null) return null;
      value = sign === '*' ? value * next : value / next;
    }
    return value;
  }

  #factor(): number | null {
    const sign = this.#take('+', '-');
    if (sign !== null) {
      const value = this.#factor();
      return value === null ? null : sign === '-' ? -value : value;
    }
    if (this.#take('(') !== null) {
      const value = this.#sum();
      return this.#take(')') === null ? null : value;
    }
    const token = this.#tokens[this.#at++];
    if (token === 'max_f') return this.#frames;
    return token !== undefined && /^[\d.]+$/.test(token) ? Number(token) : null;
  }

  #take(...wanted: readonly string[]): string | null {
    const token = this.#tokens[this.#at];
    if (token === undefined || !wanted.includes(token)) return null;
    this.#at++;
    return token;
  }
}
