import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clip, Sound } from './frames.ts';
import { SAFE_INPUT } from './safe-input.ts';

export type FfmpegResult =
  | { readonly ok: true; readonly bytes: Buffer }
  /** `log` is the end of ffmpeg's log. */
  | { readonly ok: false; readonly log: string };

/** How the sound of a container is encoded. All by ffmpeg's names. */
export const SOUND_ENCODERS = { mp4: 'aac', webm: 'libopus', mov: 'pcm_s16le', matroska: 'flac' } as const;

export type Container = keyof typeof SOUND_ENCODERS;

/** Of encoders that lose something, in bits per second. */
const BIT_RATES: { readonly [container in Container]?: string } = { mp4: '192k', webm: '192k' };

/** A filter that converts frames to BT.709, in the range of televisions. */
export const TO_BT709 = 'scale=out_color_matrix=bt709:out_range=tv';

/** BT.709, which players assume by default; also declared in the file. */
export const BT709: readonly string[] = ['-vf', TO_BT709].concat(
  ['-colorspace', 'bt709'],
  ['-color_primaries', 'bt709'],
  ['-color_trc', 'bt709'],
  ['-color_range', 'tv'],
);

/**
 * Encodes a clip with ffmpeg.
 *
 * @param options encoder, quality, colors
 * @throws the signal's reason
 */
export async function runFfmpeg(
  ffmpeg: string,
  clip: Clip,
  options: readonly string[],
  format: Container,
  signal?: AbortSignal,
): Promise<FfmpegResult> {
  signal?.throwIfAborted();
  const folder = await mkdtemp(join(tmpdir(), 'prompt-travel-'));
  try {
    const output = join(folder, `clip.${format}`);
    const input = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${clip.width}x${clip.height}`];
    const child = spawn(
      ffmpeg,
      ['-hide_banner', '-loglevel', 'error', '-y', ...input, '-framerate', String(clip.fps), '-i', 'pipe:0'].concat(
        [...soundInput(clip.sound), ...options, ...soundOptions(clip, format)],
        ['-f', format, output],
      ),
      { stdio: ['pipe', 'ignore', 'pipe'], windowsHide: true },
    );
    const kill = () => child.kill('SIGKILL');
    signal?.addEventListener('abort', kill);
    try {
      const log = await feed(child, clip, signal);
      signal?.throwIfAborted();
      return child.exitCode === 0 ? { ok: true, bytes: await readFile(output) } : { ok: false, log };
    } finally {
      signal?.removeEventListener('abort', kill);
      kill();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The video whose sound is used, from a time of the file on. */
function soundInput(sound: Sound | undefined): string[] {
  if (!sound) return [];
  return [...SAFE_INPUT, '-seek_timestamp', '1', '-ss', String(sound.start), '-i', sound.path];
}

/** The sound ends with the frames, or earlier. */
function soundOptions({ sound, count, fps }: Clip, format: Container): string[] {
  if (!sound) return [];
  const trimmed = ['-filter:a', [...repeated(sound), `atrim=duration=${sound.seconds}`].join(',')];
  const rate = BIT_RATES[format];
  const encoded = ['-c:a', SOUND_ENCODERS[format], ...(rate === undefined ? [] : ['-b:a', rate])];
  return ['-map', '0:v:0', '-map', '1:a:0', ...encoded, ...trimmed, '-t', String(count / fps)];
}

/** Filters for a sound that starts again with its pictures, also if it is shorter than they are. */
function repeated({ repeat }: Sound): string[] {
  if (!repeat) return [];
  const { seconds, leftOut } = repeat;
  const part = [`atrim=duration=${seconds}`, `apad=whole_dur=${seconds}`, `aloop=loop=-1:size=${MOST_SAMPLES}`];
  return [...part, `atrim=start=${leftOut}`, 'asetpts=PTS-STARTPTS'];
}

/** What `aloop` repeats at most: more than any part has. */
const MOST_SAMPLES = 2 ** 31 - 1;

/** Writes the frames and waits for the end. @returns the last lines of the log */
async function feed(child: ReturnType<typeof spawn>, clip: Clip, signal?: AbortSignal): Promise<string> {
  let log = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString('utf8')).slice(-2000);
  });
  const ended = once(child, 'close').catch((error: Error) => {
    log += error.message;
  });
  const { stdin } = child;
  // If ffmpeg stops early, it closes its input. Its exit code and log explain why.
  stdin?.on('error', (error) => {
    log += `\n${error.message}`;
  });
  for (let index = 0; stdin && index < clip.count && !stdin.destroyed; index++) {
    if (signal?.aborted) break;
    if (!stdin.write(await clip.rgb(index))) await Promise.race([once(stdin, 'drain').catch(() => undefined), ended]);
  }
  stdin?.end();
  await ended;
  return log.trim();
}
