import * as l10n from '@vscode/l10n';
import type { KeyAction } from '../keyboard.ts';
import { type LoopMode, SPEEDS, setRangeEnd } from '../player/clock.ts';
import { ACTUAL_SIZE, FIT } from '../player/zoom.ts';
import type { Preview } from '../preview.ts';
import { sourceOf } from '../state/model.ts';
import type { StatusAction } from '../state/status.ts';
import { INPUT_MODES, type InputMode } from '../state/view.ts';
import { seconds } from '../timeline/ticks.ts';

const LOOPS: readonly LoopMode[] = ['loop', 'ping-pong', 'once'];
export const LOOP_NAMES: Readonly<Record<LoopMode, string>> = {
  loop: l10n.t('Loop'),
  'ping-pong': l10n.t('Ping-pong'),
  once: l10n.t('Play once'),
};

export const speedText = (speed: number) => `${speed}×`;

export function cycleLoop(preview: Preview): void {
  const { clock } = preview.view;
  const loop = LOOPS[(LOOPS.indexOf(clock.loop) + 1) % LOOPS.length]!;
  preview.change({ clock: { ...clock, loop, direction: 1 } });
  preview.say(LOOP_NAMES[loop]);
}

const INPUT_NAMES: Readonly<Record<InputMode, string>> = {
  off: l10n.t('Input is hidden'),
  beside: l10n.t('Source and hints'),
  over: l10n.t('Input over the result'),
};

/** Shows the input in the next way. */
function cycleInput(preview: Preview): void {
  const { model, view } = preview;
  if (model.inputs === null) {
    preview.say(l10n.t('This clip has no input.'));
    return;
  }
  // Without a result, there is nothing to lay it over.
  const modes = INPUT_MODES.filter((mode) => mode !== 'over' || sourceOf(model) !== 'none');
  const input = modes[(modes.indexOf(view.input) + 1) % modes.length]!;
  preview.change({ input });
  preview.say(INPUT_NAMES[input]);
}

export function setSpeed(preview: Preview, speed: number): void {
  preview.change({ clock: { ...preview.view.clock, speed } });
  preview.say(l10n.t('Speed {0}', speedText(speed)));
}

/** Moves to a neighbouring keyframe. */
export function stepKey(preview: Preview, by: 1 | -1): void {
  const keys = preview.model.timeline?.timeline.keys ?? [];
  const { frame } = preview;
  const next = by === 1 ? keys.find((key) => key.frame > frame) : keys.findLast((key) => key.frame < frame);
  if (next === undefined) return;
  preview.pause();
  preview.seek(next.frame);
}

/** The line of the keyframe that leads at the shown frame. */
export function revealFrame(preview: Preview): void {
  const keys = preview.model.timeline?.timeline.keys ?? [];
  const key = keys.findLast((candidate) => candidate.frame <= preview.frame) ?? keys[0];
  preview.post(key === undefined ? { type: 'command', command: 'focusText' } : { type: 'reveal', line: key.line });
}

/** Compares with the next older render, or stops comparing. */
export function toggleCompare(preview: Preview): void {
  const { a, b, renders, subject } = preview.model;
  // One rendered file is shown, and nothing else is known.
  if (subject === 'render') return;
  if (b !== null) {
    preview.post({ type: 'clearCompare' });
    preview.say(l10n.t('Comparison closed'));
    return;
  }
  const others = renders.filter(({ id }) => id !== a?.id).toSorted((x, y) => y.date - x.date);
  const shown = renders.find(({ id }) => id === a?.id);
  const other = others.find(({ date }) => shown === undefined || date <= shown.date) ?? others[0];
  if (other === undefined) {
    preview.change({ tab: 'renders' });
    preview.say(l10n.t('There is no other render to compare with.'));
  } else preview.post({ type: 'clip', id: other.id, action: 'compare' });
}

export function doStatusAction(preview: Preview, { does }: StatusAction): void {
  if ('command' in does) preview.post({ type: 'command', command: does.command });
  else if ('reveal' in does) preview.post({ type: 'reveal', line: does.reveal });
  else preview.post({ type: 'previewFrame', frame: preview.frame });
}

/** The host asks where to save the shown frame. */
export async function saveFrame(preview: Preview): Promise<void> {
  const { frame } = preview;
  const png = await shownFrame(preview);
  if (png) preview.post({ type: 'saveFrame', frame, png: await bytesOf(png) });
}

/** Copies the shown frame to the clipboard as a picture. The host cannot: VS Code's clipboard takes only text. */
export async function copyFrame(preview: Preview): Promise<void> {
  const { frame } = preview;
  const png = await shownFrame(preview);
  if (!png) return;
  try {
    await navigator.clipboard.write([new ClipboardItem({ [png.type]: png })]);
    preview.post({ type: 'frameCopied', frame });
  } catch {
    // The browser or its person does not allow it: there is another way to the file.
    preview.post({ type: 'cannotCopyFrame', frame, png: await bytesOf(png) });
  }
}

const bytesOf = async (blob: Blob) => new Uint8Array(await blob.arrayBuffer());

/** The shown frame as a PNG file, in its own size. Null: there is none, and the person was told. */
async function shownFrame(preview: Preview): Promise<Blob | null> {
  const picture = preview.pictures.picture(preview.model, 'a', preview.view.clock.position, preview.length.fps);
  if (picture === null) {
    preview.say(l10n.t('There is no picture of this frame yet.'));
    return null;
  }
  try {
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    canvas.getContext('2d')!.drawImage(picture.image, 0, 0, picture.width, picture.height);
    return await canvas.convertToBlob({ type: 'image/png' });
  } catch (error) {
    preview.fail('The shown frame could not be written as PNG', error);
    return null;
  }
}

/** What is shown beside the time: the picture's own number if the clip has more pictures than frames. */
export function timeText(preview: Preview): string {
  const { fps } = preview.length;
  return seconds(preview.frame / fps, 2);
}

export interface KeyTarget {
  readonly toggleFull: () => void;
  readonly toggleHelp: () => void;
}

export function doKey(preview: Preview, action: KeyAction, target: KeyTarget): void {
  const { clock } = preview.view;
  const { frames } = preview.length;
  switch (action.kind) {
    case 'togglePlaying':
      preview.togglePlaying();
      break;
    case 'step':
      preview.step(action.by);
      break;
    case 'stepKey':
      stepKey(preview, action.by);
      break;
    case 'end':
      preview.pause();
      preview.seek(action.which === 'first' ? 0 : frames - 1);
      break;
    case 'range':
      preview.change({ clock: setRangeEnd(clock, action.end, frames) });
      preview.say(rangeText(preview));
      break;
    case 'loop':
      cycleLoop(preview);
      break;
    case 'speed':
      setSpeed(preview, SPEEDS[action.index]!);
      break;
    case 'fit':
      preview.change({ zoom: FIT });
      break;
    case 'actualSize':
      preview.change({ zoom: ACTUAL_SIZE });
      break;
    case 'compare':
      toggleCompare(preview);
      break;
    case 'onion':
      preview.change({ onion: !preview.view.onion });
      break;
    case 'input':
      cycleInput(preview);
      break;
    case 'fullScreen':
      target.toggleFull();
      break;
    case 'reveal':
      revealFrame(preview);
      break;
    case 'focusText':
      preview.post({ type: 'command', command: 'focusText' });
      break;
    case 'render':
      preview.post({ type: 'command', command: 'render' });
      break;
    case 'text':
      preview.post({ type: 'command', command: action.command });
      break;
    case 'help':
      target.toggleHelp();
  }
}

function rangeText(preview: Preview): string {
  const { range } = preview.view.clock;
  if (range === null) return l10n.t('Loop range: whole clip');
  return l10n.t('Loop range: frames {0} to {1}', range.first, range.last);
}
