import './style.css';
import type { Theme } from 'vitepress';
// Without the fonts of the theme: those of the system are there already.
import DefaultTheme from 'vitepress/theme-without-fonts';
import { h } from 'vue';
import portrait from '../../../docs/images/portrait.webp';
import { Playground } from '../../playground/component.ts';

const theme: Theme = {
  extends: DefaultTheme,
  Layout: () =>
    h(DefaultTheme.Layout, null, {
      'home-hero-image': () =>
        h('img', { class: 'image-src', src: portrait, alt: 'The example, rendered with the built-in model' }),
    }),
  enhanceApp({ app }) {
    app.component('Playground', Playground);
  },
};
export default theme;
