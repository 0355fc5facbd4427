import * as l10n from '@vscode/l10n';
import { MOST_CELLS } from '../../plan/work.ts';

/** Values of one setting, as in `--set key=value`. */
export interface Axis {
  readonly key: string;
  readonly values: readonly string[];
}

export type ParsedAxes =
  | { readonly ok: true; readonly axes: readonly Axis[] }
  | { readonly ok: false; readonly message: string };

/** Parses `cfg_scale=5|7|9; steps=12|20`; no text gives no axes. */
export function parseAxes(text: string): ParsedAxes {
  const axes: Axis[] = [];
  for (const part of text.split(';').filter((each) => each.trim() !== '')) {
    const [, key, written] = /^\s*(\w+)\s*=(.*)$/s.exec(part) ?? [];
    const values = (written ?? '').split('|').map((value) => value.trim());
    if (key === undefined || values.includes('')) {
      return { ok: false, message: l10n.t('Write values as in cfg_scale=5|7|9, not “{0}”.', part.trim()) };
    }
    if (axes.some((axis) => axis.key === key)) return { ok: false, message: l10n.t('“{0}” is there twice.', key) };
    axes.push({ key, values });
  }
  return { ok: true, axes };
}

/** One cell of a matrix: settings that take precedence over the file's. */
export interface MatrixCell<F> {
  readonly file: F;
  readonly label: string;
  readonly settings: Readonly<Record<string, string>>;
}

export interface Matrix<F> {
  readonly cells: readonly MatrixCell<F>[];
  readonly columns: number;
}

/**
 * Every file with every value of every axis, in reading order: the last axis with several values runs across.
 *
 * @param name of a file in labels
 * @returns null if there are more cells than a sheet has
 */
export function matrixOf<F>(files: readonly F[], axes: readonly Axis[], name: (file: F) => string): Matrix<F> | null {
  const several = axes.filter(({ values }) => values.length > 1);
  const count = axes.reduce((product, { values }) => product * values.length, files.length);
  if (count > MOST_CELLS) return null;
  let cells: MatrixCell<F>[] = files.map((file) => ({
    file,
    label: files.length > 1 ? name(file) : '',
    settings: {},
  }));
  for (const axis of axes) {
    cells = cells.flatMap(({ file, label, settings }) =>
      axis.values.map((value) => ({
        file,
        label: several.includes(axis) ? [label, `${axis.key} ${value}`].filter(Boolean).join(', ') : label,
        settings: { ...settings, [axis.key]: value },
      })),
    );
  }
  return { cells, columns: several.at(-1)?.values.length ?? files.length };
}
