import { applyEdits } from '../../../grammar/format/format.ts';
import { checkTravel } from '../../../grammar/language.ts';
import type { Fix } from '../../../grammar/problem.ts';
import { testEnvironment } from '../environment.ts';

export const MATTER = '---\nframes: 64\nfps: 8\n---\n';
export const check = (text: string) => checkTravel(text, testEnvironment());
export const apply = (text: string, fixes: readonly Fix[]) =>
  applyEdits(
    text,
    fixes.flatMap(({ edits }) => edits).sort((a, b) => a.span.start - b.span.start),
  );

/** As “Fix all” in the editor: the first mechanical fix of every problem, as long as they do not touch. */
export function fixAll(text: string): string {
  let free = -1;
  const fixes = check(text)
    .problems.flatMap(({ fixes = [] }) => fixes.filter(({ mechanical }) => mechanical).slice(0, 1))
    .filter(({ edits }) => {
      const start = Math.min(...edits.map(({ span }) => span.start));
      const isApart = start > free;
      if (isApart) free = Math.max(...edits.map(({ span }) => span.end));
      return isApart;
    });
  return apply(text, fixes);
}

export const keysOf = (text: string) =>
  check(text).document.keyframes.map(({ position, hold }) => position.text + (hold ? `-${hold.text}` : ''));

/** A key as people write it, and as it is read after “Fix all”. */
export const KEYS: readonly (readonly [string, string])[] = [
  ['8：', '8'],
  ['８：', '8'],
  ['８:', '8'],
  ['50％：', '50%'],
  ['５０％:', '50%'],
  ['－1：', '-1'],
  ['−1:', '-1'],
  ['–1:', '-1'],
  ['１．５ｓ：', '1.5s'],
  ['２５０ｍｓ：', '250ms'],
  ['0～8：', '0-8'],
  ['０～８：', '0-8'],
  ['0–8:', '0-8'],
  ['0—8:', '0-8'],
  ['0 – 8:', '0-8'],
  ['0−8:', '0-8'],
  ['0ー8：', '0-8'],
  ['24~28:', '24-28'],
  ['24〜28:', '24-28'],
  ['0..8:', '0-8'],
  ['0...8:', '0-8'],
  ['0…8:', '0-8'],
  ['40 to 44:', '40-44'],
  ['40 until 44:', '40-44'],
  ['1 to 2 s:', '1s-2s'],
  ['1s–2s:', '1s-2s'],
  ['0~-1:', '0--1'],
  ['frames 8-12:', '8-12'],
  ['1,5s:', '1.5s'],
  ['1,5 s:', '1.5s'],
  ['50,5%:', '50.5%'],
  ['2 s:', '2s'],
  ['1.5 sec:', '1.5s'],
  ['3sec:', '3s'],
  ['3 seconds:', '3s'],
  ['250 ms:', '250ms'],
  ['250msec:', '250ms'],
  ['50 %:', '50%'],
  ['50 percent:', '50%'],
  ['0:05:', '5s'],
  ['00:03.5:', '3.5s'],
  ['8f:', '8'],
  ['8 frames:', '8'],
  ['8—12 ease:', '8-12'],
  ['８　ｅａｓｅ：', '8'],
  ['\u200b8:', '8'],
  ['\u200f8:', '8'],
  ['8\u200b:', '8'],
  ['\ufeff8:', '8'],
  ['\u20608:', '8'],
  ['8\u00ad:', '8'],
  ['\u200e50%:', '50%'],
];
