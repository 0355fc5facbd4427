/** Time of a new frame of FILM at its published width with random weights, and the peak memory of the process. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Film } from '../engine/models/film/film.ts';
import { cpu } from '../engine/onnx/session.ts';
import { openWeights } from '../weights/open.ts';
import { filmShapes, writeRandomModel } from './random-model.ts';

const MODEL = join(tmpdir(), 'travel-bench-film.safetensors');

export async function benchFilm(): Promise<void> {
  if (!existsSync(MODEL)) await writeRandomModel(MODEL, filmShapes());
  for (const side of [256, 512, 768]) {
    const line = execFileSync(process.execPath, [import.meta.filename, String(side)], { encoding: 'utf8' });
    process.stdout.write(line);
  }
}

/** In a process of its own, whose peak is that of one size. */
async function measure(side: number): Promise<void> {
  const film = new Film(await openWeights(MODEL), cpu());
  const picture = (seed: number) =>
    Float32Array.from({ length: 3 * side * side }, (_, i) => (Math.sin(i / 9 + seed) + 1) / 2);
  const [first, second] = [picture(0), picture(1)];
  const size = { height: side, width: side };
  const start = performance.now();
  await film.between(first, second, 0.5, size);
  const ready = performance.now();
  const before = process.cpuUsage();
  await film.between(first, second, 0.5, size);
  const seconds = (performance.now() - ready) / 1000;
  const { user, system } = process.cpuUsage(before);
  const peak = process.resourceUsage().maxRSS / 1024;
  console.log(
    `film, ${side}×${side}: ${seconds.toFixed(2)} s a frame (processor ${((user + system) / 1e6).toFixed(2)} s), the first ${((ready - start) / 1000).toFixed(2)} s, ${peak.toFixed(0)} MiB peak`,
  );
}

if (process.argv[1] === import.meta.filename) await measure(Number(process.argv[2]));
