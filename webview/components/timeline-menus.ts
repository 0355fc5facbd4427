import * as l10n from '@vscode/l10n';
import type { KeyframeEdit } from '../../protocol/timeline.ts';
import type { Preview } from '../preview.ts';
import type { MenuItem, MenuPlace } from './menu.tsx';
import type { NumberQuestion } from './number-dialog.tsx';

/** The transitions of the language, as they are written. */
const TRANSITIONS = ['linear', 'cut', 'ease', 'ease-in', 'ease-out', 'ease-in-out'] as const;

/** The menu of a keyframe. */
export interface OpenMenu {
  /** Index into `keys`. */
  readonly key: number;
  readonly place: MenuPlace;
}

type Ask = (question: NumberQuestion) => void;

function editor(preview: Preview): ((edit: KeyframeEdit) => void) | null {
  const shown = preview.model.timeline;
  if (shown === null || shown.stale) return null;
  return (edit) => preview.post({ type: 'edit', version: shown.version, edit });
}

/** What can be done with a keyframe. @param key index into `keys` */
export function keyItems(preview: Preview, key: number, ask: Ask): readonly MenuItem[] {
  const timeline = preview.model.timeline?.timeline;
  const entry = timeline?.keys[key];
  if (timeline === undefined || entry === undefined) return [];
  const edit = editor(preview);
  const { index, frame, holdEnd, transition, line } = entry;
  const last = timeline.frames - 1;
  const action = (label: string, run: () => void): MenuItem => ({
    kind: 'action',
    label,
    run,
    disabled: edit === null,
  });
  const custom = !TRANSITIONS.some((name) => name === transition);
  return [
    { kind: 'heading', label: l10n.t('Transition to keyframe {0}', key + 1) },
    ...[...TRANSITIONS, ...(custom ? [transition] : [])].map(
      (name): MenuItem => ({
        kind: 'choice',
        label: name,
        checked: name === transition,
        run: () => edit?.({ kind: 'setTransition', index, transition: name }),
      }),
    ),
    action(l10n.t('Use the Setting'), () => edit?.({ kind: 'setTransition', index, transition: null })),
    { kind: 'separator' },
    action(l10n.t('Move to Frame…'), () =>
      ask({
        title: l10n.t('Move keyframe {0}', key + 1),
        label: l10n.t('To frame'),
        value: frame,
        low: 0,
        high: last,
        done: (value) => value !== frame && edit?.({ kind: 'moveKey', index, frame: value }),
      }),
    ),
    action(l10n.t('Hold Through Frame…'), () =>
      ask({
        title: l10n.t('Hold keyframe {0}', key + 1),
        label: l10n.t('Through frame'),
        value: holdEnd,
        low: frame,
        high: (timeline.keys[key + 1]?.frame ?? timeline.frames) - 1,
        done: (value) => value !== holdEnd && edit?.({ kind: 'moveHoldEnd', index, frame: value }),
      }),
    ),
    action(l10n.t('Shift Keys From Here…'), () =>
      ask({
        title: l10n.t('Shift keyframe {0} and all later ones', key + 1),
        label: l10n.t('By frames'),
        value: 1,
        low: -frame,
        high: Math.max(0, last - frame),
        done: (value) => value !== 0 && edit?.({ kind: 'shiftKeys', index, by: value }),
      }),
    ),
    { kind: 'separator' },
    {
      kind: 'action',
      label: l10n.t('Go to Line {0}', line + 1),
      hint: 'Enter',
      run: () => preview.post({ type: 'reveal', line }),
    },
  ];
}

/** What can be done with all keyframes. */
export function clipItems(preview: Preview, ask: Ask): readonly MenuItem[] {
  const timeline = preview.model.timeline?.timeline;
  if (timeline === undefined) return [];
  const edit = editor(preview);
  const action = (label: string, run: () => void, disabled = edit === null): MenuItem => ({
    kind: 'action',
    label,
    run,
    disabled,
  });
  return [
    action(l10n.t('Show the Whole Timeline'), () => preview.change({ span: null }), preview.view.span === null),
    { kind: 'separator' },
    action(l10n.t('Insert Keyframe at Frame {0}', preview.frame), () =>
      edit?.({ kind: 'insertKey', frame: preview.frame }),
    ),
    action(l10n.t('Change Length…'), () =>
      ask({
        title: l10n.t('Change length and scale all keyframes'),
        label: l10n.t('Number of frames'),
        value: timeline.frames,
        low: 1,
        high: 1_000_000,
        done: (frames) => frames !== timeline.frames && edit?.({ kind: 'changeLength', frames }),
      }),
    ),
    action(l10n.t('Distribute Evenly'), () => edit?.({ kind: 'distributeEvenly' })),
    action(l10n.t('Reverse'), () => edit?.({ kind: 'reverse' })),
  ];
}
