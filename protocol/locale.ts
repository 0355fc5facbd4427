/**
 * The locale of dates and numbers: that of the texts beside them, in the form of the computer's region if it speaks the
 * same language. A Japanese page has Japanese dates on an English computer, and an English page British ones in Britain.
 *
 * @param texts language of the texts, such as `zh-cn`; empty: not known. @param computer locale of the computer, such as `en-GB`
 */
export function localeOf(texts: string, computer: string): string {
  const language = (locale: string) => locale.split('-', 1)[0]!.toLowerCase();
  // Script and region are part of the language in Chinese.
  const isOfComputer = texts === '' || (language(texts) === language(computer) && language(texts) !== 'zh');
  return isOfComputer ? computer : texts;
}
