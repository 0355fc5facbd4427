import { describe, expect, it } from 'vitest';
import { DIFFERENCES, DifferencesAnswer } from '../../protocol/differences.ts';
import { INPUTS, InputsAnswer } from '../../protocol/inputs.ts';
import { PLAN, PlanAnswer, ROLL_SEED } from '../../protocol/plan-request.ts';
import {
  FRAME_DETAILS,
  FrameDetailsAnswer,
  STEP_WINDOWS,
  StepWindowsAnswer,
  TIMELINE,
  TIMELINES_CHANGED,
  TimelineAnswer,
} from '../../protocol/timeline.ts';
import { editorInProcess } from './editor.ts';
import { serverHost, URI } from './hosts.ts';

const TEXT = '---\nframes: 20\noutput: renders/{name}/{date}-{seed}\n---\n0: a\n8: b\n';

async function opened(text = TEXT) {
  const editor = editorInProcess(serverHost());
  await editor.initialize();
  await editor.open(URI, text);
  const ask = (method: string, params: object) =>
    editor.connection.sendRequest<unknown>(method, { uri: URI, ...params });
  return { editor, ask };
}

describe('the preview', () => {
  it('gets the timeline of the newest version, and the folder of the renders', async () => {
    const { editor, ask } = await opened();
    expect(TimelineAnswer.parse(await ask(TIMELINE, {}))).toMatchObject({
      version: 1,
      timeline: { frames: 20, keys: [{ frame: 0 }, { frame: 8 }] },
      outputFolder: '/videos/renders/video',
    });
    await editor.change(URI, { text: '---\nframes: 32\n---\n0: a\n' });
    expect(TimelineAnswer.parse(await ask(TIMELINE, {}))).toMatchObject({ version: 2, timeline: { frames: 32 } });
    await editor.close(URI);
    expect(await ask(TIMELINE, {})).toBeNull();
    await editor.shutdown();
  });

  it('gets frames and windows', async () => {
    const { editor, ask } = await opened();
    expect(FrameDetailsAnswer.parse(await ask(FRAME_DETAILS, { frame: 4 }))).toMatchObject({
      frame: 4,
      positive: { from: 'a', to: 'b', t: 0.5 },
    });
    expect(FrameDetailsAnswer.parse(await ask(FRAME_DETAILS, { frame: 20 }))).toBeNull();
    expect(StepWindowsAnswer.parse(await ask(STEP_WINDOWS, { step: 0 }))).toContainEqual({
      start: 0,
      stride: 1,
      length: 16,
    });
    await editor.shutdown();
  });

  it('gets what guides a clip, also if its models are not found', async () => {
    const { editor, ask } = await opened();
    expect(await ask(INPUTS, {})).toBeNull();
    await editor.change(URI, {
      text: '---\nframes: 2\ncontrolnet: [{model: none-such, preprocessor: canny, image: a.png}]\n---\n0: a\n',
    });
    expect(InputsAnswer.parse(await ask(INPUTS, {}))).toMatchObject({
      start: null,
      units: [{ model: 'none-such', preprocessor: 'canny' }],
    });
    await editor.shutdown();
  });

  it('gets what differs from other versions, each with its seed', async () => {
    const { editor, ask } = await opened(TEXT.replace('frames', 'seed: 3\nframes'));
    const before = TEXT.replace('8: b', '8: c');
    const answer = DifferencesAnswer.parse(
      await ask(DIFFERENCES, {
        versions: [
          { source: before, seed: 3 },
          { source: before, seed: 4 },
          { source: TEXT.replace('frames', 'seed: 3\nframes'), seed: null },
        ],
      }),
    );
    expect(answer).toMatchObject([
      { phrases: ['keyframe 8: prompt'], frames: expect.arrayContaining([1, 19]) },
      { phrases: ['seed 4 → 3', 'keyframe 8: prompt'], frames: null },
      { phrases: [], frames: [] },
    ]);
    await editor.shutdown();
  });

  it('gets the plan of another text in the place of the document, with a seed of its choice', async () => {
    const { editor, ask } = await opened();
    const what = { kind: 'text', text: TEXT.replace('frames', 'seed: 3\nframes'), seed: 99 };
    const answer = PlanAnswer.parse(await ask(PLAN, { version: 1, what }));
    expect(answer).toMatchObject({
      kind: 'plan',
      plan: { name: 'video', source: what.text, sampling: { seed: 99 }, frames: { length: 20 } },
    });
    const wrong = { kind: 'text', text: '---\ncheckpoint: nowhere\n---\n', seed: 1 };
    expect(await ask(PLAN, { version: 1, what: wrong })).toMatchObject({ kind: 'errors', count: 1 });
    expect(await ask(PLAN, { version: 2, what })).toEqual({ kind: 'outdated' });
    await editor.shutdown();
  });

  it('is told when timelines differ although the text is the same; other clients are not', async () => {
    const { editor, ask } = await opened('0: {a|b} cat\n');
    const told: unknown[] = [];
    editor.connection.onNotification(TIMELINES_CHANGED, () => {
      told.push(null);
    });
    await ask(ROLL_SEED, {});
    expect(told).toEqual([]);
    await ask(TIMELINE, {});
    await ask(ROLL_SEED, {});
    expect(told).toEqual([null]);
    await editor.shutdown();
  });
});
