/** `~`, alone or before a slash: the home folder. */
export const HOME = /^~(?=$|[\\/])/;

/** Absolute on any system, or in the home folder. */
export function isAbsolutePath(path: string): boolean {
  return /^(?:[\\/]|[A-Za-z]:[\\/])/.test(path) || HOME.test(path);
}

/** The last name in a path. */
export function fileName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

/** The file in the folder of a model in diffusers' format that describes it. */
export const MODEL_INDEX = 'model_index.json';

/** The name of a model's file; of a model in diffusers' format, the name of its folder. */
export function modelFileName(path: string): string {
  const name = fileName(path);
  return name === MODEL_INDEX ? fileName(path.slice(0, -name.length - 1)) : name;
}
