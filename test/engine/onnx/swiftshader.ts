import { existsSync } from 'node:fs';

/** A GPU emulated in software, a part of Debian's Chromium. It is so slow that only tiny graphs can be tried. */
const SWIFTSHADER = '/usr/lib/chromium/vk_swiftshader_icd.json';

/** Vulkan's loader: Debian's `libvulkan1`, in the folder of each architecture that ONNX Runtime has WebGPU for. */
const LOADER = '/usr/lib/x86_64-linux-gnu/libvulkan.so.1';

/**
 * Lets WebGPU find SwiftShader in this process, unless another driver is chosen.
 *
 * @returns what is missing for that, as a sentence; null: nothing
 */
export function missingForWebGpu(): string | null {
  if (process.env.VK_ICD_FILENAMES !== undefined) return null;
  if (!existsSync(SWIFTSHADER)) return `Debian's chromium with ${SWIFTSHADER} is not installed.`;
  if (!existsSync(LOADER)) return `Debian's libvulkan1 with ${LOADER} is not installed.`;
  process.env.VK_ICD_FILENAMES = SWIFTSHADER;
  return null;
}
