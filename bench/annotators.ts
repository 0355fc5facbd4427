import { annotate } from '../engine/annotators/annotate.ts';
import { resizeHint } from '../engine/annotators/hints/resize-hint.ts';
import type { Picture } from '../engine/annotators/picture.ts';
import { ANNOTATORS, type AnnotatorName, sliderValues } from '../plan/annotators.ts';

const SIDE = 512;
const FRAMES = 64;

/** Prints how long each annotator takes for 64 frames of 512 × 512 pixels, and the resize of their edges. */
export function benchAnnotators(): void {
  const frames = Array.from({ length: FRAMES }, (_, i) => movingRings(i));
  for (const name of Object.keys(ANNOTATORS) as AnnotatorName[]) {
    print(name, () => frames.map((frame) => withDefaults(name, frame)));
  }
  const edges = frames.map((frame) => withDefaults('canny', frame));
  print('resize of edges to 768', () => edges.map((hint) => resizeHint(hint, 768, 768, 'crop')));
}

function withDefaults<Name extends AnnotatorName>(name: Name, frame: Picture): Picture {
  return annotate(name, frame, { ...sliderValues(name, {}), resolution: SIDE, seed: 1 });
}

/** Wall-clock time, and the time of the processor, which counts on a computer that does other work, too. */
function print(what: string, work: () => unknown): void {
  const [start, before] = [performance.now(), process.cpuUsage()];
  work();
  const { user, system } = process.cpuUsage(before);
  const [wall, processor] = [performance.now() - start, (user + system) / 1000];
  console.log(`${what.padEnd(24)} ${FRAMES} frames: ${wall.toFixed(0)} ms, processor ${processor.toFixed(0)} ms`);
}

/** Colored rings with some noise, around a center that moves. */
function movingRings(frame: number): Picture {
  const data = new Uint8Array(SIDE * SIDE * 3);
  let noise = frame + 1;
  for (let at = 0, pixel = 0; pixel < SIDE * SIDE; pixel++, at += 3) {
    const distance = Math.hypot((pixel % SIDE) - 200 - frame, Math.floor(pixel / SIDE) - 256);
    noise = (Math.imul(noise, 1664525) + 1013904223) >>> 0;
    for (let channel = 0; channel < 3; channel++) {
      data[at + channel] = 128 + 110 * Math.sin(distance / (6 + 7 * channel)) + (noise >>> 28);
    }
  }
  return { width: SIDE, height: SIDE, channels: 3, data };
}
