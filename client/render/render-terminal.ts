import { EventEmitter, type Pseudoterminal, type TerminalDimensions } from 'vscode';
import type { TravelPlan } from '../../plan/plan.ts';
import type { RenderProgress, RenderResult } from '../../protocol/engine.ts';
import { printable, printableLine } from '../../rendering/printable.ts';
import { type ProgressView, progressView } from '../../rendering/progress-view.ts';
import { resultText } from '../../rendering/render-text.ts';

const CTRL_C = '\u0003';

/** Shows one render as `travel render` does. Ctrl+C, or closing the terminal, cancels it. */
export class RenderTerminal implements Pseudoterminal {
  readonly #written = new EventEmitter<string>();
  readonly #closed = new EventEmitter<void>();
  readonly onDidWrite = this.#written.event;
  readonly onDidClose = this.#closed.event;
  readonly #plan: TravelPlan;
  readonly #cancel: () => void;
  readonly #view: ProgressView;
  #columns = 80;
  /** What was written before the terminal could show it; null once it can. */
  #pending: string[] | null = [];
  #ended = false;

  constructor(plan: TravelPlan, cancel: () => void) {
    this.#plan = plan;
    this.#cancel = cancel;
    const terminal = this;
    const screen = {
      isTTY: true,
      get columns() {
        return terminal.#columns;
      },
      write: (text: string) => this.#write(text),
    };
    this.#view = progressView(screen, printableLine(plan.name), plan, 'xterm');
  }

  open(dimensions: TerminalDimensions | undefined): void {
    if (dimensions) this.setDimensions(dimensions);
    for (const text of this.#pending ?? []) this.#written.fire(text);
    this.#pending = null;
  }

  setDimensions({ columns }: TerminalDimensions): void {
    this.#columns = columns;
  }

  handleInput(data: string): void {
    if (this.#ended) this.#closed.fire();
    else if (data === CTRL_C) this.#cancel();
  }

  close(): void {
    if (!this.#ended) this.#cancel();
  }

  showWaiting(jobsBefore: number): void {
    const others = jobsBefore === 1 ? 'another render' : `${jobsBefore} other renders`;
    this.#write(`Waiting for ${others} to finish. Press Ctrl+C to cancel.\r\n`);
  }

  showProgress(progress: RenderProgress): void {
    this.#view.show(progress);
  }

  showResult(result: RenderResult): void {
    this.#ended = true;
    this.#view.end();
    // A failure may show the engine's last lines of output.
    const text = printable(resultText(this.#plan, result)).replaceAll('\n', '\r\n');
    this.#write(`${printableLine(this.#plan.name)}: ${text}\r\n`);
    for (const file of result.ok ? result.files : []) this.#write(`${printableLine(file)}\r\n`);
    this.#write('\r\nPress any key to close the terminal.\r\n');
  }

  #write(text: string): void {
    if (this.#pending) this.#pending.push(text);
    else this.#written.fire(text);
  }
}
