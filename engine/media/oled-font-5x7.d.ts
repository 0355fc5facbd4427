declare module 'oled-font-5x7' {
  const font: {
    /** Pixels of a letter. */
    readonly width: number;
    readonly height: number;
    /** A byte for each column of each letter. */
    readonly fontData: readonly number[];
    /** The letters, in the order of `fontData`. */
    readonly lookup: readonly string[];
  };
  export default font;
}
