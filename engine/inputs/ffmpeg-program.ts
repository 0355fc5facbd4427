import { spawn } from 'node:child_process';
import { RenderError } from '../failure.ts';
import { findFfmpeg, GET_FFMPEG, withoutFfmpeg } from '../media/find-ffmpeg.ts';

/** The user's ffmpeg and what it can do. */
export interface FfmpegProgram {
  readonly path: string;
  /** Names of codecs that it decodes, such as `h264`. */
  readonly codecs: ReadonlySet<string>;
  /** Names of its decoders, such as `libvpx-vp9`. */
  readonly decoders: ReadonlySet<string>;
  readonly filters: ReadonlySet<string>;
  /** Names of its encoders of frames and sound, such as `prores_ks`. */
  readonly encoders: ReadonlySet<string>;
  readonly muxers: ReadonlySet<string>;
  /** Frames keep the times that they have, and none is added or dropped. */
  readonly keepTimes: readonly string[];
  /** The filter that prints the time of each frame. Its checksums, which old versions always compute, take long. */
  readonly printTimes: 'showinfo' | 'showinfo=checksum=0';
}

/** By path: programs seldom change, and asking them takes a tenth of a second. */
const known = new Map<string, Promise<FfmpegProgram>>();

/** A question about itself is answered at once. */
const ANSWER_MS = 10_000;
const MOST_TEXT = 1_000_000;

/**
 * The ffmpeg of this computer, to read a video.
 *
 * @param name of the video
 * @throws RenderError that says how to get it
 */
export async function ffmpegFor(name: string): Promise<FfmpegProgram> {
  const path = await findFfmpeg();
  if (path === undefined) {
    throw new RenderError(
      'unsupported',
      `“${name}” needs ffmpeg, ${withoutFfmpeg()}. GIF, WebP and APNG files and folders of images need none.`,
    );
  }
  return ffmpegAt(path);
}

/**
 * What a program can do.
 *
 * @throws RenderError if it is not ffmpeg
 */
export async function ffmpegAt(path: string): Promise<FfmpegProgram> {
  const asked = known.get(path) ?? ask(path);
  known.set(path, asked);
  // Another program may be installed at the same path.
  asked.catch(() => known.delete(path));
  return asked;
}

async function ask(path: string): Promise<FfmpegProgram> {
  const version = await answer(path, ['-version']);
  const [, major, minor] = /^ffmpeg version n?(\d+)\.(\d+)/.exec(version) ?? [];
  if (!version.startsWith('ffmpeg version')) {
    throw new RenderError(
      'unsupported',
      `${path} is not ffmpeg. ${GET_FFMPEG}, or set \`--ffmpeg\` or \`travel.ffmpeg\` to its path.`,
    );
  }
  const [codecs, decoders, filters, encoders, muxers] = await Promise.all([
    answer(path, ['-hide_banner', '-codecs']),
    answer(path, ['-hide_banner', '-decoders']),
    answer(path, ['-hide_banner', '-filters']),
    answer(path, ['-hide_banner', '-encoders']),
    answer(path, ['-hide_banner', '-muxers']),
  ]);
  const isOld = major !== undefined && Number(major) + Number(minor) / 10 < 5.1;
  return {
    path,
    codecs: namesIn(codecs, /^ D\S{5} (\S+)/gm),
    decoders: namesIn(decoders, /^ V\S{5} (\S+)/gm),
    filters: namesIn(filters, /^ \S{2,3} (\S+) /gm),
    encoders: namesIn(encoders, /^ [VA]\S{5} (\S+)/gm),
    muxers: namesIn(muxers, /^ {1,2}E {1,2}(\S+)/gm),
    keepTimes: isOld ? ['-vsync', '0'] : ['-fps_mode', 'passthrough'],
    printTimes: isOld ? 'showinfo' : 'showinfo=checksum=0',
  };
}

const namesIn = (text: string, pattern: RegExp): ReadonlySet<string> =>
  new Set([...text.matchAll(pattern)].map(([, name]) => name!));

/** What a program prints; as much as there is if it does not end in time. */
function answer(path: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(path, args, { stdio: ['ignore', 'pipe', 'ignore'], windowsHide: true });
    const timer = setTimeout(() => child.kill('SIGKILL'), ANSWER_MS);
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (text.length > MOST_TEXT) child.kill('SIGKILL');
    });
    const end = () => {
      clearTimeout(timer);
      resolve(text);
    };
    // What cannot be started has not answered, either.
    child.once('error', end);
    child.once('close', end);
  });
}
