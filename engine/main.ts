import {
  type CancellationToken,
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
} from 'vscode-jsonrpc/node';
import { messageOf } from '../plan/message-of.ts';
import {
  type AnnotateProgress,
  AnnotateRequest,
  type AnnotateResult,
  ConvertRequest,
  type ConvertResult,
  DevicesRequest,
  type DevicesResult,
  type ExtractResult,
  IdentifyRequest,
  type IdentifyResult,
  InputPicturesRequest,
  type InputPicturesResult,
  type LogLine,
  METHODS,
  type RenderProgress,
  RenderRequest,
  type RenderResult,
  type TextsResult,
  Watching,
} from '../protocol/engine.ts';
import { signalOf } from './cancellation.ts';
import { failureOf } from './failure.ts';
import { convertClip } from './media/convert.ts';
import { extractTexts, extractTravel } from './media/extract.ts';
import { chooseFfmpeg } from './media/find-ffmpeg.ts';
import { ModelStore } from './models/store.ts';
import { RenderPictures } from './pictures/render-pictures.ts';

/**
 * The engine's process: receives plans and sends progress and results, as JSON-RPC over the channel that `fork` opened.
 * Every request gets a response; errors are part of it. The process ends when its parent does. What loads ONNX Runtime is
 * imported by the requests that need it, because a computer may not support it.
 */
const store = new ModelStore();
const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));
const pictures = new RenderPictures((picture) => void connection.sendNotification(METHODS.picture, picture));
/** Of the render in progress. */
let stopHere = new AbortController();

connection.onRequest<RenderResult, void>(METHODS.render, async (params: unknown, token: CancellationToken) => {
  stopHere = new AbortController();
  try {
    const { render } = await import('./pipelines/render.ts');
    const { ffmpeg = null, ...request } = RenderRequest.parse(params);
    chooseFfmpeg(ffmpeg);
    return await render(request, {
      store,
      signal: signalOf(token),
      stopHere: stopHere.signal,
      pictures,
      onProgress: (progress: RenderProgress) => connection.sendNotification(METHODS.progress, progress),
      log: (line: LogLine) => connection.sendNotification(METHODS.log, line),
    });
  } catch (error) {
    return failureOf(error);
  }
});

connection.onNotification(METHODS.stopHere, () => stopHere.abort());
connection.onNotification(METHODS.watch, (watching: unknown) => pictures.watch(Watching.parse(watching)));

connection.onRequest<ExtractResult, void>(METHODS.extract, async (path: unknown) => {
  try {
    return { ok: true, ...(await extractTravel(String(path))) };
  } catch (error) {
    return { ok: false, message: messageOf(error) };
  }
});

connection.onRequest<TextsResult, void>(METHODS.texts, async (path: unknown) => {
  try {
    return { ok: true, texts: await extractTexts(String(path)) };
  } catch (error) {
    return { ok: false, message: messageOf(error) };
  }
});

connection.onRequest<ConvertResult, void>(METHODS.convert, async (params: unknown) => {
  try {
    const { ffmpeg = null, ...request } = ConvertRequest.parse(params);
    chooseFfmpeg(ffmpeg);
    return { ok: true, ...(await convertClip(request)) };
  } catch (error) {
    return { ok: false, message: messageOf(error) };
  }
});

connection.onRequest<DevicesResult, void>(METHODS.devices, async (params: unknown) => {
  try {
    const { tryDevices } = await import('./onnx/try-devices.ts');
    const { gpuMemory = null } = DevicesRequest.parse(params);
    return { ok: true, ...(await tryDevices(gpuMemory)) };
  } catch (error) {
    return { ok: false, message: messageOf(error) };
  }
});

connection.onRequest<IdentifyResult, void>(METHODS.identify, async (params: unknown, token: CancellationToken) => {
  try {
    const { identify } = await import('./identify.ts');
    return { ok: true, ...(await identify(IdentifyRequest.parse(params), signalOf(token))) };
  } catch (error) {
    return { ok: false, message: messageOf(error) };
  }
});

connection.onRequest<AnnotateResult, void>(METHODS.annotate, async (params: unknown, token: CancellationToken) => {
  try {
    const { annotateClip } = await import('./pipelines/annotate-clip.ts');
    const { ffmpeg = null, inputs, ...places } = AnnotateRequest.parse(params);
    chooseFfmpeg(ffmpeg);
    const log = (level: LogLine['level']) => (line: string) =>
      void connection.sendNotification(METHODS.log, { level, line } satisfies LogLine);
    const onProgress = (done: number, total: number) =>
      void connection.sendNotification(METHODS.annotated, { done, total } satisfies AnnotateProgress);
    const context = { signal: signalOf(token), warn: log('warning'), info: log('info') };
    return { ok: true, units: await annotateClip(inputs, { ...places, ...context, onProgress }) };
  } catch (error) {
    return failureOf(error);
  }
});

connection.onRequest<InputPicturesResult, void>(
  METHODS.inputPictures,
  async (params: unknown, token: CancellationToken) => {
    try {
      const { inputPictures } = await import('./pictures/input-pictures.ts');
      const { ffmpeg = null, ...request } = InputPicturesRequest.parse(params);
      chooseFfmpeg(ffmpeg);
      return { ok: true, pictures: await inputPictures(request, signalOf(token)) };
    } catch (error) {
      return { ok: false, message: messageOf(error) };
    }
  },
);

// Ctrl-C in a terminal reaches every process of the command; only the process that requested the render handles it.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit());
connection.listen();
