import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import type { Preview } from '../preview.ts';
import { stepsNote } from '../state/status.ts';
import type { Lane } from '../timeline/lanes.ts';
import { numberText, valueAt } from '../timeline/lanes.ts';
import type { TimelineScene } from '../timeline/scene.ts';
import { IconButton } from './button.tsx';

interface GutterProps {
  readonly preview: Preview;
  readonly scene: TimelineScene | null;
  readonly stacked: boolean;
}

/** The names of the lanes, beside them or above each. */
export function Gutter({ preview, scene, stacked }: GutterProps): JSX.Element {
  const lanes = scene?.layout.lanes.filter(({ kind }) => kind !== 'ruler' && !(stacked && kind === 'frames')) ?? [];
  return (
    <div class={stacked ? 'gutter stacked' : 'gutter'}>
      {lanes.map((lane) => (
        <div
          key={lane.id}
          class="lane-label"
          style={
            stacked
              ? { top: `${lane.top - 16}px`, height: '16px' }
              : { top: `${lane.top}px`, height: `${lane.height}px` }
          }
        >
          {lane.kind === 'windows' ? <StepChooser preview={preview} /> : <LaneName preview={preview} lane={lane} />}
        </div>
      ))}
    </div>
  );
}

function LaneName({ preview, lane }: { preview: Preview; lane: Lane }): JSX.Element {
  return (
    <>
      <span class="lane-name" title={laneTitle(preview, lane)}>
        {lane.label}
      </span>
      {lane.value !== null && <span class="lane-value">{numberText(valueAt(lane.value, preview.frame))}</span>}
    </>
  );
}

/** With the steps in which a ControlNet unit acts. */
function laneTitle(preview: Preview, { label, value }: Lane): string {
  if (value?.kind !== 'unit') return label;
  const { steps } = preview.model.timeline!.timeline;
  return value.steps
    ? l10n.t('{0}: steps {1}–{2} of {3}', label, value.steps.first, value.steps.last, steps)
    : l10n.t('{0}: acts in no step', label);
}

/** Chooses the sampling step whose context windows are shown. */
function StepChooser({ preview }: { preview: Preview }): JSX.Element {
  const { steps, settingSteps } = preview.model.timeline?.timeline ?? { steps: 1, settingSteps: 1 };
  const note = stepsNote(steps, settingSteps);
  const step = Math.min(preview.view.step, steps - 1);
  return (
    <span class="step-chooser">
      <span class="lane-name" title={`${l10n.t('Context windows of step {0} of {1}', step + 1, steps)}${note}`}>
        {l10n.t('Windows')}
      </span>
      <IconButton
        icon="chevronLeft"
        label={l10n.t('Windows of the Previous Step')}
        disabled={step === 0}
        onClick={() => preview.change({ step: step - 1 })}
      />
      <span class="lane-value" title={`${l10n.t('Step {0} of {1}', step + 1, steps)}${note}`}>
        {step + 1}
      </span>
      <IconButton
        icon="chevronRight"
        label={l10n.t('Windows of the Next Step')}
        disabled={step >= steps - 1}
        onClick={() => preview.change({ step: step + 1 })}
      />
    </span>
  );
}
