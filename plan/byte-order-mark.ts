/** Of UTF-8 files, which editors leave out of a file’s text. A plan’s `source` has it if the file has. */
export const BYTE_ORDER_MARK = '\uFEFF';

export const withoutMark = (source: string): string => source.replace(/^\uFEFF/, '');
