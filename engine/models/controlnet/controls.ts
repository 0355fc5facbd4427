import type { GraphBuilder, Value } from '../../graph/builder.ts';
import type { Feeds } from '../../onnx/session.ts';
import {
  type ControlInputs,
  type ControlNetWeights,
  type ControlScaling,
  controlNetResiduals,
  residualCount,
  scaledResiduals,
  sumOfResiduals,
} from './graph.ts';

/** A ControlNet that acts on a prediction of the UNet. */
export interface UNetControl extends ControlScaling {
  /** Index into the UNet's ControlNets. */
  readonly controlNet: number;
  /** The embedded hint of each frame, `[C₀, height, width]`, flat. */
  readonly hints: readonly Float32Array[];
  /** For each clip (prompt), the strength in each frame; 0: the frame is not controlled. */
  readonly strengths: readonly (readonly number[])[];
}

interface Shape {
  readonly clips: number;
  readonly frames: number;
  readonly height: number;
  readonly width: number;
}

const hintInput = (index: number) => `hint_${index}`;
const strengthInput = (index: number) => `control_${index}`;

/** What of the controls decides the graph. */
export const controlKey = ({ controlNet, soft, pooled }: UNetControl) => [controlNet, soft, pooled];

/**
 * Adds ControlNets to a UNet's graph, with the inputs `hint_i` `[clips·frames, C₀, height, width]` and `control_i`
 * `[clips·frames]`, the strengths, for each of them.
 *
 * @returns the sum of their residuals
 */
export function controlResiduals(
  graph: GraphBuilder,
  models: readonly ControlNetWeights[],
  controls: readonly UNetControl[],
  { clips, frames, height, width }: Shape,
  inputs: ControlInputs,
): Value[] {
  const batch = clips * frames;
  const residuals = controls.map((control, i) => {
    const model = models[control.controlNet]!;
    const channels = control.hints[0]!.length / (height * width);
    const hint = graph.input(hintInput(i), [batch, channels, height, width]);
    const strength = graph.input(strengthInput(i), [batch]);
    const own = controlNetResiduals(graph, model, inputs, hint);
    return scaledResiduals(graph, own, strength, control, residualCount(model));
  });
  return sumOfResiduals(graph, residuals);
}

/** The values for the inputs that `controlResiduals` adds. */
export function controlFeeds(controls: readonly UNetControl[], { clips, frames, height, width }: Shape): Feeds {
  const batch = clips * frames;
  return Object.fromEntries(
    controls.flatMap(({ hints, strengths }, i) => {
      const size = hints[0]!.length;
      const data = new Float32Array(batch * size);
      for (let sample = 0; sample < batch; sample++) data.set(hints[sample % frames]!, sample * size);
      return [
        [hintInput(i), { data, dims: [batch, size / (height * width), height, width] }],
        [strengthInput(i), { data: Float32Array.from(strengths.flat()), dims: [batch] }],
      ];
    }),
  );
}

/** Those that act on at least one of the clips and frames. */
export const acting = (controls: readonly UNetControl[]): readonly UNetControl[] =>
  controls.filter(({ strengths }) => strengths.some((perFrame) => perFrame.some((strength) => strength !== 0)));

/** Their part for one of the clips. */
export const controlsOfClip = (controls: readonly UNetControl[], clip: number): readonly UNetControl[] =>
  controls.map((control) => ({ ...control, strengths: [control.strengths[clip]!] }));

/** Their part for some of the frames. */
export const controlsOfFrames = (
  controls: readonly UNetControl[],
  start: number,
  end: number,
): readonly UNetControl[] =>
  controls.map((control) => ({
    ...control,
    hints: control.hints.slice(start, end),
    strengths: control.strengths.map((perFrame) => perFrame.slice(start, end)),
  }));
