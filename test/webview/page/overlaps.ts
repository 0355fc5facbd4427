import type { PreviewPage } from './preview-page.ts';

/** Pairs of texts or buttons that cover each other, and texts outside of the page. */
export function overlaps({ page }: PreviewPage): Promise<string[]> {
  return page.evaluate(() => {
    const selector =
      'header h1, header p, button, .time, .lane-label, .strip-text, .timeline-count, .card h2, .card p, .caption, .tab';
    const boxes = [...document.querySelectorAll<HTMLElement>(selector)]
      .map((node) => ({ node, box: node.getBoundingClientRect() }))
      .filter(({ box, node }) => box.width > 0 && box.height > 0 && node.checkVisibility());
    const name = (node: HTMLElement) => `“${node.textContent || node.getAttribute('aria-label')}”`;
    const found = boxes
      .filter(({ box }) => box.left < -0.5 || box.right > innerWidth + 0.5)
      .map(({ node }) => `${name(node)} is cut off at the side`);
    for (const [i, a] of boxes.entries()) {
      for (const b of boxes.slice(i + 1)) {
        if (a.node.contains(b.node) || b.node.contains(a.node)) continue;
        const x = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
        const y = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
        if (x > 1 && y > 1) found.push(`${name(a.node)} covers ${name(b.node)}`);
      }
    }
    return found;
  });
}
