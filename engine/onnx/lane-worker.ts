import { parentPort } from 'node:worker_threads';
import { messageOf } from '../../plan/message-of.ts';
import type { FromLane, ToLane } from './lane-messages.ts';
import { Session } from './session.ts';

/** A thread that creates and runs sessions: ONNX Runtime blocks the thread that calls it. */
const sessions = new Map<string, Session>();

async function outputOf(request: ToLane): Promise<Float32Array | null> {
  const session = sessions.get(request.key);
  switch (request.kind) {
    case 'create':
      sessions.set(request.key, await Session.create(request.model, request.runtime));
      return null;
    case 'run':
      if (!session) throw new Error('A graph that was not created was to be run.');
      return session.run(request.feeds);
    case 'release':
      sessions.delete(request.key);
      await session?.release();
      return null;
  }
}

async function answer(request: ToLane): Promise<FromLane> {
  try {
    return { ok: true, output: await outputOf(request) };
  } catch (error) {
    return { ok: false, message: messageOf(error) };
  }
}

parentPort?.on('message', async (request: ToLane) => parentPort?.postMessage(await answer(request)));
