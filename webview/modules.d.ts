/** The bundle contains a glyph as the path data of its outline, see `esbuild.mjs`. */
declare module '@vscode/codicons/src/icons/*.svg' {
  const paths: readonly string[];
  export default paths;
}

declare module '*.css';
