import { type NetworkAnnotatorName, networkAnnotator } from '../../plan/network-annotators.ts';
import type { FileRef } from '../../plan/plan.ts';
import { EdgeNetwork } from '../models/edges/edge-network.ts';
import { NetworkSession } from '../onnx/network-session.ts';

/** A network that can be run. */
export type OpenNetwork = Pick<NetworkSession, 'path' | 'inputs' | 'run'>;

/** The same, which holds memory until it is released. */
export type OwnedNetwork = OpenNetwork & Pick<NetworkSession, 'release'>;

/**
 * Opens a network of a preprocessor.
 *
 * @throws BadModelError if the file cannot be used; RenderError if it has changed since it was planned
 */
export function openNetwork(name: NetworkAnnotatorName, file: FileRef): Promise<OwnedNetwork> {
  const { output } = networkAnnotator(name)!;
  return output.kind === 'edges' ? EdgeNetwork.open(output.network, file) : NetworkSession.open(file);
}
