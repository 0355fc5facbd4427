import * as l10n from '@vscode/l10n';
import { type Uri, window, workspace } from 'vscode';
import type { TravelPlan } from '../../plan/plan.ts';
import { MOST_CELLS, type Sheet } from '../../plan/work.ts';
import type { RenderResult } from '../../protocol/engine.ts';
import type { RenderWhat } from '../../protocol/plan-request.ts';
import { documentName } from '../document-name.ts';
import { type Axis, type Matrix, matrixOf, parseAxes } from './matrix.ts';
import { planFor, prepare, type RenderHost, type RenderTarget, submit } from './render-command.ts';

/** Seeds are numbers of 32 bits, as in A1111. */
const SEEDS = 2 ** 32;

const randomSeed = () => String(Math.floor(Math.random() * SEEDS));

type Quality = Extract<RenderWhat, { readonly kind: 'draft' | 'clip' }>['kind'];

/** A file with the name that labels give it. */
interface SheetFile {
  readonly uri: Uri;
  readonly name: string;
}

/** What a sheet is made of; its name follows that of the file. */
interface SheetOptions {
  readonly title: string;
  readonly suffix: string;
  readonly quality: Quality;
  readonly matrix: Matrix<SheetFile>;
}

/** Renders a file with four seeds side by side: the one that it has now, and three others. */
export function renderSeeds(host: RenderHost, target: RenderTarget): Promise<RenderResult | undefined> {
  return renderSheet(host, target, async (file) => {
    const quality = await askForQuality(l10n.t('Render 4 Seeds'));
    if (!quality) return undefined;
    const others = { key: 'seed', values: [randomSeed(), randomSeed(), randomSeed()] };
    const rest = matrixOf([file], [others], ({ name }) => name)!;
    // The first one keeps its seed, which is known when it is planned.
    const cells = [{ file, label: '', settings: {} }, ...rest.cells];
    return { title: '4 seeds', suffix: 'seeds', quality, matrix: { cells, columns: 2 } };
  });
}

/** Renders files with seeds and settings side by side, after asking for them. */
export function renderMatrix(host: RenderHost, target: RenderTarget): Promise<RenderResult | undefined> {
  return renderSheet(host, target, async (file) => {
    const files = await askForFiles(file);
    const axes = files && (await askForAxes(files.length));
    const seeds = axes && (await askForSeeds(matrixOf(files, axes, nameOf)!.cells.length));
    const quality = seeds && (await askForQuality(l10n.t('Render Matrix')));
    if (!quality) return undefined;
    const matrix = matrixOf(files, [...axes, ...seeds], nameOf)!;
    return { title: 'matrix', suffix: 'matrix', quality, matrix };
  });
}

const nameOf = ({ name }: SheetFile): string => name;

async function renderSheet(
  host: RenderHost,
  target: RenderTarget,
  choose: (file: SheetFile) => Promise<SheetOptions | undefined>,
): Promise<RenderResult | undefined> {
  const prepared = await prepare(host, target, { choose: ({ uri }) => choose(fileAt(uri)) });
  if (!prepared) return undefined;
  const { document, chosen } = prepared;
  const cells: Sheet['cells'] = [];
  for (const { file, label, settings } of chosen.matrix.cells) {
    const of = file.uri.toString() === document.uri.toString() ? document : await workspace.openTextDocument(file.uri);
    const planned = await planFor(of, { kind: chosen.quality, settings }, host);
    if (!planned) return undefined;
    cells.push({ label: label || `seed ${planned.plan.sampling.seed}`, plan: planned.plan });
  }
  const sheet = sheetOf(cells, chosen);
  const note = chosen.quality === 'draft' ? l10n.t('The clips are drafts.') : '';
  return submit(document, { work: { kind: 'sheet', sheet }, note, open: 'file' }, host.jobs);
}

function sheetOf(cells: Sheet['cells'], { title, suffix, matrix }: SheetOptions): Sheet {
  const first: TravelPlan = cells[0]!.plan;
  return {
    name: `${first.name}, ${title}`,
    cells,
    columns: matrix.columns,
    base: `${first.output.base.replace(/-draft$/, '')}-${suffix}`,
  };
}

const fileAt = (uri: Uri): SheetFile => ({ uri, name: documentName(uri) });

async function askForQuality(title: string): Promise<Quality | undefined> {
  const qualities = [
    {
      label: l10n.t('Drafts'),
      description: l10n.t('small, half the steps, every second frame'),
      quality: 'draft' as const,
    },
    { label: l10n.t('Full Renders'), description: l10n.t('as the file says; much slower'), quality: 'clip' as const },
  ];
  return (await window.showQuickPick(qualities, { title, placeHolder: l10n.t('How good the clips are') }))?.quality;
}

/** Other files are offered only if there are any. */
async function askForFiles(file: SheetFile): Promise<SheetFile[] | undefined> {
  const found = await workspace.findFiles('**/*.travel', '**/node_modules/**', MOST_CELLS);
  const others = found.filter((uri) => uri.toString() !== file.uri.toString()).map(fileAt);
  if (others.length === 0) return [file];
  const items = [file, ...others].map((each) => ({
    label: each.name,
    description: workspace.asRelativePath(each.uri),
    picked: each === file,
    file: each,
  }));
  const chosen = await window.showQuickPick(items, {
    title: l10n.t('Render Matrix: Files'),
    placeHolder: l10n.t('Files to render side by side'),
    canPickMany: true,
  });
  return chosen && chosen.length > 0 ? chosen.map((item) => item.file) : undefined;
}

async function askForAxes(files: number): Promise<readonly Axis[] | undefined> {
  const written = await window.showInputBox({
    title: l10n.t('Render Matrix: Settings'),
    prompt: l10n.t('Settings and their values, such as cfg_scale=5|7|9; steps=12|20. Empty: as in the file'),
    validateInput: (text) => {
      const parsed = parseAxes(text);
      if (!parsed.ok) return parsed.message;
      return tooMany(parsed.axes.reduce((product, { values }) => product * values.length, files));
    },
  });
  const parsed = written === undefined ? null : parseAxes(written);
  return parsed?.ok ? parsed.axes : undefined;
}

/** @param cells without the seeds */
async function askForSeeds(cells: number): Promise<readonly Axis[] | undefined> {
  const written = await window.showInputBox({
    title: l10n.t('Render Matrix: Seeds'),
    prompt: l10n.t('Seeds, such as 7, 42; or how many random ones, such as x4. Empty: the seed of the file'),
    validateInput: (text) => {
      const seeds = seedsIn(text);
      if (!seeds) return l10n.t('Write seeds with commas between them, such as 7, 42, or x4 for four random ones.');
      return tooMany(cells * Math.max(1, seeds.length));
    },
  });
  const seeds = written === undefined ? null : seedsIn(written);
  if (!seeds) return undefined;
  return seeds.length === 0 ? [] : [{ key: 'seed', values: seeds }];
}

function tooMany(cells: number): string | undefined {
  if (cells <= MOST_CELLS) return undefined;
  return l10n.t('These are {cells} clips. A sheet has at most {most}.', { cells, most: MOST_CELLS });
}

/** null if the text is neither seeds nor their number. */
function seedsIn(text: string): string[] | null {
  const [, count] = /^\s*x\s*(\d{1,3})\s*$/i.exec(text) ?? [];
  if (count !== undefined) return Number(count) > 0 ? Array.from({ length: Number(count) }, randomSeed) : null;
  if (text.trim() === '') return [];
  const seeds = text.split(',').map((seed) => seed.trim());
  return seeds.every((seed) => /^\d{1,10}$/.test(seed)) && new Set(seeds).size === seeds.length ? seeds : null;
}
