import * as l10n from '@vscode/l10n';
import { commands, Uri, window } from 'vscode';
import { endingOf } from '../../plan/format-limits.ts';
import type { OutputFormat } from '../../plan/plan.ts';
import type { ConvertRequest, ConvertResult } from '../../protocol/engine.ts';

interface FormatItem {
  readonly label: string;
  readonly description: string;
  readonly format: OutputFormat;
}

const FORMATS: readonly FormatItem[] = [
  { label: 'WebP', description: l10n.t('Plays in browsers and in the preview'), format: 'webp' },
  { label: 'GIF', description: l10n.t('Plays everywhere, 256 colors'), format: 'gif' },
  { label: 'MP4', description: l10n.t('Video'), format: 'mp4' },
  { label: 'APNG', description: l10n.t('Animation without loss, for browsers'), format: 'apng' },
  { label: 'WebM', description: l10n.t('Video; needs ffmpeg'), format: 'webm' },
  { label: 'ProRes', description: l10n.t('Video for editing; needs ffmpeg'), format: 'prores' },
  { label: 'FFV1', description: l10n.t('Video without loss; needs ffmpeg'), format: 'ffv1' },
  { label: l10n.t('PNG Frames'), description: l10n.t('A folder of frames without loss'), format: 'png' },
];

interface WayItem {
  readonly label: string;
  readonly description: string;
  readonly ask: (way: Way) => Promise<Way | undefined>;
}

/** How the frames are played. */
type Way = Pick<ConvertRequest, 'fps' | 'loop' | 'reverse'>;

const WAYS: readonly WayItem[] = [
  { label: l10n.t('As It Is'), description: l10n.t('Same frame rate, loop and order'), ask: async (way) => way },
  {
    label: l10n.t('Backward'),
    description: l10n.t('The last frame first'),
    ask: async (way) => ({ ...way, reverse: true }),
  },
  {
    label: l10n.t('Another Frame Rate…'),
    description: l10n.t('The number of frames stays'),
    async ask(way) {
      const fps = await askNumber(l10n.t('Frames per second'), (value) => value > 0 && value <= 1000);
      return fps === undefined ? undefined : { ...way, fps };
    },
  },
  {
    label: l10n.t('Another Number of Loops…'),
    description: l10n.t('0 plays it forever'),
    async ask(way) {
      const loop = await askNumber(
        l10n.t('How often it plays; 0: forever'),
        (value) => Number.isInteger(value) && value >= 0,
      );
      return loop === undefined ? undefined : { ...way, loop };
    },
  },
];

/**
 * Asks for a format, a way to play and a place, and writes a finished render there without rendering again.
 *
 * @param path of a rendered file, or of a folder of PNG frames
 * @throws Error that says why it could not be written
 */
export async function saveAs(
  path: string,
  convert: (request: ConvertRequest) => Promise<ConvertResult>,
): Promise<void> {
  const chosen = await window.showQuickPick(FORMATS, {
    title: l10n.t('Save As'),
    placeHolder: l10n.t('Choose a format'),
  });
  if (!chosen) return;
  const how = await window.showQuickPick(WAYS, {
    title: l10n.t('Save As'),
    placeHolder: l10n.t('Choose how it plays'),
  });
  const way = await how?.ask({ fps: null, loop: null, reverse: false });
  if (!way) return;
  const { format, label } = chosen;
  const ending = endingOf(format);
  const from = withoutExtension(path);
  const target = await window.showSaveDialog({
    defaultUri: Uri.file(`${from}.${ending}`),
    filters: { [label]: [ending] },
    title: l10n.t('Save As'),
  });
  if (!target) return;
  const result = await convert({ path, base: withoutExtension(target.fsPath), formats: [format], ...way });
  if (!result.ok) throw new Error(result.message);
  const [file] = result.files;
  const show = l10n.t('Show in Folder');
  // Nothing is overwritten: a name that is taken gets a number.
  const saved = l10n.t('Saved as {0}.', file ?? '');
  const answer =
    result.lost.length > 0
      ? await window.showWarningMessage(`${saved} ${result.lost.join(' ')}`, show)
      : await window.showInformationMessage(saved, show);
  if (answer === show && file !== undefined) await commands.executeCommand('revealFileInOS', Uri.file(file));
}

const withoutExtension = (path: string): string => path.replace(/(?<=[^\\/])\.[a-z0-9]{3,4}$/i, '');

async function askNumber(title: string, isValid: (value: number) => boolean): Promise<number | undefined> {
  const numberOf = (text: string) => (text.trim() === '' ? Number.NaN : Number(text));
  const text = await window.showInputBox({
    title,
    validateInput: (typed) => (isValid(numberOf(typed)) ? undefined : l10n.t('Write a number in range.')),
  });
  return text === undefined ? undefined : numberOf(text);
}
