import type { HostMessage, PageMessage } from '../protocol/preview.ts';
import { upcomingFrames } from './player/clock.ts';
import { InputPictures } from './player/input-pictures.ts';
import type { Picture } from './player/picture.ts';
import { type Layer, layersOf, overlayAt, picturesAt } from './state/inputs.ts';
import type { Model } from './state/model.ts';
import type { View } from './state/view.ts';

/** Frames whose inputs are asked for while the clip plays: the shown one, and those that follow. */
const AHEAD = 8;

interface Shown {
  readonly model: Model;
  readonly view: View;
  readonly length: { readonly frames: number };
  readonly frame: number;
}

/** Source frames and hints on the page: asks the host for those that are shown, and keeps them. */
export class PreviewInputPictures {
  readonly pictures: InputPictures;
  readonly #post: (message: PageMessage) => void;
  #asked = '';
  #strip: readonly number[] = [];

  constructor(post: (message: PageMessage) => void, changed: () => void, failed: (error: unknown) => void) {
    this.#post = post;
    this.pictures = new InputPictures(changed, failed);
  }

  receive(message: HostMessage): void {
    if (message.type === 'inputPicture') this.pictures.add(message.id, message.image, message.mime);
    if (message.type !== 'inputs') return;
    const { inputs } = message;
    const all = inputs
      ? [inputs.start?.sources ?? [], ...inputs.units.flatMap(({ sources, hints }) => [sources, hints])]
      : [];
    this.pictures.keepOnly(new Set(all.flat().filter((id) => id !== null)));
    this.#asked = '';
  }

  /** Pictures that the strip of the timeline shows. */
  showStrip(ids: readonly number[]): void {
    this.#strip = ids;
  }

  /** Asks the host for what is missing. */
  ask({ model, view, length, frame }: Shown): void {
    const { inputs } = model;
    if (inputs === null) return;
    const frames = view.clock.playing ? upcomingFrames(view.clock, length.frames, AHEAD) : [frame];
    const shown = view.input === 'off' ? [] : [frame, ...frames].flatMap((each) => picturesAt(inputs, each));
    const isMissing = (id: number) => !this.pictures.has(id) && !model.inputFailures.has(id);
    const ids = [...new Set([...shown, ...this.#strip])].filter(isMissing);
    const asked = ids.join();
    if (asked === this.#asked) return;
    this.#asked = asked;
    if (ids.length > 0) this.#post({ type: 'wantInputs', ids });
  }

  /** What is laid over the result in a frame; null: nothing, or it is not there yet. */
  overlay(model: Model, layer: Layer | null, frame: number): Picture | null {
    const id = model.inputs && layer !== null ? overlayAt(model.inputs, layer, frame) : null;
    return id === null ? null : this.pictures.picture(id);
  }
}

/** What is laid over the result, if something is: what was chosen, or the first that there is. */
export function overlayOf({ model, view }: Pick<Shown, 'model' | 'view'>): Layer | null {
  if (model.inputs === null) return null;
  const layers = layersOf(model.inputs);
  const chosen: Layer = view.inputLayer === -1 ? 'start' : view.inputLayer;
  return layers.includes(chosen) ? chosen : (layers[0] ?? null);
}
