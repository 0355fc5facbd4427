/** The version of this program, as in `package.json`. Rendered files have it in their infotext. */
export const VERSION = '0.1.0';
