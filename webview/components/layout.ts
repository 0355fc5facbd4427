/** Wide: picture and inspector side by side. Medium: inspector below. Narrow: one column, lanes folded. */
export type Layout = 'wide' | 'medium' | 'narrow';

/** @param width of the page in CSS pixels */
export function layoutOf(width: number): Layout {
  if (width >= 900) return 'wide';
  return width >= 500 ? 'medium' : 'narrow';
}
