import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { OpenNetwork } from '../../../../engine/annotators/open-network.ts';
import type { Picture } from '../../../../engine/annotators/picture.ts';
import { findPeople } from '../../../../engine/annotators/pose/find-people.ts';
import { readPose } from '../../../../engine/annotators/pose/read-pose.ts';
import { readNetwork } from '../../../../engine/annotators/read-network.ts';
import { NetworkSession } from '../../../../engine/onnx/network-session.ts';
import type { NetworkAnnotatorName } from '../../../../plan/network-annotators.ts';
import { networkIn } from '../networks.ts';
import { detectorNetwork, type FakeBox, poseNetwork } from './networks.ts';

const folder = mkdtempSync(join(tmpdir(), 'travel pose '));
const open: NetworkSession[] = [];
afterAll(async () => {
  for (const session of open) await session.release();
  rmSync(folder, { recursive: true, force: true });
});

async function opened(bytes: Uint8Array): Promise<NetworkSession> {
  const session = await NetworkSession.open(await networkIn(folder, `${open.length}.onnx`, bytes));
  open.push(session);
  return session;
}

const gray = (width: number, height: number): Picture => ({
  width,
  height,
  channels: 3,
  data: new Uint8Array(width * height * 3).fill(120),
});

/** Keeps what a network is given. */
function recorded(outputs: readonly { readonly data: Float32Array; readonly dims: readonly number[] }[]) {
  const inputs: Parameters<OpenNetwork['run']>[0][] = [];
  const network: OpenNetwork = {
    path: 'a.onnx',
    inputs: [],
    run: async (input) => {
      inputs.push(input);
      return [...outputs];
    },
  };
  return { network, inputs };
}

const people = async (boxes: readonly FakeBox[], width = 640, height = 640) =>
  (await findPeople(await opened(detectorNetwork(boxes)), gray(width, height))).map(({ left, top, right, bottom }) =>
    [left, top, right, bottom].map(Math.round),
  );

describe('findPeople', () => {
  it('finds each person once, the surest first, in pixels of the picture', async () => {
    const found = await people([
      { box: [100, 100, 200, 300], score: 0.6 },
      { box: [104, 98, 206, 304], score: 0.9 },
      { box: [400, 100, 500, 300], score: 0.5 },
    ]);
    expect(found).toEqual([
      [104, 98, 206, 304],
      [400, 100, 500, 300],
    ]);
  });

  it('scales boxes of a picture that was made smaller', async () => {
    expect(await people([{ box: [100, 50, 200, 150], score: 0.9 }], 1280, 640)).toEqual([[200, 100, 400, 300]]);
  });

  it('leaves out who is not sure, and other things', async () => {
    const found = await people([
      { box: [100, 100, 200, 300], score: 0.29 },
      { box: [300, 100, 400, 300], score: 0.9, kind: 16 },
    ]);
    expect(found).toEqual([]);
  });

  it('gives the network a square with the picture at the top left, beside gray', async () => {
    const { network, inputs } = recorded([{ data: new Float32Array(8400 * 6), dims: [1, 8400, 6] }]);
    await findPeople(network, gray(320, 640));
    const [{ data, dims }] = inputs as [(typeof inputs)[0]];
    expect(dims).toEqual([1, 3, 640, 640]);
    expect([data[0], data[319], data[320], data[640 * 640]]).toEqual([120, 120, 114, 120]);
  });

  it('refuses another network', async () => {
    const { network } = recorded([{ data: new Float32Array(10), dims: [1, 10] }]);
    await expect(findPeople(network, gray(8, 8))).rejects.toThrow(/a\.onnx does not return 8400 boxes \(1×10\)/);
  });
});

/** Each keypoint in a place of its own. */
const PLACES = Array.from({ length: 133 }, (_, i) => [10 + ((i * 37) % 270), 10 + ((i * 53) % 360)] as const);

describe('readPose', () => {
  const box = { left: 0, top: 0, right: 288 / 1.25, bottom: 384 / 1.25 };
  // The excerpt has the size that the network sees, and starts outside of the picture.
  const [left, top] = [(box.right - 288) / 2, (box.bottom - 384) / 2];
  const at = (coco: number) => ({ x: left + PLACES[coco]![0], y: top + PLACES[coco]![1] });

  it('gives the keypoints that OpenPose has, in its order, where they are in the picture', async () => {
    const { body, hands, face } = await readPose(await opened(poseNetwork(PLACES)), gray(300, 400), box);
    expect(body).toHaveLength(18);
    expect(body[0]).toEqual(at(0));
    const neck = { x: (at(5).x + at(6).x) / 2, y: (at(5).y + at(6).y) / 2 };
    expect(body[1]).toEqual(neck);
    // Right and left arm and leg, then eyes and ears.
    expect(body.slice(2)).toEqual([6, 8, 10, 5, 7, 9, 12, 14, 16, 11, 13, 15, 2, 1, 4, 3].map(at));
    expect(hands.map((hand) => [hand!.length, hand![0]])).toEqual([
      [21, at(91)],
      [21, at(112)],
    ]);
    expect(face).toHaveLength(70);
    expect([face![0], face![67], face![68], face![69]]).toEqual([at(23), at(90), at(2), at(1)]);
  });

  it('leaves out what is not sure, and parts of which nothing is', async () => {
    const scores = PLACES.map((_, i) => (i >= 91 && i < 112 ? 0.2 : i === 5 ? 0.1 : 0.9));
    const { body, hands } = await readPose(await opened(poseNetwork(PLACES, scores)), gray(300, 400), box);
    // Without a shoulder, there is no neck.
    expect(body.flatMap((keypoint, i) => (keypoint ? [] : [i]))).toEqual([1, 5]);
    expect(hands.map((hand) => hand === null)).toEqual([true, false]);
  });

  it('cuts out the person with a margin, black outside of the picture', async () => {
    const outputs = [
      { data: new Float32Array(133 * 576), dims: [1, 133, 576] },
      { data: new Float32Array(133 * 768), dims: [1, 133, 768] },
    ];
    const { network, inputs } = recorded(outputs);
    const { body } = await readPose(network, gray(300, 400), box);
    const { data, dims } = inputs[0]!;
    expect(dims).toEqual([1, 3, 384, 288]);
    const red = (x: number, y: number) => Math.abs(Math.round(data[y * 288 + x]! * 58.395 + 123.675));
    expect([red(0, 0), red(27, 200), red(30, 40), red(287, 383)]).toEqual([0, 0, 120, 120]);
    // A network that is sure of nothing finds nothing.
    expect(body.every((keypoint) => keypoint === null)).toBe(true);
  });

  it('refuses another network', async () => {
    const { network } = recorded([{ data: new Float32Array(34), dims: [1, 17, 2] }]);
    await expect(readPose(network, gray(8, 8), box)).rejects.toThrow(
      /does not return 133 keypoints.*1×17×2 and nothing/,
    );
  });
});

describe('the preprocessors of poses', () => {
  const read = async (name: NetworkAnnotatorName, boxes: readonly FakeBox[]) => {
    const networks = [await opened(detectorNetwork(boxes)), await opened(poseNetwork(PLACES))];
    const { range, hint } = await readNetwork(name, networks, gray(640, 640), 640);
    expect(range).toBeNull();
    return hint(null);
  };
  const somebody = [{ box: [160, 100, 400, 500] as const, score: 0.9 }];
  const colors = ({ data }: Picture) =>
    new Set(Array.from({ length: data.length / 3 }, (_, i) => data.slice(3 * i, 3 * i + 3).join()));
  const [FACE, HAND, KNEE] = ['255,255,255', '255,77,0', '0,255,255'];

  it.each([
    ['openpose', [KNEE], [FACE, HAND]],
    ['openpose_hand', [KNEE, HAND], [FACE]],
    ['openpose_face', [KNEE, FACE], [HAND]],
    ['openpose_faceonly', [FACE], [HAND, KNEE]],
    ['openpose_full', [KNEE, FACE, HAND], []],
    ['dw_openpose_full', [KNEE, FACE, HAND], []],
  ] as const)('%s draws its parts', async (name, drawn, others) => {
    const hint = await read(name, somebody);
    expect([hint.width, hint.height, hint.channels]).toEqual([640, 640, 3]);
    const found = colors(hint);
    expect(drawn.map((color) => [color, found.has(color)])).toEqual(drawn.map((color) => [color, true]));
    expect(others.filter((color) => found.has(color))).toEqual([]);
  });

  it('are black where nobody is', async () => {
    expect(colors(await read('dw_openpose_full', []))).toEqual(new Set(['0,0,0']));
  });
});
