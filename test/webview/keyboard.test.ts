import { describe, expect, it } from 'vitest';
import { type KeyPlace, type KeyPress, keyAction, latinKey } from '../../webview/keyboard.ts';

const press = (key: string, part: Partial<KeyPress> = {}): KeyPress => ({
  key,
  shift: false,
  control: false,
  alt: false,
  ...part,
});
const kind = (key: string, part: Partial<KeyPress> = {}, place: KeyPlace = 'page') =>
  keyAction(press(key, part), place)?.kind ?? null;

describe('keys', () => {
  it.each([
    [' ', 'togglePlaying'],
    ['ArrowLeft', 'step'],
    ['Home', 'end'],
    ['End', 'end'],
    ['i', 'range'],
    ['O', 'range'],
    ['l', 'loop'],
    ['1', 'speed'],
    ['9', 'speed'],
    ['f', 'fit'],
    ['0', 'actualSize'],
    ['c', 'compare'],
    ['Enter', 'reveal'],
    ['Escape', 'focusText'],
    ['?', 'help'],
  ])('%j does %s', (key, action) => {
    expect(kind(key)).toBe(action);
  });

  it('step by keyframes with Shift', () => {
    expect(keyAction(press('ArrowRight', { shift: true }), 'page')).toEqual({ kind: 'stepKey', by: 1 });
    expect(kind('?', { shift: true })).toBe('help');
  });

  it('undo, redo and save in the text', () => {
    const pressed = (key: string, part: Partial<KeyPress> = {}) =>
      keyAction(press(key, { control: true, ...part }), 'button');
    expect(pressed('z')).toEqual({ kind: 'text', command: 'undo' });
    expect(pressed('Z', { shift: true })).toEqual({ kind: 'text', command: 'redo' });
    expect(pressed('y')).toEqual({ kind: 'text', command: 'redo' });
    expect(pressed('s')).toEqual({ kind: 'text', command: 'save' });
    expect(pressed('S', { shift: true })).toBeNull();
    expect(pressed('z', { alt: true })).toBeNull();
    // What is typed into a field of the page has an undo of its own.
    expect(kind('z', { control: true }, 'input')).toBeNull();
  });

  it('are those of the place on the keyboard where letters are not Latin', () => {
    expect(latinKey({ key: 'я', code: 'KeyZ' })).toBe('z');
    expect(latinKey({ key: 'z', code: 'KeyW' })).toBe('z');
    expect(latinKey({ key: 'ArrowLeft', code: 'ArrowLeft' })).toBe('ArrowLeft');
    expect(latinKey({ key: '…', code: 'Period' })).toBe('…');
  });

  it('with modifiers pass through, except the one that renders', () => {
    for (const key of [' ', 'ArrowLeft', 'c', 'f', '1', 'Escape', 'p']) {
      expect(kind(key, { control: true })).toBeNull();
      expect(kind(key, { alt: true })).toBeNull();
    }
    expect(kind('C', { shift: true })).toBeNull();
    expect(kind('Enter', { control: true })).toBe('render');
    expect(kind('Enter', { control: true, shift: true })).toBeNull();
  });

  it('that nobody knows pass through', () => {
    expect([kind('x'), kind('F1'), kind('Tab'), kind('ArrowUp')]).toEqual([null, null, null, null]);
  });

  it('of buttons and inputs are theirs', () => {
    expect([kind(' ', {}, 'button'), kind('Enter', {}, 'button'), kind('l', {}, 'button')]).toEqual([
      null,
      null,
      'loop',
    ]);
    expect([kind(' ', {}, 'input'), kind('1', {}, 'input')]).toEqual([null, null]);
  });
});
