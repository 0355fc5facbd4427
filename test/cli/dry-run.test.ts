import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { factLines, renderFacts } from '../../cli/dry-run.ts';
import type { ReadyFile } from '../../cli/planned.ts';
import { RenderFacts } from '../../cli/render-lines.ts';
import type { MemoryDemand } from '../../plan/memory.ts';
import type { TravelPlan } from '../../plan/plan.ts';
import { costOfPlan, type RenderTime } from '../../plan/render-cost.ts';
import { folderWith } from '../library/tree.ts';
import { planOf } from '../rendering/plans.ts';

const DEMAND: MemoryDemand = {
  window: 16,
  frames: 16,
  width: 512,
  height: 512,
  channels: [320, 1280],
  vaeChannels: 128,
  models: 2e9,
  motion: true,
};

const plan: TravelPlan = { ...planOf(), output: { ...planOf().output, formats: ['webp', 'png'] } };

const TIME: RenderTime = { cost: costOfPlan(plan), start: 1, sample: 60, decode: 4, ranOn: 'CPU' };

/** A file whose output goes to a folder. */
function fileIn(folder: string): ReadyFile {
  const output = { ...plan.output, base: join(folder, 'a') };
  return {
    shown: 'a.travel',
    name: 'a',
    plan: { ...plan, output },
    problems: [],
    isRandom: false,
    demand: DEMAND,
  };
}

describe('a dry run', () => {
  it('has the facts of the plan, and nothing that is not known', () => {
    const folder = folderWith({});
    const facts = RenderFacts.parse(renderFacts(fileIn(folder), []));
    expect(facts).toMatchObject({ file: 'a.travel', random: false, seconds: null });
    expect(facts.output).toEqual([
      { format: 'webp', path: join(folder, 'a.webp'), exists: false },
      { format: 'png', path: join(folder, 'a'), exists: false },
    ]);
    expect(facts.memory).toBeGreaterThan(2e9);
    expect(factLines(facts)).toContain('  time    not known: nothing similar was rendered on this computer yet');
  });

  it('estimates the time from the last renders, and the memory only on the CPU', () => {
    const file = fileIn(folderWith({}));
    expect(renderFacts(file, [TIME]).seconds).toBeCloseTo(65);
    expect(factLines(renderFacts(file, [TIME]))).toContain('  time    about 1:05');
    const onGpu = renderFacts(file, [{ ...TIME, ranOn: 'CUDA' }]);
    expect(onGpu.memory).toBeNull();
    expect(factLines(onGpu)).toContain('  memory  not known: a GPU is used');
    expect(renderFacts({ ...file, demand: null }, []).memory).toBeNull();
  });

  it('reports files that exist and random seeds, without control characters', () => {
    const folder = folderWith({ 'a.webp': '' });
    const lines = factLines(renderFacts({ ...fileIn(folder), shown: 'a\u001b[2J\n.travel', isRandom: true }, []));
    expect(lines).toContain(`  writes  ${join(folder, 'a.webp')} (exists, so a number is added)`);
    expect(lines[0]).toMatch(/^a\ufffd\[2J \.travel: .*, a random seed, now \d+$/);
  });
});
