import type { Environment } from './clip/environment.ts';
import { type Planned, type PlanOptions, planFor } from './planner/plan-document.ts';
import type { TravelDocument } from './syntax/document.ts';
import { parseTravel } from './syntax/parse.ts';

export { parseTravel };

export interface CheckedTravel extends Planned {
  readonly document: TravelDocument;
}

/** A text all the way: parsed, checked, planned. Nothing is thrown; what is wrong is in `problems`, in the file's order. */
export function checkTravel(text: string, environment: Environment, options: PlanOptions = {}): CheckedTravel {
  const document = parseTravel(text);
  return { document, ...planFor(document, environment, options) };
}
