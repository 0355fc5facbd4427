/*
 * Outputs that are not complete have a name of their own, in the folder of the final one. It tells which process writes
 * them, so that whoever ends that process can remove them.
 */

/** @param id tells the files of one process apart */
export const partialName = (pid: number, id: string): string => `.travel-${pid}-${id}.partial`;

/** The process that writes a file of this name; null if it is not such a file. */
export function writerOf(name: string): number | null {
  const [, pid] = /^\.travel-(\d{1,10})-.*\.partial$/.exec(name) ?? [];
  return pid === undefined ? null : Number(pid);
}
