import { didYouMean } from '../../settings/did-you-mean.ts';
import { correctName } from '../check.ts';
import { foundIn, rollCheck } from '../roll-check.ts';

export const unknownWildcard = rollCheck(
  'travel/unknown-wildcard',
  ({ name, file, span }, { document: { text }, environment }) => {
    const written = `__${name}__`;
    const meant = name.includes('*') ? null : similarName(name, environment.wildcardNames());
    const advice =
      meant === null
        ? `Create ${name}.txt in the wildcards folder, with one choice per line.`
        : `Did you mean “${meant}”?`;
    const isHere = file === null && text.slice(span.start, span.end) === written;
    return {
      message: `Wildcard “${written}” not found.${foundIn(file)} ${advice}`,
      fixes: isHere && meant !== null ? correctName(span, `__${meant}__`) : [],
    };
  },
);

const fileName = (name: string) => name.slice(name.lastIndexOf('/') + 1);

/** A file of this name in another folder, or the name that is most similar; null if none is similar. */
function similarName(name: string, names: readonly string[]): string | null {
  const moved = names.find((other) => fileName(other).toLowerCase() === fileName(name).toLowerCase());
  if (moved !== undefined) return moved;
  const whole = didYouMean(name, names);
  if (whole !== null) return whole;
  const last = didYouMean(fileName(name), names.map(fileName));
  return last === null ? null : (names.find((other) => fileName(other) === last) ?? null);
}
