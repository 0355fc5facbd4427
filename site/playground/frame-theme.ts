/** The colors of VS Code's theme that the preview page uses, where they differ from its fallbacks (Dark Modern). */
const LIGHT: Readonly<Record<string, string>> = {
  'editor-background': '#ffffff',
  'sideBar-background': '#f8f8f8',
  foreground: '#3b3b3b',
  descriptionForeground: '#3b3b3b',
  'panel-border': '#e5e5e5',
  'toolbar-hoverBackground': 'rgb(184 184 184 / 31%)',
  'button-background': '#005fb8',
  'button-foreground': '#ffffff',
  'button-hoverBackground': '#0258a8',
  'button-secondaryBackground': '#e5e5e5',
  'button-secondaryForeground': '#3b3b3b',
  'button-secondaryHoverBackground': '#cccccc',
  focusBorder: '#005fb8',
  errorForeground: '#c72e0f',
  'editorWarning-foreground': '#9a6700',
  'editorInfo-foreground': '#0063d3',
  'testing-iconPassed': '#1a7f37',
  'charts-purple': '#652d90',
  'editorWidget-background': '#f8f8f8',
  'editorWidget-border': '#c8c8c8',
  'editorWidget-foreground': '#3b3b3b',
  'input-background': '#ffffff',
  'input-border': '#cecece',
  'input-foreground': '#3b3b3b',
  'inputOption-activeBackground': '#bed6ed',
  'inputOption-activeBorder': '#005fb8',
  'inputOption-activeForeground': '#000000',
  'menu-background': '#ffffff',
  'menu-border': '#cecece',
  'menu-foreground': '#3b3b3b',
  'menu-selectionBackground': '#005fb8',
  'menu-selectionForeground': '#ffffff',
  'menu-separatorBackground': '#d4d4d4',
};

/** As declarations of CSS; empty for the dark theme, which is the page's own. */
export function themeStyle(isDark: boolean): string {
  if (isDark) return '';
  return Object.entries(LIGHT)
    .map(([name, color]) => `--vscode-${name}: ${color};`)
    .join(' ');
}
