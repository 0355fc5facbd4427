import type { Disposable, TextDocument } from 'vscode';
import type { TimelineAnswer } from '../../protocol/timeline.ts';
import { MOST_ATTEMPTS } from '../while-typing.ts';

/**
 * Keeps the timeline of a document up to date: one request at a time, so that a long file slows nothing else down, and
 * each answer is newer than the one before.
 */
export class TimelineFeed implements Disposable {
  readonly #document: TextDocument;
  readonly #ask: () => Promise<TimelineAnswer>;
  readonly #receive: (answer: NonNullable<TimelineAnswer>) => void;
  readonly #fail: (error: unknown) => void;
  #isAsking = false;
  #isWanted = false;
  #isDisposed = false;

  constructor(
    document: TextDocument,
    ask: () => Promise<TimelineAnswer>,
    receive: (answer: NonNullable<TimelineAnswer>) => void,
    fail: (error: unknown) => void,
  ) {
    this.#document = document;
    this.#ask = ask;
    this.#receive = receive;
    this.#fail = fail;
  }

  /** The text, or what its timeline depends on, may have changed. */
  update(): void {
    this.#isWanted = true;
    if (!this.#isAsking) void this.#askUntilNewest();
  }

  dispose(): void {
    this.#isDisposed = true;
  }

  async #askUntilNewest(): Promise<void> {
    this.#isAsking = true;
    let attempts = 0;
    while (this.#isWanted && !this.#isDisposed) {
      this.#isWanted = false;
      try {
        const answer = await this.#ask();
        if (this.#isDisposed) break;
        if (answer) this.#receive(answer);
        // The server may not have got the newest text yet, or not even the document.
        attempts++;
        if (answer?.version !== this.#document.version && attempts < MOST_ATTEMPTS) this.#isWanted = true;
      } catch (error) {
        // It is asked again when the server runs again, or with the next change.
        this.#fail(error);
      }
    }
    this.#isAsking = false;
  }
}
