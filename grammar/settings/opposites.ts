/** Words of two sides: a word of one side means the opposite of each word of the other. */
const SIDES: readonly (readonly [readonly string[], readonly string[]])[] = [
  [
    ['on', 'true', 'yes', 'y', '1', 'all', 'always', 'enable', 'enabled'],
    ['off', 'false', 'no', 'n', '0', 'none', 'never', 'disable', 'disabled'],
  ],
  [['positive'], ['negative']],
  [
    ['first', 'start', 'begin'],
    ['last', 'end', 'final'],
  ],
  [['head'], ['tail']],
  [['in'], ['out']],
  [['left'], ['right']],
  [['up'], ['down']],
  [['open'], ['closed', 'close']],
  [['add'], ['remove']],
  [
    ['min', 'low'],
    ['max', 'high'],
  ],
  [['gpu', 'cuda'], ['cpu']],
];

/** `unload` is the opposite of `load`. */
const NEGATIONS = ['un', 'dis', 'de', 'non', 'no'] as const;

/** A value of `closed_loop` other than `N` closes the loop; `R` alone does not say which. */
const LOOPS = ['r', 'p', 'rp'] as const;

/**
 * Whether two names mean the opposite of each other: `on` and `N`, `positive_prompt` and `negative_prompt`,
 * `load_models` and `unload_models`. Words that both names contain do not count: `ease-in` and `ease-in-out`.
 */
export function areOpposites(a: string, b: string): boolean {
  const [own, other] = [wordsOf(a), wordsOf(b)];
  const onlyOwn = own.filter((word) => !other.includes(word));
  const onlyOther = other.filter((word) => !own.includes(word));
  return onlyOwn.some((word) => onlyOther.some((second) => isOpposite(word, second)));
}

const wordsOf = (name: string) => name.toLowerCase().split(/[^\p{L}\p{N}]+/u);

function isOpposite(a: string, b: string): boolean {
  const isBetween = (one: readonly string[], two: readonly string[]) =>
    (one.includes(a) && two.includes(b)) || (one.includes(b) && two.includes(a));
  return (
    SIDES.some(([one, two]) => isBetween(one, two)) ||
    isBetween(LOOPS, ['n']) ||
    NEGATIONS.some((prefix) => `${prefix}${a}` === b || `${prefix}${b}` === a)
  );
}
