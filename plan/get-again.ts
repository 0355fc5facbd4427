/** What to do about a damaged file, at the end of its message. */
export const GET_AGAIN = 'Download or copy it again.';
/** The same if the file may also be one that cannot be used. */
export const GET_AGAIN_OR_ANOTHER = 'Download or copy it again, or use another file.';
