import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FfmpegRun } from '../../../engine/inputs/ffmpeg-run.ts';
import { planPictures } from '../../../engine/inputs/pictures.ts';
import { chooseFfmpeg } from '../../../engine/media/find-ffmpeg.ts';
import { ModelFiles } from '../../../engine/models/model-files.ts';
import { HintMaker, identifyPictures } from '../../../engine/pipelines/hint-maker.ts';
import type { PlanImage } from '../../../plan/plan.ts';
import { withFfmpeg, withoutFfmpeg } from '../media/ffmpeg-stand-in.ts';
import { temporaryFolder } from '../media/fixtures.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  chooseFfmpeg(null);
});

/** A file that begins as an MP4 with an index. */
function video(name = 'clip.mp4'): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, Buffer.from('\0\0\0\x10ftypisom\0\0\0\0\0\0\0\x08moov', 'latin1'));
  return path;
}

interface StandIn {
  /** What comes after `Stream #0:0: Video: `. */
  readonly stream?: string;
  /** Milliseconds at which its frames start; the last one takes 100. */
  readonly times?: readonly number[];
  /** Frames that cannot be decoded. */
  readonly lost?: readonly number[];
  /** Instead of sending frames. */
  readonly decode?: string;
  readonly filters?: readonly string[];
  readonly log?: string;
}

/** A program that answers as ffmpeg does: frame k is one pixel of the color k, k, k. */
function ffmpeg({
  stream = 'h264 (High), yuv420p(tv), 2x1, 10 fps (default)',
  times = [0, 100, 200, 300],
  lost = [],
  decode,
  filters = ['yadif'],
  log = '',
}: StandIn = {}) {
  return withFfmpeg(`
    const times = ${JSON.stringify(times)};
    const say = (line) => fs.writeSync(2, line + '\\n');
    const print = (text) => fs.writeSync(1, text);
    if (args[0] === '-version') return print('ffmpeg version 7.1 Copyright\\n');
    if (args.includes('-codecs')) return print(' DEV.LS h264 \\n D.V.L. vp9 \\n');
    if (args.includes('-decoders')) return print(' V....D h264 \\n');
    if (args.includes('-filters')) return print(${JSON.stringify(filters.map((name) => ` T.C ${name} V->V x\n`).join(''))});
    say('Input #0, mov, from x:');
    say('  Duration: 00:00:09.00, start: 0.0');
    say(${JSON.stringify(`  Stream #0:0: Video: ${stream}`)});
    say('Stream mapping:');
    say(${JSON.stringify(log)});
    if (args.includes('framecrc')) {
      print('#tb 0: 1/1000\\n');
      // In the order of decoding.
      for (const k of times.map((_, k) => k ^ 1).filter((k) => k < times.length)) {
        print('0, 0, ' + times[k] + ', 100, 9, 0x1\\n');
      }
      return;
    }
    ${decode ?? ''}
    say('[Parsed_showinfo_0 @ 0x1] config in time_base: 1/1000, frame_rate: 10/1');
    times.forEach((time, k) => {
      if (${JSON.stringify(lost)}.includes(k)) return;
      say('[Parsed_showinfo_0 @ 0x1] n: ' + k + ' pts: ' + time + ' pts_time:0 fmt:rgb24 sar:1/1 s:1x1 i:P');
      print(Buffer.from([k, k, k]));
    });`);
}

/** What a clip of 10 frames a second shows of a video. */
function shownOf(path: string, frames: number, shown: Partial<PlanImage['shown']> = {}) {
  const { size, mtimeMs } = statSync(path);
  return Array.from({ length: frames }, (_, i) => ({
    file: { path, size, mtimeMs },
    shown: { at: i / 10, from: 0, to: null, repeat: false, ...shown },
  }));
}

async function read(path: string, frames: number, part: Partial<PlanImage['shown']> = {}) {
  const images = shownOf(path, frames, part).map(({ file, shown }) => ({ ...file, shown }));
  const warnings: string[] = [];
  const found: number[] = [];
  const context = { signal: new AbortController().signal, warn: (line: string) => warnings.push(line), info: () => {} };
  for await (const { indices, rgb } of planPictures(images, new Set(images.keys()), null, context)) {
    for (const index of indices) found[index] = rgb[0]!;
  }
  return { found, warnings };
}

describe('a video', () => {
  it('gives the frames that are on screen, in the order in which they are shown', async () => {
    ffmpeg({ times: [500, 550, 800, 1200] });
    expect((await read(video(), 8)).found).toEqual([0, 1, 1, 2, 2, 2, 2, 3]);
  });

  it('needs memory for two pictures, however many frames it has', async () => {
    ffmpeg();
    const images = shownOf(video(), 4).map(({ file, shown }) => ({ ...file, shown }));
    const context = { signal: new AbortController().signal, warn: () => {}, info: () => {} };
    const memory = new Set<ArrayBufferLike>();
    for await (const { rgb } of planPictures(images, new Set(images.keys()), null, context)) memory.add(rgb.buffer);
    expect(memory.size).toBe(2);
  });

  it('gives hints that stay valid when the next is asked for', async () => {
    ffmpeg();
    const pictures = shownOf(video(), 4);
    const inputs = { pictures, width: 1, height: 1, seed: 0 };
    const context = {
      ...{ signal: new AbortController().signal, warn: () => {}, info: () => {} },
      ...{ files: new ModelFiles(), cacheFolder: temporaryFolder() },
    };
    const maker = new HintMaker(inputs, context, await identifyPictures(pictures, context));
    const unit = { name: 'tile', preprocessor: 'none', resize: 'stretch' } as const;
    const hints: Uint8Array[] = [];
    for await (const { hint } of maker.hints(unit, new Set(pictures.keys()))) hints.push(hint.data);
    expect(hints.map(([first]) => first)).toEqual([0, 1, 2, 3]);
  });

  it('that is damaged is reported each time, also if its other hints are kept', async () => {
    ffmpeg({ lost: [2] });
    const pictures = shownOf(video(), 4);
    const inputs = { pictures, width: 1, height: 1, seed: 0 };
    const unit = { name: 'tile', preprocessor: 'none', resize: 'stretch' } as const;
    const cacheFolder = temporaryFolder();
    const read: number[][] = [];
    for (const _ of [1, 2]) {
      const warnings: string[] = [];
      const warn = (line: string) => void warnings.push(line);
      const context = {
        ...{ signal: new AbortController().signal, warn, info: () => {} },
        ...{ files: new ModelFiles(), cacheFolder },
      };
      const maker = new HintMaker(inputs, context, await identifyPictures(pictures, context));
      const hints = new Map<number, number>();
      for await (const { indices, hint } of maker.hints(unit, new Set(pictures.keys()), (some) => read.push([...some])))
        for (const index of indices) hints.set(index, hint.data[0]!);
      expect([0, 1, 2, 3].map((index) => hints.get(index))).toEqual([0, 1, 1, 3]);
      expect(warnings).toEqual([expect.stringContaining('“clip.mp4” is damaged at 0.2 s')]);
    }
    // The second time, the one that stands in is the last: the others are found first.
    expect(read).toEqual([[0], [1], [2], [3], [0], [1], [3], [2]]);
  });

  it('starts at its first frame, whatever time the container gives it', async () => {
    ffmpeg({ times: [40, 140, 240, 340] });
    expect((await read(video(), 2, { from: 0.1 })).found).toEqual([1, 2]);
  });

  it('keeps the frame before one that is damaged, and says where', async () => {
    ffmpeg({ lost: [2] });
    const { found, warnings } = await read(video(), 4);
    expect(found).toEqual([0, 1, 1, 3]);
    expect(warnings).toEqual([expect.stringContaining('“clip.mp4” is damaged at 0.2 s')]);
  });

  it('that is too short is an error with both numbers', async () => {
    ffmpeg();
    await expect(read(video(), 5)).rejects.toThrow('it has 4 frames for this clip, which has 5. It is 0.4 s long.');
    await expect(read(video(), 1, { from: 2 })).rejects.toThrow('`from` (2 s) is after the end of “clip.mp4”');
  });

  it('is used to its end if `to` is after it, with a warning', async () => {
    ffmpeg();
    const { warnings } = await read(video(), 4, { to: 10 });
    expect(warnings).toEqual([
      expect.stringContaining('`to` (10 s) is after the end of “clip.mp4”, which is 0.4 s long'),
    ]);
  });

  it.each([
    ['av1 (Main) (av01 / 0x31307661), yuv420p, 2x1', 'has the video codec AV1, which'],
    ['none (zzzz / 0x7A7A7A7A), none, 2x1', 'has the video codec zzzz, which ffmpeg does not know'],
    ['h264, yuv420p, 16000x16000', 'claims 16000×16000, which is larger than'],
    ['png, rgb24(pc), 256x256, 90k tbr (attached pic)', 'has no video of its own'],
  ])('with the stream %s is refused before it is decoded', async (stream, message) => {
    ffmpeg({ stream, decode: 'process.exit(9);' });
    await expect(read(video(), 1)).rejects.toThrow(message);
  });

  it('of high dynamic range is read with a warning by an ffmpeg that cannot map it', async () => {
    const stream = 'vp9, yuv420p10le(tv, bt2020nc/bt2020/smpte2084), 2x1';
    ffmpeg({ stream });
    expect((await read(video(), 1)).warnings).toEqual([expect.stringContaining('“clip.mp4” is HDR')]);
    const decode = "if (!args.some((text) => text.includes(',tonemap='))) return;";
    ffmpeg({ stream, filters: ['zscale', 'tonemap'], decode });
    expect((await read(video(), 1)).warnings).toEqual([]);
  });

  it('that is cut off before its index is refused without ffmpeg', async () => {
    withoutFfmpeg();
    const path = join(temporaryFolder(), 'half.mp4');
    writeFileSync(path, Buffer.from('\0\0\0\x10ftypisom\0\0\0\0\0\0\x10\0mdat', 'latin1'));
    await expect(read(path, 1)).rejects.toThrow('“half.mp4” is cut off: its index is missing');
  });
});

describe('ffmpeg', () => {
  it('is asked for with advice if there is none', async () => {
    withoutFfmpeg();
    await expect(read(video(), 1)).rejects.toThrow(/“clip.mp4” needs ffmpeg, which was not found\. Install/);
    chooseFfmpeg('/missing/ffmpeg');
    await expect(read(video(), 1)).rejects.toThrow(
      '“clip.mp4” needs ffmpeg, and “/missing/ffmpeg” is not a program. Correct',
    );
  });

  it('is not another program', async () => {
    withFfmpeg('fs.writeSync(1, "usage: converter FILE");');
    await expect(read(video(), 1)).rejects.toThrow('is not ffmpeg.');
  });

  it('that is killed gives an error with the number of frames, never a short clip', async () => {
    ffmpeg({
      decode: `
        say('[Parsed_showinfo_0 @ 0x1] config in time_base: 1/1000, frame_rate: 10/1');
        say('[Parsed_showinfo_0 @ 0x1] n: 0 pts: 0 pts_time:0 fmt:rgb24 sar:1/1 s:1x1 i:P');
        print('aaa');
        process.kill(process.pid, 'SIGKILL');
        await new Promise(() => setInterval(() => {}, 1000));`,
    });
    await expect(read(video(), 4)).rejects.toThrow(
      /was ended while it decoded “clip.mp4”: only 1 frame came\. Another program or the system ended it\. Try again\.$/,
    );
  });

  it('that stops is reported with what it printed last', async () => {
    ffmpeg({ decode: "say('Conversion failed!'); process.exit(1);" });
    await expect(read(video(), 4)).rejects.toThrow(
      /stopped while it decoded “clip.mp4”: no frame came\. Use another copy of the video\. ffmpeg printed last: Conversion failed!$/,
    );
  });

  it('that sends what its log does not announce is refused', async () => {
    ffmpeg({ decode: 'print("\\0".repeat(1000)); return;' });
    await expect(read(video(), 4)).rejects.toThrow('does not send frames of “clip.mp4”');
  });

  it('may print much before it works', async () => {
    ffmpeg({ log: '[h264 @ 0x1] error while decoding MB 1 2\n'.repeat(20_000) });
    expect((await read(video(), 4)).found).toEqual([0, 1, 2, 3]);
  });

  it('that hangs is ended, also if it ignores requests to end', async () => {
    withFfmpeg('process.on("SIGTERM", () => {}); await new Promise(() => setInterval(() => {}, 1000));');
    const options = { name: 'clip.mp4', signal: new AbortController().signal, info: () => {}, silenceMs: 1 };
    await using run = new FfmpegRun(join(process.env.PATH!, 'ffmpeg'), [], options);
    await expect(run.read()).rejects.toThrow(/does not answer: nothing came for .* while it read clip.mp4/);
  });

  it.runIf(process.platform === 'linux')('that grows is ended, also while it answers', async () => {
    withFfmpeg(`
      const held = [];
      fs.writeSync(1, String(process.pid));
      setInterval(() => {
        // Not for ever, if nothing ends it.
        if (held.length === 64) process.exit();
        held.push(Buffer.alloc(2 ** 24, 1));
        fs.writeSync(2, 'a frame\\n');
      }, 20);
      await new Promise(() => {});`);
    const options = { name: 'clip.mp4', signal: new AbortController().signal, info: () => {}, mostBytes: 2 ** 28 };
    await using run = new FfmpegRun(join(process.env.PATH!, 'ffmpeg'), [], options);
    const pid = Number(await run.read());
    await expect(run.read()).rejects.toThrow('needed more than 0.25 GiB of memory to read clip.mp4. It was ended.');
    expect(() => process.kill(pid, 0)).toThrow();
  });

  it('ends at once with the render', async () => {
    withFfmpeg('fs.writeSync(1, "x"); await new Promise(() => setInterval(() => {}, 1000));');
    const controller = new AbortController();
    const options = { name: 'clip.mp4', signal: controller.signal, info: () => {} };
    await using run = new FfmpegRun(join(process.env.PATH!, 'ffmpeg'), [], options);
    expect((await run.read())?.toString()).toBe('x');
    const next = run.read();
    controller.abort(new Error('canceled'));
    await expect(next).rejects.toThrow('canceled');
  });

  it('may send pieces of any size, whose memory is free when the next one is asked for', async () => {
    withFfmpeg(`
      const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i % 251));
      for (let from = 0, piece = 1; from < bytes.length; from += piece, piece = (piece * 7) % 99_991) {
        fs.writeSync(1, bytes, from, Math.min(piece, bytes.length - from));
        await new Promise(setImmediate);
      }`);
    const options = { name: 'clip.mp4', signal: new AbortController().signal, info: () => {} };
    await using run = new FfmpegRun(join(process.env.PATH!, 'ffmpeg'), [], options);
    let [count, freed] = [0, 0];
    for (let chunk = await run.read(), before = chunk; chunk; before = chunk, chunk = await run.read()) {
      if (before !== chunk && before!.buffer.byteLength === 0) freed++;
      expect(chunk.every((byte, i) => byte === (count + i) % 251)).toBe(true);
      count += chunk.length;
    }
    expect(count).toBe(300_000);
    // Node 20 leaves it to the garbage collector.
    if ('transfer' in ArrayBuffer.prototype) expect(freed).toBeGreaterThan(0);
  });

  it('may send small pieces, which share memory that is not freed', async () => {
    withFfmpeg(`
      for (let i = 0; i < 20; i++) {
        fs.writeSync(1, 'piece');
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      fs.writeSync(2, 'done\\n');`);
    let isDone = false;
    const onLine = (line: string) => (isDone ||= line === 'done');
    const options = { name: 'clip.mp4', signal: new AbortController().signal, info: () => {}, onLine };
    await using run = new FfmpegRun(join(process.env.PATH!, 'ffmpeg'), [], options);
    const first = (await run.read())!.toString();
    await run.waitForLog(() => isDone);
    const chunk = (await run.read())!;
    expect(first + chunk.toString()).toBe('piece'.repeat(20));
    expect(chunk.buffer.byteLength).toBeGreaterThan(chunk.length);
    expect(await run.read()).toBeNull();
    expect(chunk.toString()).toMatch(/^(?:piece)+$/);
  });

  it('reads one local file, without a shell, from known containers only', async () => {
    const log = join(temporaryFolder(), 'args');
    withFfmpeg(`fs.appendFileSync(${JSON.stringify(log)}, JSON.stringify(args) + '\\n');
      fs.writeSync(1, args[0] === '-version' ? 'ffmpeg version 4.4.2' : ' DEV.LS h264 ');`);
    const path = video('$(touch pwned);%d.mp4');
    await expect(read(path, 1)).rejects.toThrow('is damaged or not a video');
    const { readFileSync } = await import('node:fs');
    const scan = readFileSync(log, 'utf8')
      .split('\n')
      .find((line) => line.includes('framecrc'))!;
    const args = JSON.parse(scan) as string[];
    expect(args.slice(0, 4)).toEqual(['-hide_banner', '-nostdin', '-protocol_whitelist', 'file,pipe']);
    expect(args[args.indexOf('-format_whitelist') + 1]).not.toMatch(/hls|concat|dash|sdp|tty|avisynth|image2/);
    expect(args[args.indexOf('-i') + 1]).toBe(path);
  });
});
