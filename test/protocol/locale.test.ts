import { expect, it } from 'vitest';
import { localeOf } from '../../protocol/locale.ts';

it.each([
  ['en', 'en-GB', 'en-GB'],
  ['en', 'de-DE', 'en'],
  ['ja', 'en-US', 'ja'],
  ['ja', 'ja-JP', 'ja-JP'],
  ['zh-cn', 'zh-TW', 'zh-cn'],
  ['', 'fr-FR', 'fr-FR'],
])('texts in %s on a computer with %s have dates in %s', (texts, computer, locale) => {
  expect(localeOf(texts, computer)).toBe(locale);
  expect(new Intl.Locale(localeOf(texts, computer)).language).toBe(locale.slice(0, 2));
});
