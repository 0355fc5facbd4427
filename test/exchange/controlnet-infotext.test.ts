import { describe, expect, it } from 'vitest';
import { importTravel } from '../../exchange/import.ts';

/** The units and the notes about them, but those about their inputs, which no infotext has. */
function imported(parameters: string) {
  const text = `dancer\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 3, ${parameters}, Version: v1.5.1`;
  const { travel, notes } = importTravel([{ text }]);
  return {
    units: [...travel.matchAll(/^ {2}- (.*)$/gm)].map(([, unit]) => unit),
    notes: notes
      .filter(({ key }) => key === 'other-fields' || key === 'preprocessor-parameters')
      .map(({ message }) => message),
  };
}

const parametersOf = (list: string) => [
  `ControlNet unit 0: the parameters of the preprocessor are not carried over (${list}). Its defaults are used.`,
];

const old = (fields: string) =>
  `ControlNet: "preprocessor: canny, model: control_v11p_sd15_canny [d14c016b], ${fields}"`;

describe('units of old versions of sd-webui-controlnet', () => {
  it.each([
    [
      'weight: 0.8, starting/ending: (0, 0.7), resize mode: Crop and Resize, pixel perfect: False, control mode: Balanced, preprocessor params: (512, 100, 200)',
      '{model: control_v11p_sd15_canny, preprocessor: canny, weight: 0.8, end: 0.7}',
      parametersOf('processor_res: 512, threshold_a: 100, threshold_b: 200'),
    ],
    [
      'weight: 1, starting/ending: (0.25, 0.5), resize mode: Resize and Fill, pixel perfect: True, control mode: My prompt is more important, preprocessor params: (-1, -1, -1)',
      '{model: control_v11p_sd15_canny, preprocessor: canny, start: 0.25, end: 0.5, mode: prompt, resize: fill}',
      parametersOf('pixel_perfect: True'),
    ],
    [
      'weight: 1.0, starting/ending: (0.0, 1.0), resize mode: ResizeMode.RESIZE, pixel_perfect: False, control mode: ControlMode.CONTROL, preprocessor params: (1024, None, None)',
      '{model: control_v11p_sd15_canny, preprocessor: canny, mode: control, resize: stretch}',
      parametersOf('processor_res: 1024'),
    ],
    [
      'weight: 1, starting/ending: 0.5, control mode: Loud',
      '{model: control_v11p_sd15_canny, preprocessor: canny}',
      [
        'ControlNet unit 0: control_mode is not known here. It was: Loud',
        'ControlNet unit 0: the field starting/ending is not carried over. It was: 0.5',
      ],
    ],
  ])('%s', (fields, unit, notes) => {
    expect(imported(old(fields))).toEqual({ units: [unit], notes });
  });

  it('names of preprocessors may have brackets, and models may be missing', () => {
    const text =
      'Controlnet 0: "preprocessor: depth_leres (LeRes 深度图估算）, model: None, weight: 0.7, starting/ending: (0, 0.5)"';
    const { units } = imported(text);
    expect(units).toEqual([
      expect.stringMatching(/^\{model: none, preprocessor: depth_leres.*, weight: 0\.7, end: 0\.5\}$/),
    ]);
  });

  it.each([
    ['several', '-0', '-1'],
    ['one', '', null],
  ])('a parameter for each field: %s', (_, first, second) => {
    const fields = (index: string, module: string) =>
      `ControlNet${index} Enabled: True, ControlNet${index} Module: ${module}, ControlNet${index} Model: control_${module} [e3fe7712], ControlNet${index} Weight: 0.55, ControlNet${index} Guidance Start: 0, ControlNet${index} Guidance End: 0.9`;
    const { units, notes } = imported(
      [first, ...(second === null ? [] : [second])].map((index) => fields(index, 'hed')).join(', '),
    );
    const unit = '{model: control_hed, preprocessor: softedge_hed, weight: 0.55, end: 0.9}';
    expect({ units, notes }).toEqual({ units: second === null ? [unit] : [unit, unit], notes: [] });
  });
});

describe.each([
  ['ControlMode.BALANCED', ''],
  ['ControlMode.PROMPT', ', mode: prompt'],
  ['ControlMode.CONTROL', ', mode: control'],
  ['ControlNet is more important', ', mode: control'],
])('the mode %s', (mode, writtenMode) => {
  it.each([
    ['ResizeMode.RESIZE', ', resize: stretch'],
    ['ResizeMode.INNER_FIT', ''],
    ['ResizeMode.OUTER_FIT', ', resize: fill'],
    ['Crop and Resize', ''],
  ])('with %s', (resize, writtenResize) => {
    const { units, notes } = imported(
      `ControlNet 0: "Module: none, Model: a [cab727d4], Weight: 0.9, Resize Mode: ${resize}, Low Vram: False, Guidance Start: 0.1, Guidance End: 0.8, Pixel Perfect: False, Control Mode: ${mode}, Save Detected Map: True"`,
    );
    expect({ units, notes }).toEqual({
      units: [`{model: a, weight: 0.9, start: 0.1, end: 0.8${writtenMode}${writtenResize}}`],
      notes: [],
    });
  });
});
