/** An edit that names a dropped file: `text` is inserted at `offset`. */
export interface InputEdit {
  readonly offset: number;
  readonly text: string;
  /** Whether it becomes the input of a ControlNet unit. */
  readonly isUnit: boolean;
}

/** What a dropped file is for a document; `folder`: its images are the frames of a video. */
export type DroppedKind = 'video' | 'folder';

/**
 * How a video, or a folder of its frames, is named in a document: by the ControlNet unit at the cursor, else by `video`
 * in the settings.
 *
 * @param offset of the cursor
 * @param path relative to the folder of the document, or absolute
 * @returns null if the unit or the document already names one
 */
export function inputEdit(text: string, offset: number, path: string, kind: DroppedKind): InputEdit | null {
  const written = /^[\w./ -]*[\w/-]$/.test(path) && /^[\w./]/.test(path) ? path : JSON.stringify(path);
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const frontMatter = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)^---[ \t]*\r?$/m.exec(text);
  if (!frontMatter) {
    const start = text.startsWith('\uFEFF') ? 1 : 0;
    // Settings that are never closed, or a rule: nothing is safe to insert.
    if (/^\uFEFF?---/.test(text)) return null;
    const settings = ['---', `video: {${PART[kind]}: ${written}}`, '---', ''].join(newline);
    return { offset: start, text: settings, isUnit: false };
  }
  const start = frontMatter[0].indexOf(frontMatter[1]!, 3);
  const end = start + frontMatter[1]!.length;
  const unit = offset >= start && offset <= end ? unitAt(text, offset, start) : null;
  if (unit) {
    const key = kind === 'folder' ? 'batch' : 'video';
    if (/\b(?:image|batch|video):/.test(unit.text)) return null;
    const isFlow = unit.text.startsWith('{');
    const inserted = isFlow ? `, ${key}: ${written}` : `${newline}${unit.indent}${key}: ${written}`;
    return { offset: unit.end, text: inserted, isUnit: true };
  }
  if (/^video[ \t]*:/m.test(frontMatter[1]!)) return null;
  return { offset: end, text: `video: {${PART[kind]}: ${written}}${newline}`, isUnit: false };
}

const PART = { video: 'source', folder: 'path' } as const;

/** The unit of `controlnet` at an offset: its text, and where another key can be inserted; null: none. */
function unitAt(text: string, offset: number, start: number) {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const keys = [...text.slice(start, offset).matchAll(/^[\w]+(?=[ \t]*:)/gm)];
  if (keys.at(-1)?.[0] !== 'controlnet') return null;
  const open = text.lastIndexOf('{', offset - 1);
  const close = text.indexOf('}', offset);
  // In braces, whose opening one is the last before the cursor.
  if (open >= start && close >= 0 && !text.slice(open, offset).includes('}')) {
    return { text: text.slice(open, close), end: close, indent: '' };
  }
  const line = /^([ \t]*)(-[ \t]+)?\w+[ \t]*:/.exec(text.slice(lineStart));
  if (!line || (line[1] === '' && line[2] === undefined)) return null;
  const indent = line[1]! + ' '.repeat(line[2]?.length ?? 0);
  // From its dash to the last line that is as deep.
  const first = line[2] === undefined ? text.lastIndexOf('- ', lineStart) : lineStart + line[1]!.length;
  const rest = text.slice(lineStart);
  const lines = rest.split('\n');
  const count = lines.findIndex((each, i) => i > 0 && (!each.startsWith(indent) || /^\s*$/.test(each)));
  const end =
    lineStart +
    lines
      .slice(0, count < 0 ? lines.length : count)
      .join('\n')
      .replace(/\r$/, '').length;
  return { text: text.slice(first, end), end, indent };
}

/** A path as a document writes it: relative if both are in one tree. @param file and @param document with `/` only */
export function pathFrom(document: string, file: string): string {
  const [from, to] = [document.split('/').slice(0, -1), file.split('/')];
  const shared = from.findIndex((name, i) => name !== to[i]);
  const common = shared < 0 ? from.length : shared;
  // Only the root, or the drive, is shared.
  if (common <= 1) return file;
  return [...from.slice(common).map(() => '..'), ...to.slice(common)].join('/');
}
