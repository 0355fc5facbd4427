const BRACED = '$' + '{hero}';

/** A file that defines `hero` and uses it, in its settings and its body. `first` is the first line of the body. */
export const example = (first: string) => `---
define:
  hero: a cat
  pair: $hero and $hero
negative_prompt: not $hero
---
${first}

0: ${BRACED}, $pair
8: no hero --neg $hero
`;
