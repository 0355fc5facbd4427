import type { Position, Range } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { TravelDocument } from '../grammar/document.ts';
import { parseTravel } from '../grammar/language.ts';
import type { TravelHost } from '../grammar/plan/host.ts';
import { type ResolvedClip, resolveClip, resolvingClip } from '../grammar/plan/plan.ts';
import { type EffectiveSettings, effectiveSettings } from '../grammar/plan/settings.ts';
import { type TimedKeyframe, timeKeyframes } from '../grammar/plan/timeline.ts';
import { reparse } from '../grammar/reparse.ts';
import type { TravelPlan } from '../protocol/plan.ts';
import type { Problem, TextSpan } from '../protocol/problem.ts';

/** How long a check may hold up everything else. */
const PIECE_MS = 10;

/**
 * What is known of one version of a document. Each part is made when a provider first asks for it, so that completion in
 * a long file does not wait for its plan. Immutable, but for what the host has learned between two checks.
 */
export class Analysis {
  readonly uri: string;
  readonly version: number;
  readonly text: string;
  readonly host: TravelHost;
  readonly #lines: TextDocument;
  #document: TravelDocument | null = null;
  #resolved: ResolvedClip | null = null;
  /** Counts how often the host has learned something. */
  #knowledge = 0;
  #plan: TravelPlan | null | undefined;
  #effective: EffectiveSettings | null = null;
  #timed: readonly TimedKeyframe[] | null = null;

  /** A document parsed before, of a text like this one. */
  #likely: TravelDocument | null;

  /** @param before the analysis of an older version, whose parsed keyframes can be used again */
  constructor(source: TextDocument, host: TravelHost, before: Analysis | null = null) {
    this.#likely = before && (before.#document ?? before.#likely);
    this.uri = source.uri;
    this.version = source.version;
    this.text = source.getText();
    this.host = host;
    // The client's document changes in place with the next keystroke.
    this.#lines = TextDocument.create(source.uri, source.languageId, source.version, this.text);
  }

  get document(): TravelDocument {
    if (!this.#document) {
      this.#document = this.#likely ? reparse(this.#likely, this.text) : parseTravel(this.text);
      this.#likely = null;
    }
    return this.#document;
  }

  /**
   * Finds the problems in short pieces, so that nothing waits long for a check of a long file.
   *
   * @param goOn awaited between pieces; false gives up
   * @returns whether `problems` is known by what the host knew all along
   */
  async check(goOn: () => Promise<boolean>): Promise<boolean> {
    const knowledge = this.#knowledge;
    const work = resolvingClip(this.document, this.host);
    let pieceStart = performance.now();
    while (!this.#resolved) {
      const { done, value } = work.next();
      if (done) this.#resolved = value;
      else if (performance.now() - pieceStart > PIECE_MS) {
        if (!(await goOn()) || knowledge !== this.#knowledge) return false;
        pieceStart = performance.now();
      }
    }
    return true;
  }

  /** By what the host knows now, in the order of the file. */
  get problems(): readonly Problem[] {
    return this.#clip.problems;
  }

  /** null where an error stops the render. */
  get plan(): TravelPlan | null {
    if (this.#plan === undefined) this.#plan = this.#clip.buildPlan();
    return this.#plan;
  }

  get #clip(): ResolvedClip {
    this.#resolved ??= resolveClip(this.document, this.host);
    return this.#resolved;
  }

  get effective(): EffectiveSettings {
    this.#effective ??= effectiveSettings(this.document, this.host, {}, parseTravel);
    return this.#effective;
  }

  /** The keyframes in the order of the file. */
  get timed(): readonly TimedKeyframe[] {
    this.#timed ??= timeKeyframes(this.document, this.effective.settings);
    return this.#timed;
  }

  /** The host knows more than before: everything but the parsed document is made anew. */
  recheck(): void {
    this.#knowledge++;
    this.#resolved = null;
    this.#plan = undefined;
    this.#effective = null;
    this.#timed = null;
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
