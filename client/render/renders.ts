import { type Disposable, type LogOutputChannel, type Terminal, type Uri, window } from 'vscode';
import type { TravelPlan } from '../../plan/plan.ts';
import type { RenderResult } from '../../protocol/engine.ts';
import { printableLine } from '../../rendering/printable.ts';
import { RenderQueue } from '../../rendering/render-queue.ts';
import type { Renderer } from '../../rendering/renderer.ts';
import { RenderTerminal } from './render-terminal.ts';

/** A document's renders that run or wait, and its terminal. */
interface DocumentRenders {
  running: number;
  readonly terminal: Terminal;
}

/** The renders of this window: one queue, and a terminal for each render. */
export class Renders implements Disposable {
  readonly #renderer: Renderer;
  readonly #log: LogOutputChannel;
  readonly #queue = new RenderQueue();
  /** By the document's URI; the terminal is the latest one. */
  readonly #documents = new Map<string, DocumentRenders>();

  constructor(renderer: Renderer, log: LogOutputChannel) {
    this.#renderer = renderer;
    this.#log = log;
  }

  /** Whether a render of the document runs or waits. */
  isRendering(uri: Uri): boolean {
    return (this.#documents.get(uri.toString())?.running ?? 0) > 0;
  }

  /** Shows the terminal of the document's latest render. */
  show(uri: Uri): void {
    this.#documents.get(uri.toString())?.terminal.show();
  }

  /** Renders a plan when its turn comes. @returns the result; never rejects */
  async render(uri: Uri, plan: TravelPlan): Promise<RenderResult> {
    const pty = new RenderTerminal(plan, () => job.cancel());
    const job = this.#queue.submit(plan, this.#renderer, (event) => {
      if (event.kind === 'log') event.level === 'warning' ? this.#log.warn(event.line) : this.#log.info(event.line);
      else if (event.kind === 'waiting') pty.showWaiting(event.jobsBefore);
      else pty.showProgress(event.progress);
    });
    const key = uri.toString();
    const before = this.#documents.get(key);
    // One terminal for a document: the output of a render that has ended gives way to the next one's.
    if (before?.running === 0) before.terminal.dispose();
    const terminal = window.createTerminal({ name: `Render ${printableLine(plan.name)}`, pty, isTransient: true });
    terminal.show(true);
    const renders: DocumentRenders = { running: (before?.running ?? 0) + 1, terminal };
    this.#documents.set(key, renders);
    const result = await job.result;
    pty.showResult(result);
    const current = this.#documents.get(key);
    if (current) current.running--;
    return result;
  }

  dispose(): void {
    this.#queue.cancelAll();
  }
}
