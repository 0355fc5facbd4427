import { config } from '@vscode/l10n';
import { l10n } from 'vscode';

/*
 * Texts are translated by `l10n.t` of `@vscode/l10n`, not by VS Code's own function of the same name: code that the
 * command line shares has no `vscode`. An entry of the extension imports this file before all others, because some texts
 * are constants. Without a bundle, as in English, texts stay as they are.
 */
config({ contents: l10n.bundle ?? {} });
