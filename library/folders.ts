import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { readFailure } from '../disk/why-unreadable.ts';
import { messageOf } from '../plan/message-of.ts';
import { extraModelPaths } from './extra-model-paths.ts';
import type { Unreadable } from './scan.ts';

/** The program whose folder structure a root has. */
export type Layout = 'webui' | 'comfyui' | 'stability-matrix' | 'invokeai' | 'plain';

export interface ModelRoot {
  /** Absolute path, as given by the user. */
  readonly path: string;
  readonly layout: Layout;
  /** Absolute paths of the folders to search recursively, in lookup order. */
  readonly folders: readonly string[];
  /** Folders in which only networks of ControlNet preprocessors are looked for. */
  readonly networkFolders: readonly string[];
  /** Files of the installation that name more folders, and cannot be read. */
  readonly unreadable: readonly Unreadable[];
  /** About folders that such files name and that do not exist. */
  readonly notices: readonly string[];
}

interface KnownLayout {
  readonly layout: Layout;
  /** Files or folders that only this layout has: one of them is enough. */
  readonly landmarks: readonly string[];
  readonly folders: readonly string[];
  /** In which its ControlNet preprocessors keep their networks. */
  readonly networkFolders?: readonly string[];
}

const CUSTOM_NODES = [
  'custom_nodes/ComfyUI-AnimateDiff-Evolved/models',
  'custom_nodes/ComfyUI-AnimateDiff-Evolved/motion_lora',
  'custom_nodes/ComfyUI-Frame-Interpolation/ckpts/film',
];
const PREPROCESSOR_NODES = 'custom_nodes/comfyui_controlnet_aux/ckpts';
const STABILITY_MATRIX = [
  'StableDiffusion',
  'Diffusers',
  'Lora',
  'LyCORIS',
  'TextEncoders',
  'CLIP',
  'VAE',
  'ApproxVAE',
  'Embeddings',
  'TextualInversion',
  'ControlNet',
];

/**
 * The folders in which each program keeps supported models, in any case. The rest of an installation (Python, outputs,
 * upscalers) is not searched. Sources: A1111 `modules/paths_internal.py`, sd-webui-animatediff `animatediff_mm.py`, its
 * Forge fork, sd-webui-controlnet `global_state.py`, SD.Next `modules/paths.py`, Easy Diffusion's and SwarmUI's default settings, ComfyUI `folder_paths.py`,
 * ComfyUI-AnimateDiff-Evolved `utils_model.py`, ComfyUI-Frame-Interpolation `config.yaml`, Deforum `film_inference.py`, StabilityMatrix `SharedFolderType.cs`,
 * InvokeAI's default configuration.
 */
const KNOWN_LAYOUTS: readonly KnownLayout[] = [
  {
    layout: 'webui',
    landmarks: ['models/Stable-diffusion'],
    folders: [
      'models/Stable-diffusion',
      'models/Diffusers',
      'models/Lora',
      'models/LyCORIS',
      'models/text_encoder',
      'models/clip',
      'models/VAE',
      'models/VAE-approx',
      'models/VAE-taesd',
      'models/AnimateDiff',
      'models/ControlNet',
      'models/diffusion_models',
      'models/Deforum/film_interpolation',
      'extensions/sd-webui-animatediff/model',
      'extensions/sd-forge-animatediff/model',
      'extensions/sd-webui-controlnet/models',
      'embeddings',
      'models/embeddings',
      // SwarmUI's own ComfyUI.
      ...CUSTOM_NODES.flatMap((folder) => [`dlbackend/comfy/ComfyUI/${folder}`, `dlbackend/ComfyUI/${folder}`]),
    ],
    networkFolders: [
      'extensions/sd-webui-controlnet/annotator/downloads',
      'models/ControlNetPreprocessor',
      `dlbackend/comfy/ComfyUI/${PREPROCESSOR_NODES}`,
      `dlbackend/ComfyUI/${PREPROCESSOR_NODES}`,
    ],
  },
  {
    layout: 'comfyui',
    landmarks: ['models/checkpoints'],
    folders: [
      'models/checkpoints',
      'models/diffusers',
      'models/diffusion_models',
      'models/unet',
      'models/loras',
      'models/text_encoders',
      'models/clip',
      'models/vae',
      'models/vae_approx',
      'models/animatediff_models',
      'models/animatediff_motion_lora',
      'models/controlnet',
      'models/embeddings',
      'models/frame_interpolation',
      ...CUSTOM_NODES,
    ],
    networkFolders: [PREPROCESSOR_NODES],
  },
  {
    layout: 'stability-matrix',
    landmarks: ['Models/StableDiffusion', 'Data/Models/StableDiffusion'],
    folders: ['', 'Data/'].flatMap((data) => [
      ...STABILITY_MATRIX.map((folder) => `${data}Models/${folder}`),
      ...CUSTOM_NODES.map((folder) => `${data}Packages/ComfyUI/${folder}`),
      `${data}Packages/stable-diffusion-webui/extensions/sd-webui-animatediff/model`,
      `${data}Packages/stable-diffusion-webui/models/Deforum/film_interpolation`,
    ]),
    networkFolders: ['', 'Data/'].flatMap((data) => [
      `${data}Packages/ComfyUI/${PREPROCESSOR_NODES}`,
      `${data}Packages/stable-diffusion-webui/extensions/sd-webui-controlnet/annotator/downloads`,
    ]),
  },
  { layout: 'invokeai', landmarks: ['invokeai.yaml', 'models/sd-1'], folders: ['models', 'autoimport'] },
];

/** Where ComfyUI looks for it, and where SwarmUI and StabilityMatrix keep their ComfyUI. */
const EXTRA_PATHS = [
  'extra_model_paths.yaml',
  'dlbackend/comfy/ComfyUI/extra_model_paths.yaml',
  'Packages/ComfyUI/extra_model_paths.yaml',
  'Data/Packages/ComfyUI/extra_model_paths.yaml',
];

/**
 * The folders to search for a path that the user configured: an installation of AUTOMATIC1111, Forge, SD.Next, ComfyUI,
 * SwarmUI, StabilityMatrix, Easy Diffusion or InvokeAI, or any folder with model files.
 *
 * @throws Error if `path` is not a folder
 */
export async function modelRoot(path: string): Promise<ModelRoot> {
  const root = resolve(path);
  const info = await stat(root).catch(async (error: unknown) => {
    throw new Error(`Model folder ${await readFailure(root, error)}`);
  });
  if (!info.isDirectory())
    throw new Error(`${root} is a file, not a model folder. Use the folder that contains the model files.`);
  const listed = new Map<string, Promise<readonly string[]>>();
  const pathsIn = (paths: readonly string[]) => Promise.all(paths.map((relative) => pathIn(root, relative, listed)));
  for (const { layout, landmarks, folders, networkFolders = [] } of KNOWN_LAYOUTS) {
    const found = await pathsIn(landmarks);
    if (found.every((landmark) => landmark === null)) continue;
    const present = await pathsIn(folders);
    const { folders: extra, unreadable, notices } = await extraFolders(root);
    return {
      path: root,
      layout,
      folders: [...new Set([...present.flatMap((each) => each ?? []), ...extra])],
      networkFolders: (await pathsIn(networkFolders)).flatMap((each) => each ?? []),
      unreadable,
      notices,
    };
  }
  return { path: root, layout: 'plain', folders: [root], networkFolders: [], unreadable: [], notices: [] };
}

async function extraFolders(root: string): Promise<Pick<ModelRoot, 'folders' | 'unreadable' | 'notices'>> {
  const folders: string[] = [];
  const unreadable: Unreadable[] = [];
  const notices: string[] = [];
  for (const file of EXTRA_PATHS) {
    const path = join(root, file);
    try {
      const extra = await extraModelPaths(path);
      for (const folder of extra.folders) folders.push(folder);
      for (const notice of extra.notices) notices.push(notice);
    } catch (error) {
      unreadable.push({ path, reason: messageOf(error) });
    }
  }
  return { folders, unreadable, notices };
}

/**
 * The path of a file or folder below a root, whose names may be in another case; null if there is none.
 *
 * @param listed the names in folders that were looked into before
 */
async function pathIn(
  root: string,
  relative: string,
  listed: Map<string, Promise<readonly string[]>>,
): Promise<string | null> {
  let at = root;
  for (const name of relative.split('/')) {
    if (!listed.has(at))
      listed.set(
        at,
        readdir(at).catch((): string[] => []),
      );
    const names = await listed.get(at)!;
    const found = names.includes(name) ? name : names.find((other) => other.toLowerCase() === name.toLowerCase());
    if (found === undefined) return null;
    at = join(at, found);
  }
  return at;
}
