import type { PageMessage, PreviewState } from '../../protocol/preview.ts';
import { shortText } from '../short-text.ts';
import { seconds } from '../timeline/ticks.ts';
import { errorsOf, type Model } from './model.ts';

export type Command = Extract<PageMessage, { type: 'command' }>['command'];

export type StatusIcon =
  | 'file'
  | 'film'
  | 'clock'
  | 'loading'
  | 'noise'
  | 'decode'
  | 'write'
  | 'done'
  | 'outdated'
  | 'pause'
  | 'cancelled'
  | 'error'
  | 'model'
  | 'shield'
  | 'globe'
  | 'plug';

export interface StatusAction {
  readonly label: string;
  readonly does: { readonly command: Command } | { readonly reveal: number } | { readonly previewFrame: true };
}

/** What a state is called, what it means, and what can be done. */
export interface Status {
  readonly icon: StatusIcon;
  readonly tone: 'plain' | 'busy' | 'good' | 'warning' | 'error';
  readonly title: string;
  readonly detail: string;
  /** 0 to 1; null: unknown, or nothing is under way. */
  readonly progress: number | null;
  /** The first one is what most people want. */
  readonly actions: readonly StatusAction[];
}

const command = (label: string, name: Command): StatusAction => ({ label, does: { command: name } });

const RENDER = command('Render', 'render');
const RESUME = command('Resume', 'resume');
const CANCEL = command('Cancel', 'cancel');
const LOG = command('Show Log', 'showLog');

/** @param canStop decoding what is there makes sense: a picture was sampled */
export function statusOf(model: Pick<Model, 'state' | 'timeline' | 'latents'>): Status {
  const { state, timeline } = model;
  if (state === null) return status('loading', 'busy', 'Connecting…', '', []);
  const errors = errorsOf(timeline?.timeline.problems ?? []);
  if (errors.length > 0 && blocksRender(state)) {
    return status('error', 'error', errorsText(errors), errors[0]!.message, [
      { label: `Go to Line ${errors[0]!.line + 1}`, does: { reveal: errors[0]!.line } },
      command('Show Problems', 'showProblems'),
    ]);
  }
  return statusOfRender(state, model.latents !== null);
}

/** `2 errors, line 9` */
export function errorsText(errors: readonly { readonly line: number }[]): string {
  const count = errors.length === 1 ? '1 error' : `${errors.length} errors`;
  return `${count}, line ${errors[0]!.line + 1}`;
}

/** States in which the errors of the text are what stops the person. */
function blocksRender({ kind }: PreviewState): boolean {
  return kind === 'never-rendered' || kind === 'done' || kind === 'cancelled' || kind === 'failed';
}

function statusOfRender(state: PreviewState, hasLatents: boolean): Status {
  switch (state.kind) {
    case 'no-file':
      return status('file', 'plain', 'No travel file open', 'Open a .travel file to see its timeline and render it.', [
        command('Open File…', 'openFile'),
      ]);
    case 'never-rendered':
      return status('film', 'plain', 'Not rendered yet', 'Play to watch the prompts change, or render the clip.', [
        RENDER,
        command('Render Draft', 'draft'),
        { label: 'Preview This Frame', does: { previewFrame: true } },
      ]);
    case 'queued':
      return status('clock', 'busy', 'Waiting to render', capital(state.place), [CANCEL]);
    case 'loading':
      return status('loading', 'busy', 'Loading models…', '', [CANCEL]);
    case 'sampling': {
      const actions = hasLatents ? [command('Stop Here and Keep This', 'stopHere'), CANCEL] : [CANCEL];
      const { step, steps, window, windows } = state;
      const part = window === null || windows === null || windows < 2 ? 0 : (window - 1) / windows;
      const progress = Math.max(0, step - 1 + part) / steps;
      const detail = [window === null || windows === null || windows < 2 ? '' : `window ${window} of ${windows}`];
      return status(
        'noise',
        'busy',
        `Step ${step} of ${steps}`,
        join(...detail, left(state.secondsLeft)),
        actions,
        progress,
      );
    }
    case 'decoding':
      return status(
        'decode',
        'busy',
        `Decoding frame ${Math.min(state.done + 1, state.total)} of ${state.total}`,
        left(state.secondsLeft),
        [CANCEL],
        state.done / state.total,
      );
    case 'writing':
      return status('write', 'busy', 'Writing files…', '', [CANCEL]);
    case 'done':
      return doneStatus(state);
    case 'paused':
      return status('pause', 'warning', 'Paused', sentence(state.detail), [RESUME, CANCEL]);
    case 'cancelled':
      return state.resumable
        ? status('cancelled', 'plain', 'Canceled', 'Finished steps are saved.', [
            RESUME,
            command('Start Over', 'render'),
          ])
        : status('cancelled', 'plain', 'Canceled', 'Nothing was saved.', [RENDER]);
    case 'failed':
      return status(
        'error',
        'error',
        'Render failed',
        state.message,
        state.resumable ? [RESUME, LOG] : [command('Try Again', 'render'), LOG],
      );
    case 'model-missing':
      return status('model', 'warning', 'Model not found', state.message, [
        command('Choose Model Folders…', 'chooseModelFolders'),
        LOG,
      ]);
    case 'untrusted':
      return status(
        'shield',
        'warning',
        'Restricted Mode',
        'Trust this folder to render. The timeline works without.',
        [command('Manage Trust', 'manageTrust')],
      );
    case 'no-engine':
      return status(
        'globe',
        'plain',
        'Rendering needs a computer',
        'A browser has no renderer. The timeline works here; to render, open the file in VS Code on a desktop or through a remote.',
        [],
      );
    case 'reconnecting':
      return status('plug', 'busy', 'Reconnecting…', 'The renderer is being restarted. Nothing is lost.', [LOG]);
  }
}

function doneStatus({ summary, outdated }: Extract<PreviewState, { kind: 'done' }>): Status {
  if (outdated === null)
    return status('outdated', 'warning', 'Out of date', 'The text changed every frame since.', [RENDER]);
  if (outdated.length === 0) return status('done', 'good', 'Rendered', summary, []);
  const frames = outdated.length === 1 ? '1 frame' : `${outdated.length} frames`;
  return status('outdated', 'warning', 'Out of date', `The text changed ${frames} since: ${rangesText(outdated)}.`, [
    RENDER,
  ]);
}

/** `0–4, 9, 12–31` */
export function rangesText(frames: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const frame of frames.toSorted((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run !== undefined && frame <= run[1] + 1) run[1] = frame;
    else runs.push([frame, frame]);
  }
  const texts = runs.map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`));
  return texts.length <= 4 ? texts.join(', ') : `${texts.slice(0, 3).join(', ')} and more`;
}

function status(
  icon: StatusIcon,
  tone: Status['tone'],
  title: string,
  detail: string,
  actions: readonly StatusAction[],
  progress: number | null = null,
): Status {
  return { icon, tone, title, detail: shortText(detail, 1000), actions, progress };
}

/** `9 s left`, `2:10 left` */
function left(secondsLeft: number | null): string {
  return secondsLeft === null ? '' : `${seconds(Math.max(0, Math.ceil(secondsLeft)), 0)} left`;
}

const join = (...parts: readonly string[]) => parts.filter((part) => part !== '').join(' · ');
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const sentence = (text: string) => (text === '' || /[.!?…]$/.test(text) ? capital(text) : `${capital(text)}.`);
