import { config } from '@vscode/l10n';
import * as z from 'zod/mini';
import { localeOf } from '../protocol/locale.ts';

/** Translations by their English text. */
const Strings = z.catch(z.record(z.string(), z.string()), {});

/*
 * The host has put the texts of the page into it, because some are shown before the first message. Without them, as in
 * English and outside of VS Code, texts stay as they are. Imported before what has texts in constants.
 */
const written = document.querySelector<HTMLMetaElement>('meta[name=l10n]')?.content;
if (written) config({ contents: Strings.parse(JSON.parse(written)) });

/** For dates and numbers in texts. */
export const locale = (): string => localeOf(document.documentElement.lang, navigator.language);
