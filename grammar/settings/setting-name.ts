const SEPARATOR = ' › ';

/** A setting in messages, by its path: `controlnet.1.mode` is `controlnet › 2 › mode`, because people count units from 1. */
export const settingName = (path: string): string =>
  path.replace(/^controlnet\.(\d+)/, (_, index) => `controlnet.${Number(index) + 1}`).replaceAll('.', SEPARATOR);

/** The whole setting that a name is of: `controlnet` of `controlnet › 2 › mode`. */
export const wholeSetting = (name: string): string => name.split(SEPARATOR)[0]!;
