/** `a`, `a and b`, `a, b and c` */
export const inWords = (words: readonly string[], conjunction: 'and' | 'or'): string =>
  words.length <= 1 ? words.join() : `${words.slice(0, -1).join(', ')} ${conjunction} ${words.at(-1)}`;
