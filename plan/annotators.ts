/** A number that an annotator is given, with the range and the default of sd-webui-controlnet's slider. */
export interface Slider {
  readonly label: string;
  readonly minimum: number;
  readonly maximum: number;
  readonly default: number;
}

interface AnnotatorDescription {
  /** Whether the image is first brought to a working resolution; otherwise it keeps its size. */
  readonly usesResolution: boolean;
  /** In the order of `threshold_a` and `threshold_b` of A1111's API. */
  readonly sliders: Readonly<Record<string, Slider>>;
}

/** The working resolution: length of the shorter side. Pixel-perfect resolutions may be lower. */
export const RESOLUTION: Slider = { label: 'Resolution', minimum: 64, maximum: 2048, default: 512 };

const GAMMA: Slider = { label: 'Gamma Correction', minimum: 0.1, maximum: 2, default: 1 };

/** ControlNet preprocessors that need no network, by sd-webui-controlnet's names. */
export const ANNOTATORS = {
  none: { usesResolution: false, sliders: {} },
  canny: {
    usesResolution: true,
    sliders: {
      low: { label: 'Canny Low Threshold', minimum: 1, maximum: 255, default: 100 },
      high: { label: 'Canny High Threshold', minimum: 1, maximum: 255, default: 200 },
    },
  },
  scribble_xdog: {
    usesResolution: true,
    sliders: { threshold: { label: 'XDoG Threshold', minimum: 1, maximum: 64, default: 32 } },
  },
  lineart_standard: { usesResolution: true, sliders: {} },
  threshold: {
    usesResolution: true,
    sliders: { threshold: { label: 'Binarization Threshold', minimum: 0, maximum: 255, default: 127 } },
  },
  invert: { usesResolution: false, sliders: {} },
  blur_gaussian: {
    usesResolution: true,
    sliders: { sigma: { label: 'Sigma', minimum: 0.01, maximum: 64, default: 9 } },
  },
  tile_resample: {
    usesResolution: false,
    sliders: { rate: { label: 'Down Sampling Rate', minimum: 1, maximum: 8, default: 1 } },
  },
  color: { usesResolution: true, sliders: {} },
  recolor_luminance: { usesResolution: false, sliders: { gamma: GAMMA } },
  recolor_intensity: { usesResolution: false, sliders: { gamma: GAMMA } },
  shuffle: { usesResolution: true, sliders: {} },
} as const satisfies Readonly<Record<string, AnnotatorDescription>>;

export type AnnotatorName = keyof typeof ANNOTATORS;

/** Short names, each of the annotator of its kind that needs no network. */
export const ANNOTATOR_ALIASES = {
  lineart: 'lineart_standard',
  scribble: 'scribble_xdog',
  tile: 'tile_resample',
} as const satisfies Readonly<Record<string, AnnotatorName>>;

/** The value of every slider of an annotator. */
export type SliderValues<Name extends AnnotatorName> = {
  readonly [Key in keyof (typeof ANNOTATORS)[Name]['sliders']]: number;
};

/** A value as sd-webui-controlnet takes it: one that is missing or outside the slider (it writes −1) is the default. */
export function sliderValue({ minimum, maximum, default: fallback }: Slider, value: number | undefined): number {
  return value !== undefined && value >= minimum && value <= maximum ? value : fallback;
}

/** The values of all sliders of an annotator, each as {@link sliderValue} takes it; other keys are ignored. */
export function sliderValues<Name extends AnnotatorName>(
  name: Name,
  values: Readonly<Record<string, number | undefined>>,
): SliderValues<Name> {
  const sliders: Readonly<Record<string, Slider>> = ANNOTATORS[name].sliders;
  const taken = Object.entries(sliders).map(([key, slider]) => [key, sliderValue(slider, values[key])]);
  return Object.fromEntries(taken) as SliderValues<Name>;
}
