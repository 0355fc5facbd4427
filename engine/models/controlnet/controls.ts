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
import { regionMaskInput } from './region-mask.ts';

/** A ControlNet that acts on a prediction of the UNet. */
export interface UNetControl extends ControlScaling {
  /** Index into the UNet's ControlNets. */
  readonly controlNet: number;
  /** The embedded hint of each frame, `[C₀, height, width]`, flat. */
  readonly hints: readonly Float32Array[];
  /** For each clip (prompt), the strength in each frame; 0: the frame is not controlled. */
  readonly strengths: readonly (readonly number[])[];
  /** Where it acts in each frame: values of `regionMask`. Absent: everywhere. */
  readonly masks?: readonly Float32Array[] | undefined;
}

interface Shape {
  readonly clips: number;
  readonly frames: number;
  readonly height: number;
  readonly width: number;
}

const hintInput = (index: number) => `hint_${index}`;
const strengthInput = (index: number) => `control_${index}`;
const maskInput = (index: number) => `control_mask_${index}`;

/** What of the controls decides the graph. */
export const controlKey = ({ controlNet, soft, pooled, masks }: UNetControl) => [
  controlNet,
  soft,
  pooled,
  masks !== undefined,
];

/**
 * Adds ControlNets to a UNet's graph, with the inputs `hint_i` `[clips·frames, C₀, height, width]` and `control_i`
 * `[clips·frames]`, the strengths, for each of them, and `control_mask_i` for those with masks.
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
    const mask = control.masks && regionMaskInput(graph, maskInput(i), batch, { height, width });
    return scaledResiduals(graph, own, strength, { ...control, mask }, residualCount(model));
  });
  return sumOfResiduals(graph, residuals);
}

/** The values for the inputs that `controlResiduals` adds. */
export function controlFeeds(controls: readonly UNetControl[], { clips, frames, height, width }: Shape): Feeds {
  const batch = clips * frames;
  return Object.fromEntries(
    controls.flatMap(({ hints, strengths, masks }, i) => {
      /** Of each frame, for all clips. */
      const repeated = (values: readonly Float32Array[]) => {
        const size = values[0]!.length;
        const data = new Float32Array(batch * size);
        for (let sample = 0; sample < batch; sample++) data.set(values[sample % frames]!, sample * size);
        return data;
      };
      const channels = hints[0]!.length / (height * width);
      return [
        [hintInput(i), { data: repeated(hints), dims: [batch, channels, height, width] }],
        [strengthInput(i), { data: Float32Array.from(strengths.flat()), dims: [batch] }],
        ...(masks ? [[maskInput(i), { data: repeated(masks), dims: [batch, masks[0]!.length] }]] : []),
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
    masks: control.masks?.slice(start, end),
  }));
