import * as l10n from '@vscode/l10n';

/** What the keys do. Pure; the help lists the same table. */

export type KeyAction =
  | { readonly kind: 'togglePlaying' }
  | { readonly kind: 'step'; readonly by: 1 | -1 }
  | { readonly kind: 'stepKey'; readonly by: 1 | -1 }
  | { readonly kind: 'end'; readonly which: 'first' | 'last' }
  | { readonly kind: 'range'; readonly end: 'first' | 'last' }
  | { readonly kind: 'loop' }
  | { readonly kind: 'speed'; readonly index: number }
  | { readonly kind: 'fit' }
  | { readonly kind: 'actualSize' }
  | { readonly kind: 'compare' }
  | { readonly kind: 'onion' }
  | { readonly kind: 'input' }
  | { readonly kind: 'fullScreen' }
  | { readonly kind: 'reveal' }
  | { readonly kind: 'focusText' }
  | { readonly kind: 'render' }
  /** What a person expects of the file while the keyboard is in the page. */
  | { readonly kind: 'text'; readonly command: 'undo' | 'redo' | 'save' }
  | { readonly kind: 'help' };

/** @returns the key of a press; for a letter of another script, the Latin one of the same place, as in VS Code */
export function latinKey({ key, code }: { readonly key: string; readonly code: string }): string {
  const [, letter] = /^Key([A-Z])$/.exec(code) ?? [];
  return letter !== undefined && key.length === 1 && key > '~' ? letter.toLowerCase() : key;
}

export interface KeyPress {
  readonly key: string;
  readonly shift: boolean;
  /** Ctrl, or Command on a Mac. */
  readonly control: boolean;
  readonly alt: boolean;
}

/** What the key does when it is pressed in something that has keys of its own. */
export type KeyPlace = 'page' | 'button' | 'input';

/** @returns null: the key goes on to VS Code */
export function keyAction(press: KeyPress, place: KeyPlace): KeyAction | null {
  if (press.control && !press.alt && !press.shift && press.key === 'Enter') return { kind: 'render' };
  const inText = press.control && !press.alt && place !== 'input' ? textCommand(press) : null;
  if (inText !== null) return { kind: 'text', command: inText };
  if (press.control || press.alt) return null;
  if (place === 'input') return null;
  if (place === 'button' && (press.key === ' ' || press.key === 'Enter')) return null;
  const arrow = press.key === 'ArrowLeft' ? -1 : press.key === 'ArrowRight' ? 1 : null;
  if (arrow !== null) return { kind: press.shift ? 'stepKey' : 'step', by: arrow };
  if (press.key === '?') return { kind: 'help' };
  if (press.shift) return null;
  const digit = /^[1-9]$/.test(press.key) ? Number(press.key) : null;
  if (digit !== null) return { kind: 'speed', index: digit - 1 };
  return PLAIN.get(press.key.toLowerCase()) ?? null;
}

function textCommand({ key, shift }: KeyPress): 'undo' | 'redo' | 'save' | null {
  const letter = key.toLowerCase();
  if (letter === 'z') return shift ? 'redo' : 'undo';
  if (shift) return null;
  return letter === 'y' ? 'redo' : letter === 's' ? 'save' : null;
}

const PLAIN: ReadonlyMap<string, KeyAction> = new Map<string, KeyAction>([
  [' ', { kind: 'togglePlaying' }],
  ['home', { kind: 'end', which: 'first' }],
  ['end', { kind: 'end', which: 'last' }],
  ['i', { kind: 'range', end: 'first' }],
  ['o', { kind: 'range', end: 'last' }],
  ['l', { kind: 'loop' }],
  ['f', { kind: 'fit' }],
  ['0', { kind: 'actualSize' }],
  ['c', { kind: 'compare' }],
  ['s', { kind: 'onion' }],
  ['h', { kind: 'input' }],
  ['z', { kind: 'fullScreen' }],
  ['enter', { kind: 'reveal' }],
  ['escape', { kind: 'focusText' }],
]);

/** For the help, in the order of a person's day. */
export function keyHelp(mac: boolean): readonly { readonly keys: readonly string[]; readonly does: string }[] {
  return [
    { keys: ['Space'], does: l10n.t('Play or pause') },
    { keys: ['←', '→'], does: l10n.t('Previous or next frame') },
    { keys: ['Shift+←', 'Shift+→'], does: l10n.t('Previous or next keyframe') },
    { keys: ['Home', 'End'], does: l10n.t('First or last frame') },
    { keys: ['I', 'O'], does: l10n.t('Start or end of the loop range') },
    { keys: ['L'], does: l10n.t('Loop, ping-pong, or once') },
    { keys: ['1', '…', '9'], does: l10n.t('Speed: 5 is normal, 1 slowest, 9 fastest') },
    { keys: ['F'], does: l10n.t('Fit the picture') },
    { keys: ['0'], does: l10n.t('Zoom to 100 %') },
    { keys: ['C'], does: l10n.t('Compare with another render') },
    { keys: ['S'], does: l10n.t('Onion skin') },
    { keys: ['H'], does: l10n.t('Input: source and hints, over the result, or hidden') },
    { keys: ['Z'], does: l10n.t('Full view') },
    { keys: ['Enter'], does: l10n.t('Go to the line of the frame') },
    { keys: ['Esc'], does: l10n.t('Back to the text') },
    { keys: [mac ? '⌘+Enter' : 'Ctrl+Enter'], does: l10n.t('Render') },
    { keys: mac ? ['⌘+Z', '⇧⌘+Z'] : ['Ctrl+Z', 'Ctrl+Y'], does: l10n.t('Undo or redo in the text') },
    { keys: [mac ? '⌘+S' : 'Ctrl+S'], does: l10n.t('Save the text') },
    { keys: ['?'], does: l10n.t('This list') },
  ];
}
