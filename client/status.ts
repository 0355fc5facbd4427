import * as l10n from '@vscode/l10n';
import { type Disposable, type LanguageStatusItem, LanguageStatusSeverity, languages, workspace } from 'vscode';
import { State } from 'vscode-languageclient';
import { LANGUAGE } from './language-id.ts';

type Look = Pick<LanguageStatusItem, 'text' | 'severity' | 'busy' | 'command'> & { readonly detail: string };

const SHOW_LOG = { title: l10n.t('Show Log'), command: 'travel.showLog' };
const RESTART = { title: l10n.t('Restart'), command: 'travel.restartServer' };
const TRUST = { title: l10n.t('Manage Trust'), command: 'workbench.trust.manage' };

const STOPPED: Look = {
  text: l10n.t('Stopped'),
  detail: l10n.t('Files are not checked.'),
  severity: LanguageStatusSeverity.Error,
  busy: false,
  command: RESTART,
};

function lookOf(state: State): Look {
  const fine = { severity: LanguageStatusSeverity.Information, busy: false, command: SHOW_LOG };
  switch (state) {
    case State.Starting:
      return { ...fine, text: l10n.t('Starting'), detail: l10n.t('The language server is starting.'), busy: true };
    case State.Running:
      return workspace.isTrusted
        ? { ...fine, text: l10n.t('Ready'), detail: l10n.t('Files are checked as you type.') }
        : {
            ...fine,
            text: l10n.t('Restricted'),
            detail: l10n.t('Models and rendering are disabled until you trust this folder.'),
            command: TRUST,
          };
    case State.StartFailed:
      return {
        ...STOPPED,
        text: l10n.t('Failed to start'),
        detail: l10n.t('See the log for the reason.'),
        command: SHOW_LOG,
      };
    case State.Stopped:
      return STOPPED;
  }
}

export interface ServerStatus extends Disposable {
  show(state: State): void;
}

/** The `{}` status bar item of `.travel` files: the state of the language server, and an action. */
export function createServerStatus(): ServerStatus {
  const item = languages.createLanguageStatusItem('travel.server', { language: LANGUAGE });
  item.name = 'Prompt Travel';
  return {
    show(state) {
      Object.assign(item, lookOf(state));
    },
    dispose: () => item.dispose(),
  };
}
