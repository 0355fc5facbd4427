import * as l10n from '@vscode/l10n';
import type { PageMessage, PreviewState } from '../../protocol/preview.ts';
import type { Timeline } from '../../protocol/timeline.ts';
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
  /** Of the title, shown by the pointer; empty: there is none. */
  readonly hint: string;
  /** 0 to 1; null: unknown, or nothing is under way. */
  readonly progress: number | null;
  /** The first one is what most people want. */
  readonly actions: readonly StatusAction[];
}

const command = (label: string, name: Command): StatusAction => ({ label, does: { command: name } });

const RENDER = command(l10n.t('Render'), 'render');
const RESUME = command(l10n.t('Resume'), 'resume');
const CANCEL = command(l10n.t('Cancel'), 'cancel');
const LOG = command(l10n.t('Show Log'), 'showLog');

/** @param canStop decoding what is there makes sense: a picture was sampled */
export function statusOf(model: Pick<Model, 'state' | 'subject' | 'timeline' | 'latents'>): Status {
  const { state, subject, timeline } = model;
  if (state === null) return status('loading', 'busy', l10n.t('Connecting…'), '', []);
  if (subject === 'render') return statusOfFile(state);
  const errors = errorsOf(timeline?.timeline.problems ?? []);
  if (errors.length > 0 && blocksRender(state)) {
    return status('error', 'error', errorsText(errors), errors[0]!.message, [
      { label: l10n.t('Go to Line {0}', errors[0]!.line + 1), does: { reveal: errors[0]!.line } },
      command(l10n.t('Show Problems'), 'showProblems'),
    ]);
  }
  return statusOfRender(state, model.latents !== null, timeline?.timeline ?? null);
}

/** Why the steps are not those of the file, a line; empty: they are. */
export function stepsNote(steps: number, settingSteps: number): string {
  return steps === settingSteps
    ? ''
    : `\n${l10n.t('The sampler makes {0} steps for steps: {1}.', steps, settingSteps)}`;
}

/** A rendered file is not rendered here: it can only lack its source. */
function statusOfFile(state: PreviewState): Status {
  if (state.kind !== 'failed') return statusOfRender(state, false, null);
  return status('file', 'plain', l10n.t('No source found'), state.message, []);
}

/** `2 errors, first in line 9` */
export function errorsText(errors: readonly { readonly line: number }[]): string {
  const line = errors[0]!.line + 1;
  return errors.length === 1
    ? l10n.t('1 error, line {0}', line)
    : l10n.t('{0} errors, first in line {1}', errors.length, line);
}

/** States in which the errors of the text are what stops the person. */
function blocksRender({ kind }: PreviewState): boolean {
  return kind === 'never-rendered' || kind === 'done' || kind === 'cancelled' || kind === 'failed';
}

function statusOfRender(state: PreviewState, hasLatents: boolean, timeline: Timeline | null): Status {
  switch (state.kind) {
    case 'no-file':
      return status(
        'file',
        'plain',
        l10n.t('No travel file open'),
        l10n.t('Open a .travel file to see its timeline and render it.'),
        [command(l10n.t('Open File…'), 'openFile')],
      );
    case 'never-rendered':
      return status(
        'film',
        'plain',
        l10n.t('Not rendered yet'),
        l10n.t('Play to watch the prompts change, or render the clip.'),
        [
          RENDER,
          command(l10n.t('Render Draft'), 'draft'),
          { label: l10n.t('Preview This Frame'), does: { previewFrame: true } },
        ],
      );
    case 'queued':
      return status('clock', 'busy', l10n.t('Waiting to render'), capital(state.place), [CANCEL]);
    case 'loading':
      return status('loading', 'busy', l10n.t('Loading models…'), '', [CANCEL]);
    case 'sampling': {
      const actions = hasLatents ? [command(l10n.t('Stop Here and Keep This'), 'stopHere'), CANCEL] : [CANCEL];
      const { step, steps, window, windows } = state;
      const part = window === null || windows === null || windows < 2 ? 0 : (window - 1) / windows;
      const progress = Math.max(0, step - 1 + part) / steps;
      const detail = [
        window === null || windows === null || windows < 2 ? '' : l10n.t('window {0} of {1}', window, windows),
      ];
      const hint = timeline?.steps === steps ? stepsNote(steps, timeline.settingSteps).trim() : '';
      return status(
        'noise',
        'busy',
        l10n.t('Step {0} of {1}', step, steps),
        join(...detail, left(state.secondsLeft)),
        actions,
        progress,
        hint,
      );
    }
    case 'decoding':
      return status(
        'decode',
        'busy',
        l10n.t('Decoding frame {0} of {1}', Math.min(state.done + 1, state.total), state.total),
        left(state.secondsLeft),
        [CANCEL],
        state.done / state.total,
      );
    case 'interpolating':
      return status(
        'film',
        'busy',
        l10n.t('Interpolating frame {0} of {1}', Math.min(state.done + 1, state.total), state.total),
        left(state.secondsLeft),
        [CANCEL],
        state.done / state.total,
      );
    case 'writing':
      return status('write', 'busy', l10n.t('Writing files…'), '', [CANCEL]);
    case 'done':
      return doneStatus(state);
    case 'paused':
      return status('pause', 'warning', l10n.t('Paused'), sentence(state.detail), [RESUME, CANCEL]);
    case 'cancelled':
      return state.resumable
        ? status('cancelled', 'plain', l10n.t('Canceled'), l10n.t('Finished steps are saved.'), [
            RESUME,
            command(l10n.t('Start Over'), 'render'),
          ])
        : status('cancelled', 'plain', l10n.t('Canceled'), l10n.t('Nothing was saved.'), [RENDER]);
    case 'failed':
      return status(
        'error',
        'error',
        l10n.t('Render failed'),
        state.message,
        state.resumable ? [RESUME, LOG] : [command(l10n.t('Try Again'), 'render'), LOG],
      );
    case 'model-missing':
      return status('model', 'warning', l10n.t('Model not found'), state.message, [
        command(l10n.t('Choose Model Folders…'), 'chooseModelFolders'),
        LOG,
      ]);
    case 'untrusted':
      return status(
        'shield',
        'warning',
        l10n.t('Restricted Mode'),
        l10n.t('Trust this folder to render. The timeline works without.'),
        [command(l10n.t('Manage Trust'), 'manageTrust')],
      );
    case 'no-engine':
      return status(
        'globe',
        'plain',
        l10n.t('Rendering needs a computer'),
        l10n.t(
          'A browser has no renderer. The timeline works here; to render, open the file in VS Code on a desktop or through a remote.',
        ),
        [],
      );
    case 'reconnecting':
      return status(
        'plug',
        'busy',
        l10n.t('Reconnecting…'),
        l10n.t('The renderer is being restarted. Nothing is lost.'),
        [LOG],
      );
  }
}

function doneStatus({ summary, outdated }: Extract<PreviewState, { kind: 'done' }>): Status {
  if (outdated === null)
    return status('outdated', 'warning', l10n.t('Out of date'), l10n.t('The text changed every frame since.'), [
      RENDER,
    ]);
  if (outdated.length === 0) return status('done', 'good', l10n.t('Rendered'), summary, []);
  const detail =
    outdated.length === 1
      ? l10n.t('The text changed 1 frame since: {0}.', rangesText(outdated))
      : l10n.t('The text changed {0} frames since: {1}.', outdated.length, rangesText(outdated));
  return status('outdated', 'warning', l10n.t('Out of date'), detail, [RENDER]);
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
  return texts.length <= 4 ? texts.join(', ') : l10n.t('{0} and more', texts.slice(0, 3).join(', '));
}

function status(
  icon: StatusIcon,
  tone: Status['tone'],
  title: string,
  detail: string,
  actions: readonly StatusAction[],
  progress: number | null = null,
  hint = '',
): Status {
  return { icon, tone, title, hint, detail: shortText(detail, 1000), actions, progress };
}

/** `9 s left`, `2:10 left` */
function left(secondsLeft: number | null): string {
  return secondsLeft === null ? '' : l10n.t('{0} left', seconds(Math.max(0, Math.ceil(secondsLeft)), 0));
}

const join = (...parts: readonly string[]) => parts.filter((part) => part !== '').join(' · ');
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const sentence = (text: string) => (text === '' || /[.!?…。！？]$/.test(text) ? capital(text) : `${capital(text)}.`);
