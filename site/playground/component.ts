import { defineComponent, h, onBeforeUnmount, onMounted, ref } from 'vue';

/** The playground. Its parts are loaded in the browser only, after the page is shown. */
export const Playground = defineComponent({
  name: 'Playground',
  setup() {
    const root = ref<HTMLElement>();
    let stop: (() => void) | null = null;
    let isGone = false;
    onMounted(async () => {
      const { startPlayground } = await import('./start.ts');
      if (isGone || !root.value) return;
      stop = startPlayground(root.value);
    });
    onBeforeUnmount(() => {
      isGone = true;
      stop?.();
    });
    return () => h('div', { class: 'playground', ref: root });
  },
});
