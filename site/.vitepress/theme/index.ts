import './style.css';
import type { Theme } from 'vitepress';
// Without the fonts of the theme: those of the system are there already.
import DefaultTheme from 'vitepress/theme-without-fonts';
import { Playground } from '../../playground/component.ts';

const theme: Theme = {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component('Playground', Playground);
  },
};
export default theme;
