import { findCycle } from '../../clip/definitions.ts';
import { FILE_START } from '../../problem.ts';
import type { Check } from '../check.ts';

export const definitionCycle: Check = {
  code: 'travel/definition-cycle',
  run({ settings: { define }, spans }) {
    const cycle = findCycle(new Map(Object.entries(define)));
    if (!cycle) return [];
    const span = spans.get(`define.${cycle[0]}`)?.value ?? spans.get('define')?.key ?? FILE_START;
    const message = `These definitions refer to each other in a cycle. Expanding ${cycle.join(' → ')} would never end. Remove one of the references.`;
    return [{ code: this.code, severity: 'error', message, span }];
  },
};
