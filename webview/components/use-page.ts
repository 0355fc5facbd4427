import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { onThemeChange, type Palette, readPalette } from '../palette.ts';
import type { Size } from '../player/zoom.ts';
import type { Preview } from '../preview.ts';

/** Renders again whenever something of the page has changed. */
export function usePreview(preview: Preview): void {
  const [, count] = useState(0);
  useLayoutEffect(() => preview.subscribe(() => count((before) => before + 1)), [preview]);
}

export function usePalette(): Palette {
  const [palette, setPalette] = useState(readPalette);
  useEffect(() => onThemeChange(() => setPalette(readPalette())), []);
  return palette;
}

/** The size of an element in CSS pixels; null before it is laid out. */
export function useSize(element: RefObject<HTMLElement | null>): Size | null {
  const [size, setSize] = useState<Size | null>(null);
  useLayoutEffect(() => {
    const node = element.current;
    if (node === null) return;
    const measure = () => {
      const { width, height } = { width: node.clientWidth, height: node.clientHeight };
      setSize((before) => (before?.width === width && before.height === height ? before : { width, height }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(node);
    return () => observer.disconnect();
  }, [element]);
  return size;
}

/** Device pixels of a CSS pixel; it changes when the window moves to another screen or is zoomed. */
export function useScale(): number {
  const [scale, setScale] = useState(devicePixelRatio);
  useEffect(() => {
    const query = matchMedia(`(resolution: ${scale}dppx)`);
    const changed = () => setScale(devicePixelRatio);
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }, [scale]);
  return scale;
}

/** Makes a canvas as sharp as the screen, and returns its context. */
export function sizeCanvas(canvas: HTMLCanvasElement, size: Size, scale: number): CanvasRenderingContext2D | null {
  const width = Math.max(1, Math.round(size.width * scale));
  const height = Math.max(1, Math.round(size.height * scale));
  // Setting the size, even to the same value, clears the canvas.
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  canvas.style.width = `${size.width}px`;
  canvas.style.height = `${size.height}px`;
  return canvas.getContext('2d');
}
