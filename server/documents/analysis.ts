import type { Position, Range } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { type EffectiveSettings, effectiveSettings } from '../../grammar/clip/effective-settings.ts';
import type { Environment } from '../../grammar/clip/environment.ts';
import { type PlacedKeyframe, placeKeyframes, type TimedKeyframe, timeKeyframes } from '../../grammar/clip/timeline.ts';
import { parseTravel, type ResolvedClip, resolveClipSliced } from '../../grammar/language.ts';
import type { Problem, TextSpan } from '../../grammar/problem.ts';
import { runToEnd, type SlicedTask } from '../../grammar/sliced-task.ts';
import type { TravelDocument } from '../../grammar/syntax/document.ts';
import { parseTravelSliced } from '../../grammar/syntax/parse.ts';
import { reparseSliced } from '../../grammar/syntax/reparse.ts';
import { nextSlice, runSlice } from '../time-slices.ts';

/**
 * What is known of one version of a document. Each part is computed when a feature first asks for it, so that
 * completion does not wait for a long file. `parse` and `check`, which take long in a long file, run in slices that all
 * callers share. Immutable, except for what the environment learns between two checks.
 */
export class Analysis {
  readonly uri: string;
  readonly version: number;
  readonly text: string;
  readonly environment: Environment;
  readonly #lines: TextDocument;
  /** Until it is parsed: an older version that was. */
  #previous: TravelDocument | null;
  readonly #parsing: SlicedTask<TravelDocument>;
  #document: TravelDocument | null = null;
  #checking: SlicedTask<ResolvedClip> | null = null;
  #clip: ResolvedClip | null = null;
  /** The slice that is running, with the pause after it. */
  #slice: Promise<void> | null = null;
  /** Counts the calls of `recheck`; a check from before one is out of date. */
  #generation = 0;
  #effective: EffectiveSettings | null = null;
  #timed: readonly TimedKeyframe[] | null = null;
  #placed: readonly PlacedKeyframe[] | null = null;

  /** @param before the analysis of an older version, whose unchanged keyframes are reused */
  constructor(source: TextDocument, environment: Environment, before: Analysis | null = null) {
    this.#previous = before && (before.#document ?? before.#previous);
    this.uri = source.uri;
    this.version = source.version;
    this.text = source.getText();
    this.environment = environment;
    // The client's document changes in place with the next keystroke.
    this.#lines = TextDocument.create(source.uri, source.languageId, source.version, this.text);
    this.#parsing = this.#previous ? reparseSliced(this.#previous, this.text) : parseTravelSliced(this.text);
  }

  /**
   * Parses in slices.
   *
   * @param goOn asked before each slice; false gives up
   * @returns whether the document is parsed
   */
  async parse(goOn: () => boolean): Promise<boolean> {
    while (!this.#document) {
      if (!goOn()) return false;
      await this.#advance(this.#parsing, (document) => this.#parsed(document));
    }
    return true;
  }

  /**
   * Finds the problems in slices.
   *
   * @param goOn asked before each slice; false gives up
   * @returns whether `clip` is known, and `recheck` was not called meanwhile
   */
  async check(goOn: () => boolean): Promise<boolean> {
    const generation = this.#generation;
    if (!(await this.parse(goOn))) return false;
    while (!this.#clip && generation === this.#generation) {
      if (!goOn()) return false;
      this.#checking ??= resolveClipSliced(this.document, this.environment);
      try {
        await this.#advance(this.#checking, (clip) => {
          if (generation === this.#generation) this.#clip = clip;
        });
      } catch (error) {
        // A generator that threw cannot continue; the next caller starts over.
        this.#checking = null;
        throw error;
      }
    }
    return generation === this.#generation;
  }

  /** Runs the next slice of a task, or waits for the one that is running. */
  #advance<T>(task: SlicedTask<T>, finish: (result: T) => void): Promise<void> {
    const slice = async () => {
      const { done, value } = runSlice(task);
      if (done) finish(value);
      else await nextSlice();
    };
    this.#slice ??= slice().finally(() => {
      this.#slice = null;
    });
    return this.#slice;
  }

  #parsed(document: TravelDocument): TravelDocument {
    this.#document = document;
    this.#previous = null;
    return document;
  }

  get isParsed(): boolean {
    return this.#document !== null;
  }

  /** Parses the rest without a pause if it is not parsed yet. */
  get document(): TravelDocument {
    return this.#document ?? this.#parsed(runToEnd(this.#parsing));
  }

  /** By what the environment knows now. Checks the rest without a pause if it is not checked yet. */
  get clip(): ResolvedClip {
    this.#clip ??= runToEnd(this.#checking ?? resolveClipSliced(this.document, this.environment));
    return this.#clip;
  }

  /** In the order of the file. */
  get problems(): readonly Problem[] {
    return this.clip.problems;
  }

  get effective(): EffectiveSettings {
    this.#effective ??= effectiveSettings(this.document, this.environment, {}, parseTravel);
    return this.#effective;
  }

  /** The keyframes in the order of the file. */
  get timed(): readonly TimedKeyframe[] {
    this.#timed ??= this.#clip?.context.timed ?? timeKeyframes(this.document, this.effective.settings);
    return this.#timed;
  }

  /** The keyframes that are used, by frame. */
  get placed(): readonly PlacedKeyframe[] {
    this.#placed ??= this.#placedByClip() ?? placeKeyframes(this.timed, this.effective.settings);
    return this.#placed;
  }

  /** The webui dialect places keyframes in its own way. */
  #placedByClip(): readonly PlacedKeyframe[] | null {
    const clip = this.#clip?.context;
    return clip?.settings.dialect === 'travel' ? clip.prompts.placed : null;
  }

  /** The environment's answers have changed: everything except the parsed document is computed again. */
  recheck(): void {
    this.#generation++;
    this.#checking = null;
    this.#clip = null;
    this.#effective = null;
    this.#timed = null;
    this.#placed = null;
  }

  rangeOf({ start, end }: TextSpan): Range {
    return { start: this.positionAt(start), end: this.positionAt(end) };
  }

  positionAt(offset: number): Position {
    return this.#lines.positionAt(offset);
  }

  offsetAt(position: Position): number {
    return this.#lines.offsetAt(position);
  }

  spanOf({ start, end }: Range): TextSpan {
    return { start: this.offsetAt(start), end: this.offsetAt(end) };
  }
}
