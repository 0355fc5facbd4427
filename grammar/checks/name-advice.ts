/** Names that a message lists. `travel models` lists all of them. */
const MOST_NAMES = 5;

/**
 * Advice for a model name that was not found.
 *
 * @param kind such as `LoRA`
 * @param names all known names of that kind
 * @param meant the one that is most similar; null if none is similar
 */
export function nameAdvice(kind: string, names: readonly string[], meant: string | null): string {
  if (meant !== null) return `Did you mean “${meant}”?`;
  if (names.length === 0)
    return `No ${kind} was found. Choose your model folders first; on the command line, with \`--models\` or TRAVEL_MODELS.`;
  if (names.length === 1) return `The only ${kind} found is ${names[0]}.`;
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more (see \`travel models\`)` : '';
  return `Found: ${names.slice(0, MOST_NAMES).join(', ')}${more}.`;
}
