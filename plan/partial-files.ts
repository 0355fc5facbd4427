/*
 * Outputs that are not complete have a name of their own, in the folder of the final one. It tells which process writes
 * them, so that whoever ends that process can remove them.
 */

/** @param id tells the files of one process apart */
export const partialName = (pid: number, id: string): string => `.travel-${pid}-${id}.partial`;

export const isPartialOf = (name: string, pid: number): boolean =>
  name.startsWith(`.travel-${pid}-`) && name.endsWith('.partial');
