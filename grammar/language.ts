import type { TravelDocument } from './document.ts';
import { parseTravel } from './parse.ts';
import type { TravelHost } from './plan/host.ts';
import { type Planned, type PlanOptions, planFor } from './plan/plan.ts';

export { parseTravel };

export interface CheckedTravel extends Planned {
  readonly document: TravelDocument;
}

/** A text all the way: parsed, checked, planned. Nothing is thrown; what is wrong is in `problems`, in the file's order. */
export function checkTravel(text: string, host: TravelHost, options: PlanOptions = {}): CheckedTravel {
  const document = parseTravel(text);
  return { document, ...planFor(document, host, options) };
}
