import { ANNOTATORS, type AnnotatorName } from './annotators.ts';

/** A network as its publisher gives it: in the ONNX format, or as weights of PyTorch whose graph is built here. */
export interface PublishedNetwork {
  /** What a path ends with, the best first; the last one is the one to recommend. */
  readonly names: readonly string[];
  /** Address of the page to download it from. */
  readonly page: string;
  readonly license: string;
}

/** The size that a network gets a picture in, if its file does not fix it. */
export type InputSize =
  /** That of the picture, which is padded to multiples of 64. */
  | { readonly kind: 'own' }
  /** Multiples of a number, rounded up. */
  | { readonly kind: 'multiple'; readonly of: number }
  /** Both sides are at least this long, rounded to multiples of a number; the aspect ratio is kept. */
  | { readonly kind: 'at-least'; readonly side: number; readonly multiple: number };

/** A network that makes a map of the picture. */
export interface MapAnnotator {
  readonly networks: readonly PublishedNetwork[];
  readonly size: InputSize;
  /** Subtracted from values of 0 … 1, by channel (red, green, blue), which are then divided by the deviation. */
  readonly mean: readonly [number, number, number];
  readonly deviation: readonly [number, number, number];
  /**
   * `depth`: larger is nearer; the hint is scaled from its least to its largest value. `normals`: of such a depth map.
   * `dark-lines`: lines are at `black`, and all else is at `white`; the hint is inverted.
   */
  readonly output:
    | { readonly kind: 'depth' }
    | { readonly kind: 'normals' }
    | { readonly kind: 'dark-lines'; readonly black: number; readonly white: number };
}

/** A network that finds people, then one that reads the pose of each, of which some parts are drawn. */
interface PoseAnnotator {
  readonly networks: readonly PublishedNetwork[];
  readonly output: { readonly kind: 'pose'; readonly body: boolean; readonly hands: boolean; readonly face: boolean };
}

/** Networks that find soft edges, as sd-webui-controlnet has them: as weights of PyTorch. */
export const EDGE_NETWORKS = ['hed', 'pidinet', 'teed'] as const;
export type EdgeNetworkName = (typeof EDGE_NETWORKS)[number];

/** A network that finds edges. */
interface EdgeAnnotator {
  readonly networks: readonly PublishedNetwork[];
  readonly output: {
    readonly kind: 'edges';
    readonly network: EdgeNetworkName;
    /** Steps from black to white of a "safe" map, which hide what else is in soft edges; 0: all values. */
    readonly steps: number;
    /** Whether edges become strokes, black and white. */
    readonly scribble: boolean;
  };
}

export type NetworkAnnotator = MapAnnotator | PoseAnnotator | EdgeAnnotator;

const PLAIN = { mean: [0, 0, 0], deviation: [1, 1, 1] } as const;
const IMAGENET = { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] } as const;

const lineart = (name: string): PublishedNetwork => ({
  names: [name],
  page: 'https://huggingface.co/deepghs/imgutils-models/tree/main/lineart',
  license: 'Apache-2.0, MIT',
});

const pose = (body: boolean, hands: boolean, face: boolean): PoseAnnotator => ({
  networks: ['yolox_l.onnx', 'dw-ll_ucoco_384.onnx'].map((name) => ({
    names: [name],
    page: 'https://huggingface.co/yzd-v/DWPose/tree/main',
    license: 'Apache-2.0',
  })),
  output: { kind: 'pose', body, hands, face },
});

const MIDAS: PublishedNetwork = {
  names: ['model-f6b98070.onnx', 'model-small.onnx'],
  page: 'https://github.com/isl-org/MiDaS/releases/tag/v2_1',
  license: 'MIT',
};

const ANNOTATORS_PAGE = 'https://huggingface.co/lllyasviel/Annotators/tree/main';
const EDGE_FILES: Readonly<Record<EdgeNetworkName, PublishedNetwork>> = {
  hed: { names: ['ControlNetHED.pth'], page: ANNOTATORS_PAGE, license: 'Apache-2.0' },
  pidinet: { names: ['table5_pidinet.pth'], page: ANNOTATORS_PAGE, license: 'research only' },
  teed: {
    names: ['7_model.pth'],
    page: 'https://huggingface.co/bdsqlsz/qinglong_controlnet-lllite/tree/main/Annotators',
    license: 'MIT',
  },
};

/** The default of sd-webui-controlnet's `safe_step`, and of its slider “Safe Steps”. */
const SAFE_STEPS = 2;

const edges = (network: EdgeNetworkName, steps: number, scribble = false): EdgeAnnotator => ({
  networks: [EDGE_FILES[network]],
  output: { kind: 'edges', network, steps, scribble },
});

/**
 * ControlNet preprocessors with a network, by sd-webui-controlnet's names: those that are published as ONNX files, and soft edges.
 * None was run with its published file. Sources: MiDaS `tf/make_onnx_model.py`, whose graph normalizes by itself, deepghs'
 * imgutils `edge/lineart.py`, and sd-webui-controlnet's `annotator/` and `scripts/preprocessor/`, also for Depth Anything. All
 * poses are read with DWPose's networks, which sd-webui-controlnet uses for `dw_openpose_full` only, and depth maps and normals
 * with MiDaS 2.1, where it has DPT.
 */
export const NETWORK_ANNOTATORS = {
  depth_anything_v2: {
    networks: [
      {
        names: ['vitl', 'vitb', 'vits'].flatMap((size) => [
          `depth_anything_v2_${size}_dynamic.onnx`,
          `depth_anything_v2_${size}.onnx`,
        ]),
        page: 'https://github.com/fabio-sim/Depth-Anything-ONNX/releases',
        license: 'Apache-2.0 for vits, CC-BY-NC-4.0 for vitb and vitl',
      },
    ],
    size: { kind: 'at-least', side: 518, multiple: 14 },
    ...IMAGENET,
    output: { kind: 'depth' },
  },
  depth_midas: {
    networks: [MIDAS],
    size: { kind: 'at-least', side: 384, multiple: 32 },
    ...PLAIN,
    output: { kind: 'depth' },
  },
  normal_midas: {
    networks: [MIDAS],
    size: { kind: 'at-least', side: 384, multiple: 32 },
    ...PLAIN,
    output: { kind: 'normals' },
  },
  softedge_hed: edges('hed', 0),
  softedge_hedsafe: edges('hed', SAFE_STEPS),
  softedge_pidinet: edges('pidinet', 0),
  softedge_pidisafe: edges('pidinet', SAFE_STEPS),
  softedge_teed: edges('teed', SAFE_STEPS),
  scribble_hed: edges('hed', 0, true),
  scribble_pidinet: edges('pidinet', 0, true),
  lineart_realistic: {
    networks: [lineart('lineart.onnx')],
    size: { kind: 'own' },
    ...PLAIN,
    output: { kind: 'dark-lines', black: 0, white: 1 },
  },
  lineart_coarse: {
    networks: [lineart('lineart_coarse.onnx')],
    size: { kind: 'own' },
    ...PLAIN,
    output: { kind: 'dark-lines', black: 0, white: 1 },
  },
  lineart_anime: {
    networks: [lineart('lineart_anime.onnx')],
    size: { kind: 'multiple', of: 256 },
    mean: [0.5, 0.5, 0.5],
    deviation: [0.5, 0.5, 0.5],
    output: { kind: 'dark-lines', black: -1, white: 1 },
  },
  dw_openpose_full: pose(true, true, true),
  openpose: pose(true, false, false),
  openpose_hand: pose(true, true, false),
  openpose_face: pose(true, false, true),
  openpose_faceonly: pose(false, false, true),
  openpose_full: pose(true, true, true),
} as const satisfies Readonly<Record<string, NetworkAnnotator>>;

export type NetworkAnnotatorName = keyof typeof NETWORK_ANNOTATORS;

/** Every preprocessor of ControlNet units. */
export type Preprocessor = AnnotatorName | NetworkAnnotatorName;

export const PREPROCESSORS = [...Object.keys(ANNOTATORS), ...Object.keys(NETWORK_ANNOTATORS)] as [
  Preprocessor,
  ...Preprocessor[],
];

/** Short names. That of soft edges is sd-webui-controlnet's default, which ControlNet 1.1's authors recommend. */
export const NETWORK_ALIASES = {
  depth: 'depth_midas',
  normal: 'normal_midas',
  softedge: 'softedge_pidinet',
} as const satisfies Readonly<Record<string, NetworkAnnotatorName>>;

/** File names of networks that are not in the ONNX format, in lower case. */
const TORCH_NETWORKS: ReadonlySet<string> = new Set(
  Object.values(EDGE_FILES).flatMap(({ names }) => names.map((name) => name.toLowerCase())),
);

/** Whether a file in a model folder is the network of a preprocessor. @param name without its folder */
export const isNetworkFile = (name: string): boolean => /\.onnx$/i.test(name) || TORCH_NETWORKS.has(name.toLowerCase());

/** The network of a preprocessor; null: it needs none. */
export const networkAnnotator = (name: string): NetworkAnnotator | null =>
  (NETWORK_ANNOTATORS as Readonly<Record<string, NetworkAnnotator>>)[name] ?? null;

export const isNetwork = (name: Preprocessor): name is NetworkAnnotatorName => name in NETWORK_ANNOTATORS;

/** Whether a preprocessor makes depth maps, whose scale can be the clip's. */
export const isDepth = (name: string): boolean => networkAnnotator(name)?.output.kind === 'depth';
