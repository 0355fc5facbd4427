import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import type { Preview } from '../preview.ts';
import type { Status, StatusIcon } from '../state/status.ts';
import { doStatusAction } from './actions.ts';
import { TextButton } from './button.tsx';
import { Icon } from './icon.tsx';
import type { IconName } from './icons.ts';

const GLYPHS: Readonly<Record<StatusIcon, IconName>> = {
  file: 'file',
  film: 'film',
  clock: 'watch',
  loading: 'loading',
  noise: 'graphScatter',
  decode: 'layers',
  write: 'save',
  done: 'pass',
  outdated: 'history',
  pause: 'pause',
  cancelled: 'circleSlash',
  error: 'error',
  model: 'chip',
  shield: 'shield',
  globe: 'globe',
  plug: 'plug',
};

interface StatusProps {
  readonly preview: Preview;
  readonly status: Status;
}

/** The state in the middle of an empty stage. */
export function StatusCard({ preview, status }: StatusProps): JSX.Element {
  return (
    <section class={`card ${status.tone}`} aria-label={l10n.t('State')}>
      <Icon name={GLYPHS[status.icon]} size={40} spin={status.icon === 'loading'} />
      <h2 title={status.hint}>{status.title}</h2>
      {status.detail !== '' && <p>{status.detail}</p>}
      {status.progress !== null && <Progress value={status.progress} />}
      <div class="card-actions">
        {status.actions.map((action, index) => (
          <TextButton
            key={action.label}
            primary={index === 0 && status.tone !== 'busy'}
            label={action.label}
            onClick={() => doStatusAction(preview, action)}
          />
        ))}
      </div>
    </section>
  );
}

/** The state above the picture, a line. */
export function StatusStrip({ preview, status }: StatusProps): JSX.Element {
  return (
    <section class={`strip ${status.tone}`} aria-label={l10n.t('State')}>
      <Icon name={GLYPHS[status.icon]} spin={status.icon === 'loading'} />
      <p class="strip-text">
        <b title={status.hint}>{status.title}</b>
        {status.detail !== '' && <span class="strip-detail"> {status.detail}</span>}
      </p>
      <div class="strip-actions">
        {status.actions.map((action) => (
          <TextButton key={action.label} label={action.label} onClick={() => doStatusAction(preview, action)} />
        ))}
      </div>
      {status.progress !== null && <Progress value={status.progress} />}
    </section>
  );
}

function Progress({ value }: { value: number }): JSX.Element {
  return (
    <div
      class="progress"
      role="progressbar"
      aria-label={l10n.t('Render')}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(value * 100)}
    >
      <div class="progress-bar" style={{ width: `${value * 100}%` }} />
    </div>
  );
}
