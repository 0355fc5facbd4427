/** A number of seconds with at most two decimals: `0.63`, `1.5`, `2`. */
export function seconds(value: number): string {
  return `${Number(value.toFixed(2))}`;
}
