/** What looks like a text for people and stays as it is, each with the reason. */
export const UNTRANSLATED: readonly { readonly text: RegExp; readonly why: string }[] = [
  { text: /^(Prompt Travel|A|B|WebP|WebM|ProRes)$/, why: 'Names.' },
  {
    text: /^(Arrow(Left|Right|Up|Down)|ContextMenu|Tab|Escape|Esc|Enter|Space|Home|End|(Shift|Ctrl)\+.+)$/,
    why: 'Names of keys, as keyboards have them.',
  },
  { text: /^\{\} fps$/, why: 'A unit.' },
  { text: /^---\nframes: /, why: 'The text of a new file: models understand English prompts.' },
  { text: /^(4 seeds|seed \{\})$/, why: 'Parts of the names and the pictures that are written into files.' },
  { text: /^render \{\}$/, why: 'The name of a task, by which tasks.json refers to it.' },
  {
    text: /(default|img|script|style|font)-src|^<!DOCTYPE html>|^input, |^button primary$|^\((prefers|forced)-|\{\}px/,
    why: 'HTML, CSS, and the policy of the page.',
  },
  { text: /^(Mac|ImageDecoder)$/, why: 'Names in browsers.' },
  {
    text: /was not opened by this editor|was not understood|^Latents of|is not there yet|^The file has no frames/,
    why: 'Reasons that are only logged.',
  },
];

/** Texts of package.json that stay as they are. */
export const NAMES: ReadonlySet<unknown> = new Set(['Prompt Travel', 'Travel']);
