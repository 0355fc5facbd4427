import type { Disposable } from 'vscode';
import type { ClipInputs } from '../../plan/clip-inputs.ts';
import type { InputPicturesRequest, InputPicturesResult, WantedPicture } from '../../protocol/engine.ts';
import type { HostMessage, PreviewInputs } from '../../protocol/preview.ts';

/** Enough for the frames of SD 1.5. */
const LONGEST_SIDE = 768;

/** Few, so that what the page wants next is not far behind; several, because a program that decodes videos is started. */
const AT_ONCE = 6;

interface InputFeedOptions {
  /** What guides the clip now; null: nothing does, or files are not read. */
  readonly ask: () => Promise<ClipInputs | null>;
  readonly make: (
    request: Pick<InputPicturesRequest, 'width' | 'height' | 'seed' | 'wanted' | 'longestSide'>,
  ) => Promise<InputPicturesResult>;
  readonly post: (message: HostMessage) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * The source frames and hints of a document. Its page is told which there are, and gets those that it asks for. A picture
 * keeps its number while its file and everything else that it is made of are the same, so that typing makes none anew.
 */
export class InputFeed implements Disposable {
  readonly #options: InputFeedOptions;
  readonly #numbers = new Map<string, number>();
  /** By number, for what guides the clip now. */
  #pictures = new Map<number, WantedPicture>();
  #inputs: ClipInputs | null = null;
  #posted: string | null = null;
  /** Numbers that the page has. */
  #sent = new Set<number>();
  #wanted: readonly number[] = [];
  #isMaking = false;
  /** The page wants others since the last ones were chosen. */
  #hasChanged = false;
  #turn = 0;

  constructor(options: InputFeedOptions) {
    this.#options = options;
  }

  /** The text, or files that it names, may have changed. */
  async update(): Promise<void> {
    const turn = ++this.#turn;
    try {
      const inputs = await this.#options.ask();
      if (turn !== this.#turn) return;
      this.#inputs = inputs;
      this.#post(inputs && this.#described(inputs));
    } catch (error) {
      this.#options.fail(error);
    }
  }

  /** Pictures that the page shows now, the most important first; others are not wanted any more. */
  want(numbers: readonly number[]): void {
    this.#wanted = numbers;
    this.#hasChanged = true;
    if (!this.#isMaking) void this.#make();
  }

  /** A new page has nothing. */
  sendAll(): void {
    this.#posted = null;
    this.#sent = new Set();
  }

  dispose(): void {
    this.#turn++;
    this.#wanted = [];
  }

  #post(inputs: PreviewInputs | null): void {
    const posted = JSON.stringify(inputs);
    if (posted === this.#posted) return;
    this.#posted = posted;
    this.#options.post({ type: 'inputs', inputs });
  }

  #described({ pictures, start, units, ...frame }: ClipInputs): PreviewInputs {
    const before = this.#pictures;
    this.#pictures = new Map();
    const numberOf = (index: number | null, unit: WantedPicture['unit']) => {
      if (index === null) return null;
      const picture = pictures[index]!;
      // A hint depends on the frame, and may depend on the seed; a source does not.
      const key = JSON.stringify(unit ? [picture, unit, frame] : [picture]);
      const number = this.#numbers.get(key) ?? this.#numbers.size;
      this.#numbers.set(key, number);
      this.#pictures.set(number, before.get(number) ?? { picture, unit });
      return number;
    };
    return {
      start: start && { problem: start.problem, sources: start.frames.map((index) => numberOf(index, null)) },
      units: units.map(({ model, preprocessor, hint, frames, problem }) => ({
        model,
        preprocessor,
        problem,
        sources: frames.map((index) => numberOf(index, null)),
        hints: hint ? frames.map((index) => numberOf(index, hint)) : [],
      })),
    };
  }

  async #make(): Promise<void> {
    this.#isMaking = true;
    try {
      while (this.#hasChanged) {
        this.#hasChanged = false;
        while (await this.#makeNext());
      }
    } catch (error) {
      this.#options.fail(error);
    }
    this.#isMaking = false;
  }

  /** @returns whether there may be more */
  async #makeNext(): Promise<boolean> {
    const inputs = this.#inputs;
    const isMissing = (number: number) => this.#pictures.has(number) && !this.#sent.has(number);
    const numbers = this.#wanted.filter(isMissing).slice(0, AT_ONCE);
    if (!inputs || numbers.length === 0) return false;
    const { width, height, seed } = inputs;
    const wanted = numbers.map((number) => this.#pictures.get(number)!);
    for (const number of numbers) this.#sent.add(number);
    const result = await this.#options.make({ width, height, seed, wanted, longestSide: LONGEST_SIDE });
    numbers.forEach((id, index) => {
      const picture = result.ok ? result.pictures[index]! : result;
      this.#options.post(
        picture.ok
          ? { type: 'inputPicture', id, image: bytesOf(picture.webp), mime: 'image/webp' }
          : { type: 'inputFailed', id, message: picture.message },
      );
    });
    return true;
  }
}

/** With memory of its own: a part of a larger buffer would be sent whole. */
const bytesOf = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => Uint8Array.from(bytes);
