/** `frame 3`, `frames 0–4, 7`. @param frames ascending, at least one */
export function framesInWords(frames: readonly number[]): string {
  const runs: [first: number, last: number][] = [];
  for (const frame of frames) {
    const run = runs.at(-1);
    if (run && frame === run[1] + 1) run[1] = frame;
    else runs.push([frame, frame]);
  }
  const list = runs.map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`)).join(', ');
  return `${frames.length === 1 ? 'frame' : 'frames'} ${list}`;
}
