import { expect } from 'vitest';
import type { Environment } from '../../../grammar/clip/environment.ts';
import { checkTravel } from '../../../grammar/language.ts';
import { TravelPlan } from '../../../plan/plan.ts';
import { testEnvironment } from '../environment.ts';

/** A clip with settings and one prompt, as it is checked. */
export const checked = (settings: string, changes: Partial<Environment> = {}) =>
  checkTravel(`---\n${settings}\n---\na\n`, testEnvironment(changes));

/** Its plan. A problem fails the test. */
export function planOf(settings: string, changes: Partial<Environment> = {}): TravelPlan {
  const { plan, problems } = checked(settings, changes);
  expect(problems.filter(({ severity }) => severity !== 'information')).toEqual([]);
  return TravelPlan.parse(plan);
}

/** Codes without `travel/`, with their messages. */
export const problemsOf = (settings: string, changes: Partial<Environment> = {}) =>
  checked(settings, changes).problems.map(({ code, message }) => [code.slice('travel/'.length), message]);
