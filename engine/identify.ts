import type { IdentifyRequest, IdentifyResult } from '../protocol/engine.ts';
import { ENGINE_VERSION } from './engine-version.ts';
import { FileHashes } from './models/file-hashes.ts';
import { RUNTIME_VERSION } from './onnx/session.ts';

/**
 * What decides the pixels of a render besides its plan: the contents of its model files, and what computes them.
 *
 * @throws the signal's reason
 */
export async function identify(
  { files, cacheFolder }: IdentifyRequest,
  signal: AbortSignal,
): Promise<Omit<Extract<IdentifyResult, { ok: true }>, 'ok'>> {
  const hashes = await new FileHashes(cacheFolder).of(files, signal);
  return {
    engine: ENGINE_VERSION,
    onnxRuntime: RUNTIME_VERSION,
    sha256: files.map(({ path }) => hashes.get(path) ?? null),
  };
}
