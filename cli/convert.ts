import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { splitFormat } from '../grammar/clip/output-path.ts';
import { FORMATS_WITH_LOOP_COUNT } from '../plan/format-limits.ts';
import { fractionIn } from '../plan/frame-rate.ts';
import { printableLine } from '../rendering/printable.ts';
import { EXIT, type ExitCode, UsageError } from './exit-code.ts';
import { addMachineFlags, type MachineFlags, machineOf } from './flags.ts';
import { asWritten, statNamed } from './input.ts';
import { newEngine } from './installation.ts';
import { fromHere, print, printError } from './print.ts';

interface ConvertFlags extends Pick<MachineFlags, 'ffmpeg'> {
  readonly out: string;
  readonly fps?: number;
  readonly loop?: number;
  readonly reverse?: true;
}

const HELP = `
Nothing is rendered again: the frames are taken from the file, or from a folder of PNG frames, which lose no quality. The new
file contains the same source. MP4, WebM, MOV and MKV can only be read if ffmpeg is installed; their sound is written into a file of
the same four formats, unless --fps changes the rate. What the new file does not have is a warning: sound, a loop count, and
frames of a rate that its format cannot show.

Examples:
  travel convert renders/portrait.webp --out portrait.mp4
  travel convert renders/portrait --out portrait.gif --fps 12
  travel convert portrait.webp --out backward.webp --reverse --loop 1`;

export function addConvert(program: Command, finish: (code: ExitCode) => void): void {
  addMachineFlags(program.command('convert'), ['ffmpeg'])
    .summary('write a rendered file in another format')
    .description('Write the frames of a rendered file in another format, at another rate, or backward.')
    .argument('<file>', 'a .webp, .gif, .apng, .png, .mp4, .webm, .mov or .mkv file, or a folder of PNG frames')
    .requiredOption('--out <path>', 'the new file; its extension is the format; png writes a folder of frames')
    .option('--fps <number>', 'frames per second; the number of frames stays', (text) =>
      number(`${fractionIn(text) ?? text}`, 0.001, 1000),
    )
    .option('--loop <number>', 'how often a .gif, .webp or .apng file plays; 0: forever', (text) =>
      number(text, 0, 1e9, true),
    )
    .option('--reverse', 'backward')
    .addHelpText('after', HELP)
    .action(async (file: string, flags: ConvertFlags) => finish(await convert(file, flags)));
}

async function convert(file: string, { out, fps, loop, reverse, ...machine }: ConvertFlags): Promise<ExitCode> {
  await statNamed(file);
  const { path, format } = splitFormat(out);
  if (!format || format === 'txt') {
    throw new UsageError(
      `“${out}” does not end in .webp, .gif, .apng, .mp4, .webm, .mov (ProRes), .mkv (FFV1) or .png. Write a name such as clip.mp4.`,
    );
  }
  if (loop !== undefined && !FORMATS_WITH_LOOP_COUNT.includes(format)) {
    throw new UsageError(`${format} has no loop count. Leave out --loop, or write .gif, .webp or .apng.`);
  }
  const engine = newEngine(machineOf(machine));
  try {
    const result = await engine.convert({
      path: resolve(file),
      base: resolve(path),
      formats: [format],
      fps: fps ?? null,
      loop: loop ?? null,
      reverse: reverse ?? false,
    });
    if (!result.ok) {
      printError(asWritten(asWritten(result.message, file), path));
      return EXIT.fileHasErrors;
    }
    for (const sentence of result.lost) printError(`warning: ${printableLine(sentence)}`);
    for (const written of result.files) print(printableLine(fromHere(written)));
    return EXIT.done;
  } finally {
    engine.stop();
  }
}

function number(text: string, least: number, most: number, whole = false): number {
  const value = Number(text);
  const isValid = text.trim() !== '' && value >= least && value <= most && (!whole || Number.isInteger(value));
  if (!isValid) throw new InvalidArgumentError(`Write a ${whole ? 'whole ' : ''}number from ${least} to ${most}.`);
  return value;
}
