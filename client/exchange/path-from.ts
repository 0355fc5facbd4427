/** A path as a document writes it: relative if both are in one tree. @param file and @param document with `/` only */
export function pathFrom(document: string, file: string): string {
  const [from, to] = [document.split('/').slice(0, -1), file.split('/')];
  const shared = from.findIndex((name, i) => name !== to[i]);
  const common = shared < 0 ? from.length : shared;
  // Only the root, or the drive, is shared.
  if (common <= 1) return file;
  return [...from.slice(common).map(() => '..'), ...to.slice(common)].join('/');
}
