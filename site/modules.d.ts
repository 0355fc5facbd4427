/** What Vite makes of these imports. */
declare module '*?url' {
  const address: string;
  export default address;
}
declare module '*?raw' {
  const text: string;
  export default text;
}
declare module '*.webp' {
  const address: string;
  export default address;
}
declare module 'vitepress/theme-without-fonts' {
  export { default } from 'vitepress/theme';
}
