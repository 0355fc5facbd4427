/** Time from text to plan, by text size. */
import { resolve } from 'node:path';
import { parseTravel, planFor } from '../grammar/language.ts';
import { settle } from '../library/file-environment.ts';
import { ModelLibrary } from '../library/model-library.ts';
import { median } from './median.ts';

const ROOT = resolve(import.meta.dirname, '..');

function travelText(keyframes: number, wordsPerPrompt: number): string {
  const words = Array.from({ length: wordsPerPrompt }, (_, i) => `(word${i}:1.1)`).join(', ');
  const lines = Array.from({ length: keyframes }, (_, i) => `${i * 2}: ${words}, number ${i}`);
  return ['---', `frames: ${Math.max(16, keyframes * 2)}`, 'seed: 1', '---', 'a head', ...lines, 'a tail', ''].join(
    '\n',
  );
}

export async function benchPlan(): Promise<void> {
  const library = await ModelLibrary.open({ modelsFolder: `${ROOT}/models`, roots: [] });
  const cases = [
    [30, 5],
    [1_000, 5],
    [20_000, 2],
    [1_000, 70],
  ] as const;
  let base: number | undefined;
  for (const [keyframes, words] of cases) {
    const text = travelText(keyframes, words);
    const times: number[] = [];
    for (let run = 0; run < 3; run++) {
      const start = performance.now();
      const document = parseTravel(text);
      const result = await settle(library, { path: `${ROOT}/bench.travel`, wildcardFolders: [] }, (host) =>
        planFor(document, host, {}),
      );
      if (!result.plan) throw new Error('The benchmark document has errors.');
      times.push(performance.now() - start);
    }
    const perKilobyte = median(times) / (text.length / 1000);
    base ??= perKilobyte;
    console.log(
      `plan, ${keyframes} keyframes, ${(text.length / 1000).toFixed(0)} kB: ${median(times).toFixed(0)} ms, ` +
        `${perKilobyte.toFixed(2)} ms/kB (×${(perKilobyte / base).toFixed(2)} of the smallest document)`,
    );
  }
}
