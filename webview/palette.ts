/** The colours of the theme, for the canvas. */
export interface Palette {
  readonly surface: string;
  readonly foreground: string;
  readonly dim: string;
  readonly line: string;
  readonly faint: string;
  readonly accent: string;
  readonly onAccent: string;
  readonly error: string;
  readonly warning: string;
  readonly info: string;
  readonly good: string;
  readonly value: string;
  readonly font: string;
  /** Outlines are drawn around everything. */
  readonly highContrast: boolean;
}

const NAMES = {
  surface: '--surface',
  foreground: '--text',
  dim: '--text-dim',
  line: '--line',
  faint: '--faint',
  accent: '--accent',
  onAccent: '--on-accent',
  error: '--error',
  warning: '--warning',
  info: '--info',
  good: '--good',
  value: '--value',
} as const;

export function readPalette(): Palette {
  // The computed value of a colour is one that the canvas understands, also if it is a system colour.
  const probe = document.createElement('span');
  probe.className = 'palette-probe';
  document.body.append(probe);
  const colour = (name: string) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const entries = Object.entries(NAMES).map(([key, name]) => [key, colour(name)] as const);
  const font = getComputedStyle(document.body).fontFamily;
  probe.remove();
  const highContrast =
    document.body.classList.contains('vscode-high-contrast') ||
    document.body.classList.contains('vscode-high-contrast-light') ||
    matchMedia('(forced-colors: active)').matches;
  return { ...(Object.fromEntries(entries) as Record<keyof typeof NAMES, string>), font, highContrast };
}

/** Calls back when the theme has changed. @returns a function that stops it */
export function onThemeChange(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  const forced = matchMedia('(forced-colors: active)');
  forced.addEventListener('change', changed);
  return () => {
    observer.disconnect();
    forced.removeEventListener('change', changed);
  };
}
