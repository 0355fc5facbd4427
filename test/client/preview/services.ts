import { vi } from 'vitest';
import type { PreviewServices } from '../../../client/preview/document-preview.ts';
import type { ClipInputs } from '../../../plan/clip-inputs.ts';
import type { Differences } from '../../../protocol/differences.ts';
import type { RenderWhat } from '../../../protocol/plan-request.ts';
import type { KeyframeEditAnswer, Timeline } from '../../../protocol/timeline.ts';
import { planOf } from '../../rendering/plans.ts';

export const timelineOf = (changes: Partial<Timeline> = {}): Timeline => ({
  frames: 32,
  fps: 8,
  width: 64,
  height: 64,
  steps: 20,
  settingSteps: 20,
  keys: [],
  mix: null,
  lanes: [],
  problems: [],
  ...changes,
});

export const keyAt = (line: number, frame: number) => ({
  line,
  index: 0,
  frame,
  holdEnd: frame,
  transition: 'linear',
  text: '',
  negative: '',
});

/** A language server that answers what the test sets. */
export class TestServer {
  isRunning = true;
  timelineAnswer: Timeline = timelineOf();
  outputFolder: string | null = null;
  inputsAnswer: ClipInputs | null = null;
  editAnswer: KeyframeEditAnswer = { kind: 'outdated' };
  differencesAnswer: Differences = { phrases: ['steps 20 → 30'], frames: [1] };
  readonly asked: [string, ...unknown[]][] = [];
  readonly listeners = new Set<() => void>();

  onChange(listener: () => void) {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  }
  change(isRunning: boolean): void {
    this.isRunning = isRunning;
    for (const listener of this.listeners) listener();
  }
  async timeline({ version }: { readonly version: number }) {
    this.asked.push(['timeline', version]);
    return { version, timeline: this.timelineAnswer, outputFolder: this.outputFolder };
  }
  async inputs() {
    this.asked.push(['inputs']);
    return this.inputsAnswer;
  }
  async frameDetails(_document: unknown, frame: number) {
    this.asked.push(['frameDetails', frame]);
    return null;
  }
  async stepWindows(_document: unknown, step: number) {
    this.asked.push(['stepWindows', step]);
    return [{ start: 0, stride: 1, length: 16 }];
  }
  async differences(_document: unknown, versions: readonly unknown[]) {
    this.asked.push(['differences', versions]);
    return versions.map(() => this.differencesAnswer);
  }
  async keyframeEdit(_document: unknown, version: number, edit: unknown) {
    this.asked.push(['keyframeEdit', version, edit]);
    return this.editAnswer;
  }
  async plan(_document: unknown, what: RenderWhat) {
    this.asked.push(['plan', what]);
    const plan = planOf();
    const { text: source, seed } = what.kind === 'text' ? what : { text: 'now', seed: 5 };
    return {
      kind: 'plan',
      version: 1,
      isRandom: false,
      note: '',
      plan: { ...plan, name: 'fox', source, sampling: { ...plan.sampling, seed } },
    };
  }
}

export const log = { error: vi.fn(), info: vi.fn(), warn: vi.fn(), show: vi.fn() };

export const servicesOf = (server: TestServer, renders: PreviewServices['renders'] = null): PreviewServices => ({
  server: server as never,
  log: log as never,
  renders,
});

export const settled = () => new Promise((resolve) => setImmediate(resolve));
