import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../library/cache-folder.ts';
import { memoryOfThisComputer } from '../library/memory.ts';
import { endingOf } from '../plan/format-limits.ts';
import { shownFrames } from '../plan/interpolation.ts';
import { chooseMemoryPlan, memoryPlanText } from '../plan/memory-plan.ts';
import { namedFiles } from '../plan/model-files.ts';
import { fileName } from '../plan/paths.ts';
import { costOfPlan, estimateSeconds, type RenderTime, readRenderTimes, similarRenders } from '../plan/render-cost.ts';
import { renderSteps } from '../plan/steps.ts';
import { clock, gigabytes } from '../plan/units.ts';
import { RENDER_TIMES } from '../protocol/cache-layout.ts';
import { printableLine } from '../rendering/printable.ts';
import type { ReadyFile } from './planned.ts';
import { fromHere } from './print.ts';
import type { RenderFacts } from './render-lines.ts';

/** What renders took on this computer; none if the file cannot be read, because they are only a help. */
export async function lastRenderTimes(): Promise<readonly RenderTime[]> {
  const text = await readFile(join(cacheFolder(), RENDER_TIMES), 'utf8').catch(() => '');
  return readRenderTimes(text);
}

/** What a render of a file would make, and need. @param times of the last renders, oldest first */
export function renderFacts({ shown, plan, isRandom, demand }: ReadyFile, times: readonly RenderTime[]): RenderFacts {
  const { sampling, output, width, height } = plan;
  const cost = costOfPlan(plan);
  const chosen = demand && chooseMemoryPlan(demand, memoryOfThisComputer());
  const usesGpu = similarRenders(cost, times).some(({ ranOn }) => ranOn !== 'CPU');
  return {
    file: shown,
    frames: output.interpolation === null ? new Set(output.order).size : shownFrames(output),
    fps: output.fps,
    width,
    height,
    sampler: sampling.sampler,
    steps: renderSteps(sampling),
    seed: sampling.seed,
    random: isRandom,
    models: namedFiles(plan).map(({ path }) => path),
    output: output.formats.map((format) => {
      const path = format === 'png' ? output.base : `${output.base}.${endingOf(format)}`;
      return { format, path, exists: existsSync(path) };
    }),
    seconds: estimateSeconds(cost, times),
    memory: chosen && !usesGpu ? chosen.needed : null,
    memoryPlan: chosen && !usesGpu ? memoryPlanText(demand, chosen.plan) : '',
  };
}

/** The same for people, one line for each fact. */
export function factLines(facts: RenderFacts): string[] {
  const {
    file,
    frames,
    fps,
    width,
    height,
    sampler,
    steps,
    seed,
    random,
    models,
    output,
    seconds,
    memory,
    memoryPlan,
  } = facts;
  const clip = `${frames === 1 ? '1 frame' : `${frames} frames`} of ${width}×${height} at ${fps} fps`;
  const paths = output.map(({ path, exists }) => `${fromHere(path)}${exists ? ' (exists, so a number is added)' : ''}`);
  return [
    `${file}: ${clip}, ${steps} steps of ${sampler}, ${random ? `a random seed, now ${seed}` : `seed ${seed}`}`,
    `  models  ${models.map(fileName).join(', ')}`,
    ...paths.map((path, at) => `  ${at === 0 ? 'writes' : '      '}  ${path}`),
    `  time    ${seconds === null ? 'not known: nothing similar was rendered on this computer yet' : `about ${clock(seconds)}`}`,
    `  memory  ${memory === null ? 'not known: a GPU is used' : `about ${gigabytes(memory)}${memoryPlan === '' ? '' : `, with ${memoryPlan}`}`}`,
  ].map(printableLine);
}
