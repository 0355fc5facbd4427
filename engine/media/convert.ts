import type { ConvertRequest } from '../../protocol/engine.ts';
import { readClip } from './read-clip.ts';
import { checkOutputs, writeClip } from './write.ts';

/**
 * Writes the frames of a rendered file in other formats, or with another rate, number of plays or direction. Nothing is
 * rendered again. The new files hold the same source, and their plan shows the frames in the new way.
 *
 * @returns absolute paths
 * @throws an error that `failureOf` explains
 */
export async function convertClip({ path, base, formats, fps, loop, reverse }: ConvertRequest): Promise<string[]> {
  const { clip, plan } = await readClip(path);
  const order = reverse ? plan.output.order.toReversed() : plan.output.order;
  const output = { ...plan.output, formats, order, fps: fps ?? clip.fps, loop: loop ?? clip.loop };
  const { width, height, count } = clip;
  await checkOutputs({ output: { ...output, base }, height });
  const shown = {
    width,
    height,
    count,
    rgb: (index: number) => clip.rgb(reverse ? count - 1 - index : index),
    fps: output.fps,
    loop: output.loop,
    firstNumber: clip.firstNumber,
  };
  return (await writeClip(shown, { base, formats }, { ...plan, output })).files;
}
