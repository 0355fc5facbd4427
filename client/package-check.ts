import { type ExtensionContext, type LogOutputChannel, window } from 'vscode';
import { wrongPackage } from '../protocol/platform.ts';

/** Shows a message if the installed package is that of another platform: the language works then, but nothing renders. */
export function warnAboutPackage({ extension }: Pick<ExtensionContext, 'extension'>, log: LogOutputChannel): void {
  const { packageTarget }: { packageTarget?: unknown } = extension.packageJSON;
  const reason = wrongPackage(packageTarget, process);
  if (reason === null) return;
  log.error(reason);
  void window.showErrorMessage(reason);
}
