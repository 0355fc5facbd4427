import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** The program whose folder structure a root has. */
export type Layout = 'webui' | 'comfyui' | 'plain';

export interface ModelRoot {
  /** Absolute path, as given by the user. */
  readonly path: string;
  readonly layout: Layout;
  /** Absolute paths of the folders to search recursively, in lookup order. */
  readonly folders: readonly string[];
}

interface KnownLayout {
  readonly layout: Layout;
  /** A folder that only this layout has. */
  readonly landmark: string;
  readonly folders: readonly string[];
}

/**
 * The folders in which each program keeps supported models. The rest of an installation (Python, outputs, upscalers) is
 * not searched. Sources: A1111 `modules/paths_internal.py`, sd-webui-animatediff `animatediff_mm.py`, its Forge fork,
 * ComfyUI `folder_paths.py`, ComfyUI-AnimateDiff-Evolved `utils_model.py`.
 */
const KNOWN_LAYOUTS: readonly KnownLayout[] = [
  {
    layout: 'webui',
    landmark: 'models/Stable-diffusion',
    folders: [
      'models/Stable-diffusion',
      'models/Lora',
      'models/LyCORIS',
      'models/VAE',
      'models/AnimateDiff',
      'models/animatediff',
      'models/ControlNet',
      'extensions/sd-webui-animatediff/model',
      'extensions/sd-forge-animatediff/model',
      'embeddings',
    ],
  },
  {
    layout: 'comfyui',
    landmark: 'models/checkpoints',
    folders: [
      'models/checkpoints',
      'models/loras',
      'models/vae',
      'models/animatediff_models',
      'models/animatediff_motion_lora',
      'models/controlnet',
      'models/embeddings',
      'custom_nodes/ComfyUI-AnimateDiff-Evolved/models',
      'custom_nodes/ComfyUI-AnimateDiff-Evolved/motion_lora',
    ],
  },
];

/**
 * The folders to search for a path that the user configured: an installation of AUTOMATIC1111, Forge, or ComfyUI, or
 * any folder with model files.
 *
 * @throws Error if `path` is not a folder
 */
export async function modelRoot(path: string): Promise<ModelRoot> {
  const root = resolve(path);
  const info = await stat(root).catch((error: Error) => {
    throw new Error(`Model folder ${root} cannot be read: ${error.message}. Check its path.`);
  });
  if (!info.isDirectory())
    throw new Error(`${root} is a file, not a model folder. Use the folder that contains the model files.`);
  for (const { layout, landmark, folders } of KNOWN_LAYOUTS) {
    if (await isFolder(join(root, landmark))) {
      const present = await Promise.all(folders.map(async (folder) => await isFolder(join(root, folder))));
      return { path: root, layout, folders: folders.filter((_, i) => present[i]).map((folder) => join(root, folder)) };
    }
  }
  return { path: root, layout: 'plain', folders: [root] };
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (info) => info.isDirectory(),
    () => false,
  );
}
