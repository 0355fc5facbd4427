import { convertInfotext, findInfotext } from '../../pasted/infotext.ts';
import { usableModels } from '../../pasted/models.ts';
import type { Check } from '../check.ts';
import { conversionFix } from '../conversion-fix.ts';

export const pastedInfotext: Check = {
  code: 'travel/pasted-infotext',
  run({ document, environment }) {
    const found = findInfotext(document);
    if (!found) return [];
    const { foreign } = environment;
    const conversion = foreign && usableModels(convertInfotext(found, foreign), environment);
    const written = document.text.slice(found.span.start, found.span.end);
    return [
      {
        code: this.code,
        severity: 'warning',
        message:
          'These are generation parameters of AUTOMATIC1111. They are treated as prompt text in every frame. Write them as settings.',
        span: {
          start: found.span.start + written.length - written.trimStart().length,
          end: found.span.start + written.trimEnd().length,
        },
        fixes: conversion ? [conversionFix('Convert to settings', document, conversion)] : [],
      },
    ];
  },
};
