import type { Position, Range } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { type EffectiveSettings, effectiveSettings } from '../../grammar/clip/effective-settings.ts';
import type { Environment } from '../../grammar/clip/environment.ts';
import { type TimedKeyframe, timeKeyframes } from '../../grammar/clip/timeline.ts';
import { parseTravel, type ResolvedClip, resolveClipSliced } from '../../grammar/language.ts';
import type { Problem, TextSpan } from '../../grammar/problem.ts';
import { runToEnd, type SlicedTask } from '../../grammar/sliced-task.ts';
import type { PromptText, TravelDocument } from '../../grammar/syntax/document.ts';
import { parseTravelSliced } from '../../grammar/syntax/parse.ts';
import { reparseSliced } from '../../grammar/syntax/reparse.ts';
import { nextSlice, runSlice } from '../time-slices.ts';

/**
 * What is known of one version of a document. Each part is made when a provider first asks for it, so that completion in
 * a long file waits for nothing. What takes long in a long file, parsing and checking, is done in pieces by `parse` and
 * `check`; all who wait for it share the work. Immutable, but for what the environment has learned between two checks.
 */
export class Analysis {
  readonly uri: string;
  readonly version: number;
  readonly text: string;
  readonly environment: Environment;
  readonly #lines: TextDocument;
  /** Until it is parsed: a document parsed before, of a text like this one. */
  #likely: TravelDocument | null;
  readonly #parsing: SlicedTask<TravelDocument>;
  #document: TravelDocument | null = null;
  #checking: SlicedTask<ResolvedClip> | null = null;
  #clip: ResolvedClip | null = null;
  /** The piece that is being done, with the pause after it. */
  #piece: Promise<void> | null = null;
  /** Counts how often the environment has learned something. */
  #knowledge = 0;
  #effective: EffectiveSettings | null = null;
  #timed: readonly TimedKeyframe[] | null = null;
  #frames: readonly number[] | null = null;

  /** @param before the analysis of an older version, whose parsed keyframes can be used again */
  constructor(source: TextDocument, environment: Environment, before: Analysis | null = null) {
    this.#likely = before && (before.#document ?? before.#likely);
    this.uri = source.uri;
    this.version = source.version;
    this.text = source.getText();
    this.environment = environment;
    // The client's document changes in place with the next keystroke.
    this.#lines = TextDocument.create(source.uri, source.languageId, source.version, this.text);
    this.#parsing = this.#likely ? reparseSliced(this.#likely, this.text) : parseTravelSliced(this.text);
  }

  /**
   * Parses in short pieces.
   *
   * @param goOn asked before each piece; false gives up
   * @returns whether `document` is known
   */
  async parse(goOn: () => boolean): Promise<boolean> {
    while (!this.#document) {
      if (!goOn()) return false;
      await this.#turn(this.#parsing, (document) => this.#parsed(document));
    }
    return true;
  }

  /**
   * Finds the problems in short pieces.
   *
   * @param goOn asked before each piece; false gives up
   * @returns whether `clip` is known by what the environment knew all along
   */
  async check(goOn: () => boolean): Promise<boolean> {
    const knowledge = this.#knowledge;
    if (!(await this.parse(goOn))) return false;
    while (!this.#clip && knowledge === this.#knowledge) {
      if (!goOn()) return false;
      this.#checking ??= resolveClipSliced(this.document, this.environment);
      try {
        await this.#turn(this.#checking, (clip) => {
          if (knowledge === this.#knowledge) this.#clip = clip;
        });
      } catch (error) {
        // What has failed cannot go on; the next one who asks begins anew.
        this.#checking = null;
        throw error;
      }
    }
    return knowledge === this.#knowledge;
  }

  /** Does the next piece of some work, or waits for the one that is being done. */
  #turn<T>(work: SlicedTask<T>, finish: (result: T) => void): Promise<void> {
    const piece = async () => {
      const { done, value } = runSlice(work);
      if (done) finish(value);
      else await nextSlice();
    };
    this.#piece ??= piece().finally(() => {
      this.#piece = null;
    });
    return this.#piece;
  }

  #parsed(document: TravelDocument): TravelDocument {
    this.#document = document;
    this.#likely = null;
    return document;
  }

  get isParsed(): boolean {
    return this.#document !== null;
  }

  /** Parses what is left at once. */
  get document(): TravelDocument {
    return this.#document ?? this.#parsed(runToEnd(this.#parsing));
  }

  /** By what the environment knows now. Checks what is left at once. */
  get clip(): ResolvedClip {
    this.#clip ??= runToEnd(this.#checking ?? resolveClipSliced(this.document, this.environment));
    return this.#clip;
  }

  /** Those of the clip, in the order of the file. */
  get problems(): readonly Problem[] {
    return this.clip.problems;
  }

  get effective(): EffectiveSettings {
    this.#effective ??= effectiveSettings(this.document, this.environment, {}, parseTravel);
    return this.#effective;
  }

  /** The keyframes in the order of the file. */
  get timed(): readonly TimedKeyframe[] {
    this.#timed ??= timeKeyframes(this.document, this.effective.settings);
    return this.#timed;
  }

  /** The frames that keyframes stand at, ascending, each once. */
  get frames(): readonly number[] {
    this.#frames ??= [...new Set(this.timed.flatMap(({ frame }) => frame ?? []))].sort((a, b) => a - b);
    return this.#frames;
  }

  /** The environment knows more than before: everything but the parsed document is made anew. */
  recheck(): void {
    this.#knowledge++;
    this.#checking = null;
    this.#clip = null;
    this.#effective = null;
    this.#timed = null;
    this.#frames = null;
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

/** Whether an offset lies in a span or at one of its ends, as a cursor does. */
export function touches({ start, end }: TextSpan, offset: number): boolean {
  return start <= offset && offset <= end;
}

export function overlaps(a: TextSpan, b: TextSpan): boolean {
  return a.start <= b.end && b.start <= a.end;
}

/** The keyframe around an offset; keyframes follow one another in the file, so half of them are passed at each look. */
export function keyframeAt({ timed }: Analysis, offset: number): TimedKeyframe | null {
  let low = 0;
  let high = timed.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (timed[middle]!.keyframe.span.start <= offset) low = middle;
    else high = middle - 1;
  }
  const found = timed[low];
  return found && touches(found.keyframe.span, offset) ? found : null;
}

/** The prompt around an offset. */
export function promptAt(analysis: Analysis, offset: number): PromptText | null {
  const { head, tail } = analysis.document;
  const keyframe = keyframeAt(analysis, offset)?.keyframe;
  const isHere = ({ prompt }: { readonly prompt: PromptText }) => touches(prompt.span, offset);
  const place =
    [keyframe, keyframe?.negative].find((own) => own && isHere(own)) ?? head.find(isHere) ?? tail.find(isHere);
  return place?.prompt ?? null;
}
