import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClipOptions } from '../../../grammar/clip/context.ts';
import type { Environment } from '../../../grammar/clip/environment.ts';
import { parseTravel, type ResolvedClip, resolveClipSliced } from '../../../grammar/language.ts';
import type { NotedPlan } from '../../../grammar/planner/tries.ts';
import { runToEnd } from '../../../grammar/sliced-task.ts';
import { TravelPlan } from '../../../plan/plan.ts';
import { windowPositions } from '../../../plan/windows.ts';
import { checkpoint, testEnvironment } from '../environment.ts';

const SD15 = 'checkpoint: toonyou\nmotion_module: mm_sd_v15\n';

function clipOf(settings: string, options: ClipOptions = {}, changes: Partial<Environment> = {}): ResolvedClip {
  const document = parseTravel(`---\n${settings}\n---\n0: a\n50%: b\n`);
  return runToEnd(resolveClipSliced(document, testEnvironment(changes), options));
}

/** A plan as the render service accepts it, and its note. */
function checked(planned: NotedPlan | null): NotedPlan {
  expect(planned).not.toBeNull();
  return { plan: TravelPlan.parse(planned!.plan), note: planned!.note };
}

const draftOf = (settings: string) => checked(clipOf(settings).buildDraft());
const wholeOf = (settings: string) => clipOf(settings).buildPlan()!;
const frameOf = (settings: string, frame: number) =>
  checked(clipOf(settings, { frames: { from: frame, to: frame } }).buildFrame('/cache/previews'));
const indices = ({ frames }: TravelPlan) => frames.map(({ index }) => index);

describe('a draft', () => {
  it('is smaller, with half the steps and every second frame, and says so', () => {
    const { plan, note } = draftOf(`${SD15}frames: 32\nfps: 8\nsteps: 20`);
    expect(note).toBe('Draft: 384×384 instead of 512×512, 10 of 20 steps, every second frame.');
    expect([plan.width, plan.height, plan.sampling.steps, plan.output.fps]).toEqual([384, 384, 10, 4]);
    expect(indices(plan)).toEqual(Array.from({ length: 16 }, (_, i) => 2 * i));
    expect(plan.output.order).toEqual(Array.from({ length: 16 }, (_, i) => i));
    expect(plan.context.windows).toHaveLength(10);
    expect(plan.context.settings?.frames).toBe(16);
  });

  it('keeps the noise, the prompts and the numbers of its frames, and the text', () => {
    const settings = `${SD15}frames: 32\nseed: 5\ncfg_scale: {0: 7, -1: 9}`;
    const whole = wholeOf(settings);
    const { plan } = draftOf(settings);
    expect(plan.frames).toEqual(whole.frames.filter(({ index }) => index % 2 === 0));
    expect([plan.sampling.seed, plan.source, plan.prompts]).toEqual([5, whole.source, whole.prompts]);
  });

  it('is one WebP, named as the render with “-draft” at the end', () => {
    const { output } = draftOf('output: out/{name}.mp4\nsave: [mp4, gif]').plan;
    expect(output).toMatchObject({
      base: '/projects/clips/out/clip-draft',
      formats: ['webp'],
      written: 'out/{name}.mp4',
    });
  });

  it.each([
    ['width: 512\nheight: 768', 384, 576],
    ['width: 768\nheight: 512', 576, 384],
    ['width: 1024\nheight: 1024', 384, 384],
    ['width: 520\nheight: 512', 392, 384],
    ['width: 384\nheight: 384', 384, 384],
    ['width: 256\nheight: 1024', 256, 1024],
    ['width: 392\nheight: 392', 384, 384],
  ])('with %s is %i×%i', (size, width, height) => {
    const { plan } = draftOf(`${SD15}${size}`);
    expect([plan.width, plan.height]).toEqual([width, height]);
  });

  it('is never smaller than the native size ÷ 1.34, and never larger than the clip', () => {
    const side = fc.integer({ min: 8, max: 160 }).map((eighths) => eighths * 8);
    fc.assert(
      fc.property(side, side, (width, height) => {
        const { plan } = draftOf(`${SD15}width: ${width}\nheight: ${height}`);
        const shorter = Math.min(plan.width, plan.height);
        expect(shorter).toBeGreaterThanOrEqual(Math.min(512 / 1.34, width, height));
        expect(plan.width).toBeLessThanOrEqual(width);
        expect(plan.height).toBeLessThanOrEqual(height);
        expect(Math.abs(plan.width - (plan.height * width) / height)).toBeLessThan(8 + (8 * width) / height);
      }),
    );
  });

  it('follows the native size of the checkpoint', () => {
    const pocket = { ...checkpoint, nativeSize: [128, 128] as [number, number] };
    const environment = testEnvironment();
    const draft = clipOf(
      'frames: 16',
      {},
      {
        resolveModel: (kind, name) => {
          const model = environment.resolveModel(kind, name);
          return model && kind === 'checkpoint' ? { ...model, description: pocket } : model;
        },
      },
    ).buildDraft()!;
    expect([draft.plan.width, draft.plan.height]).toEqual([96, 96]);
  });

  it.each([
    [30, 15],
    [17, 9],
    [16, 8],
    [12, 8],
    [8, 8],
    [3, 3],
  ])('with steps: %i makes %i', (steps, made) => {
    expect(draftOf(`sampler: Euler\nsteps: ${steps}`).plan.sampling.steps).toBe(made);
  });

  it('keeps all frames of a clip that is too short, or too slow for WebP', () => {
    expect(draftOf('frames: 15').plan).toMatchObject({ output: { fps: 8 }, frames: { length: 15 } });
    expect(draftOf('frames: 16').plan).toMatchObject({ output: { fps: 4 }, frames: { length: 8 } });
    expect(draftOf('frames: 16\nfps: 0.02').plan).toMatchObject({ output: { fps: 0.02 }, frames: { length: 16 } });
    expect(draftOf('frames: 1').plan.output.order).toEqual([0]);
  });

  it('says that a small clip stays as it is', () => {
    expect(draftOf('width: 48\nheight: 48\nframes: 4\nsteps: 8').note).toBe(
      'Draft: the clip is too small to leave anything out.',
    );
  });

  it.each(['N', 'R-P', 'R+P', 'A'])('covers every frame at every step, closed by %s', (loop) => {
    for (const settings of ['frames: 16', 'frames: 33', 'frames: 64\nstride: 4', 'frames: 40\ncontext: 8']) {
      const { plan } = draftOf(`${settings}\nclosed_loop: ${loop}\nsteps: 10\nsampler: Euler`);
      const { length } = plan.frames;
      for (const windows of plan.context.windows) {
        expect(new Set(windows.flatMap((window) => windowPositions(window, length))).size).toBe(length);
      }
    }
  });

  it('plays as long as the clip, also backward', () => {
    for (const settings of [
      'reverse: [add]',
      'closed_loop: A',
      'closed_loop: A\nframes: 32',
      'reverse: [add, remove_head]',
    ]) {
      const whole = wholeOf(settings).output;
      const { output } = draftOf(settings).plan;
      const seconds = whole.order.length / whole.fps;
      expect(Math.abs(output.order.length / output.fps - seconds), settings).toBeLessThanOrEqual(1 / output.fps);
    }
    expect(draftOf('reverse: [add]').plan.output.order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 7, 6, 5, 4, 3, 2, 1, 0]);
  });

  it('shows the frames of a webui clip that were asked for, of at least one full context', () => {
    const { plan } = draftOf('dialect: webui\nframes: 18\ncontext: 24');
    expect(indices(plan)).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22]);
    expect(plan.output.order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(plan.context.settings?.frames).toBe(9);
    expect(draftOf('dialect: webui\nframes: 4').plan.output.order).toEqual([0, 1, 2, 3]);
  });

  it('of still frames has every second one', () => {
    expect(indices(draftOf('motion_module: none').plan)).toEqual([0, 2, 4, 6, 8, 10, 12, 14]);
  });

  it('is not made of a file with errors', () => {
    expect(clipOf('checkpoint: nothing').buildDraft()).toBeNull();
  });
});

describe('a preview of a frame', () => {
  const LONG = 'frames: 64\ncontext: 16\nsteps: 4\nsampler: Euler';

  it.each([
    [0, 0],
    [7, 0],
    [8, 0],
    [9, 1],
    [30, 22],
    [56, 48],
    [63, 48],
  ])('of frame %i samples the 16 frames from %i', (frame, start) => {
    const { plan, note } = frameOf(LONG, frame);
    expect(indices(plan)).toEqual(Array.from({ length: 16 }, (_, i) => start + i));
    expect(plan.output.order.map((position) => plan.frames[position]!.index)).toEqual([frame]);
    expect(plan.context.windows).toEqual(Array(4).fill([{ start: 0, stride: 1, length: 16 }]));
    expect(plan.frames).toEqual(wholeOf(LONG).frames.slice(start, start + 16));
    expect(note).toBe('Only the 16 frames around it were sampled. The full render may differ.');
  });

  it('is a PNG in the folder, whatever the file saves', () => {
    const { output } = frameOf(`${LONG}\noutput: /elsewhere/clip.mp4\nreverse: [add]`, 9).plan;
    expect(output).toMatchObject({ base: '/cache/previews/clip-9', formats: ['png'] });
    expect(output.order).toHaveLength(1);
  });

  it.each(['frames: 8\ncontext: 16', 'frames: 8\nclosed_loop: A', 'frames: 1', 'dialect: webui\nframes: 8'])(
    'samples the whole clip if it is one window, and is the same: %s',
    (settings) => {
      const whole = wholeOf(settings);
      const { plan, note } = frameOf(settings, 0);
      expect(plan.frames).toEqual(whole.frames);
      expect(plan.context.windows).toEqual(whole.context.windows);
      expect(note).toBe('It is the same in the full render.');
    },
  );

  it('samples nothing else of still frames', () => {
    const { plan, note } = frameOf(`motion_module: none\n${LONG}`, 9);
    expect([indices(plan), plan.output.order]).toEqual([[9], [0]]);
    expect(note).toBe('It is the same in the full render.');
  });

  it('in a closed loop does not wrap', () => {
    expect(indices(frameOf(`${LONG}\nclosed_loop: R+P`, 1).plan)[0]).toBe(0);
  });

  it('is not made after the end of the clip', () => {
    const clip = clipOf('frames: 8', { frames: { from: 8, to: 8 } });
    expect(clip.buildFrame('/cache')).toBeNull();
    expect(clip.problems[0]).toMatchObject({
      code: 'travel/frame-range',
      message: 'Frame 8 is outside the clip. The clip has frames 0 to 7. Choose one of them.',
    });
  });
});
