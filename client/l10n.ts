import { config } from '@vscode/l10n';
import { env, l10n } from 'vscode';
import { localeOf } from '../protocol/locale.ts';

/*
 * Texts are translated by `l10n.t` of `@vscode/l10n`, not by VS Code's own function of the same name: code that the
 * command line shares has no `vscode`. An entry of the extension imports this file before all others, because some texts
 * are constants. Without a bundle, as in English, texts stay as they are.
 */
config({ contents: l10n.bundle ?? {} });

/** Of the texts, such as `ja`; English where there is no bundle. */
export const textLanguage = (): string => (l10n.bundle ? env.language : 'en');

/** For dates and numbers in texts. */
export const locale = (): string => localeOf(textLanguage(), Intl.DateTimeFormat().resolvedOptions().locale);
