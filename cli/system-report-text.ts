import { largest } from '../plan/extremes.ts';
import type { ModelKind } from '../plan/model.ts';
import { bytesText } from '../rendering/cache-contents.ts';
import { printableLine } from '../rendering/printable.ts';
import type { ModelCount, PrivateNames, SystemReport } from './system-report.ts';

const KINDS: Readonly<Record<ModelKind, readonly [one: string, many: string]>> = {
  checkpoint: ['checkpoint', 'checkpoints'],
  'motion-module': ['motion module', 'motion modules'],
  'motion-lora': ['motion LoRA', 'motion LoRAs'],
  lora: ['LoRA', 'LoRAs'],
  'text-encoder': ['text encoder', 'text encoders'],
  vae: ['VAE', 'VAEs'],
  embedding: ['embedding', 'embeddings'],
  controlnet: ['ControlNet', 'ControlNets'],
  film: ['FILM model', 'FILM models'],
  unsupported: ['unsupported file', 'unsupported files'],
  unknown: ['other file', 'other files'],
};

/** More say nothing new. */
const MOST_REASONS = 10;

/**
 * A report as text for a bug report, one fact a line.
 *
 * @param names are not in the text: the home folder becomes `~`, and the user's name `user`
 */
export function systemReportText(report: SystemReport, names: PrivateNames): string {
  const { memory, cache, devices, models, unusable, notices } = report;
  const rows: (readonly [string, string])[] = [
    ['Prompt Travel', report.version],
    ...(report.editor === null ? [] : [['Editor', report.editor] as const]),
    ['Node', report.node],
    ['System', report.system],
    ['Processor', report.cores],
    ['Memory', `${bytesText(memory.usable)}, ${bytesText(memory.free)} free`],
    ...deviceRows(devices),
    ...models.map((count) => [count.folder === '' ? 'Built-in' : 'Models', modelsText(count)] as const),
    ...reasonRows('Not usable', unusable),
    ...reasonRows('Note', notices),
    ['Cache', `${cache.folder}, ${bytesText(cache.bytes)}`],
    ['ffmpeg', report.ffmpeg ?? 'not found in PATH'],
  ];
  const width = largest(rows.map(([name]) => name.length));
  return withoutNames(rows.map(([name, text]) => printableLine(`${name.padEnd(width)}  ${text}`)).join('\n'), names);
}

function reasonRows(name: string, reasons: readonly string[]): (readonly [string, string])[] {
  const rows = reasons.slice(0, MOST_REASONS).map((reason) => [name, reason] as const);
  return reasons.length > MOST_REASONS ? [...rows, ['', `and ${reasons.length - MOST_REASONS} more`]] : rows;
}

function deviceRows(result: SystemReport['devices']): (readonly [string, string])[] {
  if (!result.ok) return [['Engine', `does not start: ${result.message}`]];
  return [
    ['ONNX Runtime', `${result.runtime}; device: auto is ${result.chosen}`],
    ...(result.chosen === 'CPU' ? [] : [['GPU memory', gpuMemoryText(result.memory)] as const]),
    ...result.devices.map(
      ({ name, works, detail }) =>
        [name, [works ? 'works' : 'does not work', detail].filter((part) => part !== '').join(': ')] as const,
    ),
  ];
}

function gpuMemoryText(memory: { readonly bytes: number; readonly source: string } | null): string {
  return memory === null ? 'unknown, so any render is assumed to fit' : `${bytesText(memory.bytes)}, ${memory.source}`;
}

function modelsText({ folder, counts }: ModelCount): string {
  const found = [...counts].map(([kind, count]) => `${count} ${KINDS[kind][count === 1 ? 0 : 1]}`);
  const text = found.length === 0 ? 'nothing found' : found.join(', ');
  return folder === '' ? text : `${folder}: ${text}`;
}

function withoutNames(text: string, { home, user }: PrivateNames): string {
  const short = home === '' || home === '/' ? text : text.replaceAll(home, '~');
  // A short name is part of many words.
  if (user.length < 3) return short;
  const name = user.replace(/[^\p{L}\d]/gu, '\\$&');
  return short.replaceAll(new RegExp(`(?<![\\p{L}\\d])${name}(?![\\p{L}\\d])`, 'gu'), 'user');
}
