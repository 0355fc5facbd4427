import type { TextSpan } from '../problem.ts';
import type { TravelDocument } from './document.ts';

/** A line of text that begins as a keyframe would, in another notation. */
export interface LostKey {
  /** From the start of its line to the first character after its colon and the spaces there. */
  readonly span: TextSpan;
  /** As written, without the spaces around it. */
  readonly written: string;
  /** The key as this language writes it, with its colon; null if that is not clear. */
  readonly key: string | null;
  /**
   * `ambiguous`: a ratio, a time of day or a weight, such as `16:9` and `2::1`; `full-width`: with characters of an
   * input method; `foreign-digits`: a whole number in the digits of another script; `invisible`: only invisible
   * characters keep it from being a key.
   */
  readonly kind: 'ambiguous' | 'full-width' | 'foreign-digits' | 'invisible' | 'notation';
}

/** Characters that nobody sees. */
const INVISIBLE_CLASS = String.raw`[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]`;
const INVISIBLE = new RegExp(INVISIBLE_CLASS);
/** Characters in a row that nobody sees. Joiners among them also shape letters and emoji. */
export const INVISIBLE_RUN = new RegExp(`${INVISIBLE_CLASS}+`, 'g');

/** Longer keys than any that is written by hand. */
const LONGEST = 120;

const SPACES = '[ \\t]*';
const NUMBER = String.raw`-?\d{1,9}(?:[.,]\d{1,9})?`;
const UNIT = `(?:${SPACES}(?:%|percent|m(?:illi)?s(?:ec(?:ond)?s?)?|s(?:ec(?:ond)?s?)?|f(?:r(?:ames?)?)?))?`;
const POSITION = `(${NUMBER})(${UNIT})`;
const RANGE = String.raw`(?:${SPACES}(?:-{1,2}>|-|~|\.{2,3}|…|→)${SPACES}|[ \t]+(?:to|until|till|thru|through)[ \t]+)`;
const TRANSITION = String.raw`(?:[ \t]+(linear|cut|hold|step[\w-]{0,20}|ease[\w-]{0,20}|cubic-?bezier${SPACES}\([^()]{0,60}\)))?`;

/** `0–8 ease:`, `1,5 s:`, `frames 40 to 44:`. Not `2::`, the weight of an option. */
const KEY = new RegExp(
  `^${SPACES}(?:(?:key)?frames?[ \\t]+)?${POSITION}(?:${RANGE}${POSITION})?${TRANSITION}${SPACES}:(?!:)`,
  'i',
);

/** Digits and signs that were meant to be a position: `0-8-16:`, `1.2.3s:`. */
const UNREADABLE = /^[ \t]*-?\d[\d.,%~-]{0,60}(?:m?s)?:(?![:\d])/;

const AMBIGUOUS = /^[ \t]*\d{1,9}:[\d:]/;

/** Midjourney's weight of the text before it. */
const WEIGHT = /^[ \t]*\d{1,9}::/;

/** Minutes and seconds, as in `0:05: a`. */
const TIME_CODE = /^[ \t]*(\d{1,3}):([0-5]\d(?:\.\d{1,3})?)[ \t]*:(?=[ \t]|$)/;

/** The lines of the body that are text, but begin like a keyframe. In the order of the file, in linear time. */
export function lostKeys(document: TravelDocument): readonly LostKey[] {
  const known = CACHE.get(document);
  if (known) return known;
  const found = [...findLostKeys(document)];
  CACHE.set(document, found);
  return found;
}

const CACHE = new WeakMap<TravelDocument, readonly LostKey[]>();

function* findLostKeys({ text, joined, frontMatter, keyframes }: TravelDocument): Generator<LostKey, void> {
  const keys = new Set(keyframes.map(({ line }) => line.start));
  let start = frontMatter?.span.end ?? 0;
  while (start < text.length) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    // A line inside brackets is never a keyframe.
    const isOwnLine = start === 0 || start === frontMatter?.span.end || joined[start - 1] === '\n';
    if (isOwnLine && !keys.has(start)) {
      const key = lostKeyAt(text.slice(start, Math.min(end, start + LONGEST)), start);
      if (key) yield key;
    }
    start = end + 1;
  }
}

function lostKeyAt(line: string, start: number): LostKey | null {
  // The key without invisible characters, and where each of its characters is written.
  let plain = '';
  const offsets: number[] = [];
  for (let at = 0; at < line.length; at++) {
    if (INVISIBLE.test(line[at]!)) continue;
    const character = String.fromCodePoint(line.codePointAt(at)!);
    // The last code unit of each character.
    at += character.length - 1;
    plain += plainCharacter(character);
    offsets.push(at);
  }
  const time = TIME_CODE.exec(plain);
  const match = time ?? KEY.exec(plain) ?? UNREADABLE.exec(plain) ?? WEIGHT.exec(plain);
  // `frame 8:` is a key of another tool (`foreign-key-syntax.ts`).
  if (!match || (/^[ \t]*[kf]/i.test(plain) && match[3] === undefined)) return null;
  let end = (offsets[match[0].length - 1] ?? 0) + 1;
  const written = line.slice(0, end).replace(/^[ \t\u3000]+/, '');
  while (/[ \t\u3000]/.test(line[end] ?? '')) end++;
  const found = { span: { start, end: start + end }, written };
  if (time) return { ...found, key: `${Number(time[1]) * 60 + Number(time[2])}s:`, kind: 'notation' };
  if (AMBIGUOUS.test(plain)) return { ...found, key: `${/\d+/.exec(plain)![0]}:`, kind: 'ambiguous' };
  const key = match.length > 1 ? keyOf(match) : null;
  return { ...found, key, kind: kindOf(written, plain.slice(0, match[0].length).trim(), key) };
}

function keyOf([, from = '', fromUnit = '', to, toUnit = '', transition]: RegExpExecArray): string | null {
  // In `1-2 s`, both are seconds.
  const unit = unitOf(fromUnit) || (to === undefined ? '' : unitOf(toUnit));
  const positions = [positionOf(from, unit), ...(to === undefined ? [] : [positionOf(to, unitOf(toUnit) || unit)])];
  if (positions.includes(null)) return null;
  return `${positions.join('-')}${transition === undefined ? '' : ` ${transition.toLowerCase()}`}:`;
}

function unitOf(written: string): string {
  const unit = written.trim().toLowerCase();
  if (unit === '%' || unit === 'percent') return '%';
  if (unit.startsWith('m')) return 'ms';
  return unit.startsWith('s') ? 's' : '';
}

/** null for a fraction of a frame, and for a number from the end that is not a frame. */
function positionOf(number: string, unit: string): string | null {
  if (unit === '' && /[.,]/.test(number)) return null;
  if (unit !== '' && number.startsWith('-')) return null;
  return number.replace(',', '.') + unit;
}

function kindOf(written: string, plain: string, key: string | null): LostKey['kind'] {
  if (/[！-～\u3000]/.test(written)) return 'full-width';
  if (/^\p{Nd}+[ \t]*:$/u.test(written) && /[^\x00-\x7f]/.test(written)) return 'foreign-digits';
  const isKey = key !== null && key === `${plain.slice(0, -1).trimEnd()}:`;
  return isKey && [...written].some((character) => INVISIBLE.test(character)) ? 'invisible' : 'notation';
}

const DASHES = /[‐‑‒–—―−﹘﹣－ーｰ]/;
const TILDES = /[～〜∼]/;
const COLONS = /[：﹕︰∶ː]/;

/** The ASCII character that another one stands for in a key; other characters of two code units end it. */
function plainCharacter(character: string): string {
  if (character < '\u0080') return character;
  if (character === '\u3000' || character === '\u00a0') return ' ';
  if (DASHES.test(character)) return '-';
  if (TILDES.test(character)) return '~';
  if (COLONS.test(character)) return ':';
  if (/[﹪٪]/.test(character)) return '%';
  if (/[！-～]/.test(character)) return String.fromCharCode(character.charCodeAt(0) - 0xfee0);
  return /\p{Nd}/u.test(character) ? `${digitValue(character)}` : character[0]!;
}

/** Unicode keeps the ten digits of each script together and in order, so the value is the distance from the first. */
export function digitValue(digit: string): number {
  const code = digit.codePointAt(0)!;
  let first = code;
  while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first--;
  return (code - first) % 10;
}
