import type { Connect, Service } from '../../client/render/jobs.ts';
import type { TravelPlan } from '../../plan/plan.ts';
import { plansOf, type Work } from '../../plan/work.ts';
import type { RenderFailure, RenderSuccess } from '../../protocol/engine.ts';
import type { PlanRequest } from '../../protocol/plan-request.ts';
import type { JobInfo, JobState, Preferences, Submit } from '../../protocol/renders.ts';
import type { LockMachine } from '../../rendering/lock-file.ts';
import { hasEnded } from '../../rendering/queue.ts';
import type { ServiceListener } from '../../rendering/service/client.ts';
import { planOf } from '../rendering/plans.ts';
import { type FakeDocument, fake, Uri, window } from './vscode.ts';

const { announceRenders } = await import('../../client/render/announcements.ts');
const { RenderJobs } = await import('../../client/render/jobs.ts');
const { createStatusItem } = await import('../../client/render/status-item.ts');
const { renderClip } = await import('../../client/render/tries.ts');

const timings = { total: 31, load: 0, encode: 0, sample: 0, decode: 0, write: 0, runtime: 0 };
export const DONE: RenderSuccess = { ok: true, files: ['/clips/renders/fox.webp'], timings, device: 'CPU' };
export const FAILED: RenderFailure = { ok: false, kind: 'engine-stopped', message: 'The engine stopped.' };

/** A render service whose jobs change when the test says so. */
export class TestService implements Service {
  jobs: JobInfo[] = [];
  readonly plans = new Map<number, TravelPlan>();
  readonly works: Work[] = [];
  readonly changes: [number, string][] = [];
  connections = 0;
  error: Error | null = null;
  listener: ServiceListener | null = null;

  connect: Connect = async (_options, listener) => {
    if (this.error) throw this.error;
    this.connections++;
    this.listener = listener;
    listener.onJobs(this.jobs);
    return this;
  };

  async submit({ document, work, note = '', open = 'preview' }: Submit): Promise<number> {
    const id = this.jobs.length + 1;
    const [plan] = plansOf(work) as [TravelPlan];
    this.plans.set(id, plan);
    this.works.push(work);
    const isFirst = this.jobs.every(({ state }) => hasEnded(state));
    const job = {
      id,
      document,
      name: plan.name,
      extent: { kind: 'frames', count: 1 } as const,
      steps: 3,
      seed: 1,
      note,
      open,
      crashes: 0,
    };
    const loading = { kind: 'loading', progress: null, stopping: null } as const;
    this.become([...this.jobs, { ...job, state: isFirst ? loading : { kind: 'queued' } }]);
    return id;
  }

  async change(id: number, change: string): Promise<void> {
    this.changes.push([id, change]);
    if (change === 'cancel') this.set(id, { kind: 'cancelled' });
  }

  async plan(id: number): Promise<TravelPlan | null> {
    return this.plans.get(id) ?? null;
  }

  /** Whether a window that asks announces an end; an error: it cannot be asked. */
  announcing: boolean | Error = true;
  readonly asked: number[] = [];

  async announce(id: number): Promise<boolean> {
    this.asked.push(id);
    if (this.announcing instanceof Error) throw this.announcing;
    return this.announcing;
  }

  readonly preferences: Preferences[] = [];

  async configure(preferences: Preferences): Promise<void> {
    this.preferences.push(preferences);
  }

  async watch(): Promise<void> {
    // No job of these tests has pictures.
  }

  dispose(): void {
    this.listener = null;
  }

  set(id: number, state: JobState, crashes = 0): void {
    this.become(this.jobs.map((job) => (job.id === id ? { ...job, state, crashes } : job)));
  }

  become(jobs: JobInfo[]): void {
    this.jobs = jobs;
    this.listener?.onJobs(jobs);
  }

  get submitted(): TravelPlan[] {
    return [...this.plans.values()];
  }
}

export const EXTENSION = { extensionUri: Uri.file('/extension'), globalStorageUri: Uri.file('/storage') };

export const log: string[] = [];
export const plan: TravelPlan = { ...planOf(), name: 'fox' };

/** @param answer what the language server answers to a request for a plan, or another one */
export function setUp(
  answer: (request: PlanRequest, method: string) => unknown = ({ version }) => ({
    kind: 'plan',
    version,
    plan,
    isRandom: false,
    note: '',
  }),
) {
  const service = new TestService();
  const requests: PlanRequest[] = [];
  const client = {
    code2ProtocolConverter: { asUri: (uri: { toString(): string }) => uri.toString() },
    async sendRequest(method: string, request: PlanRequest) {
      requests.push(request);
      return answer(request, method);
    },
  };
  const add = (line: string) => log.push(line);
  const options = { entry: '', cacheFolder: '/cache', version: '', graceMs: 0 };
  const jobs = new RenderJobs(options, { info: add, warn: add, error: add } as never, service.connect);
  const machine: LockMachine = {
    version: '0.1.0',
    engine: {
      identify: async (files) => ({
        ok: true,
        engine: 1,
        onnxRuntime: '1.30.0',
        sha256: files.map(() => 'a'.repeat(64)),
      }),
      kill: () => undefined,
    },
  };
  createStatusItem(jobs);
  announceRenders(jobs, { error: add });
  return {
    service,
    requests,
    jobs,
    machine,
    host: { client, jobs, machine } as never,
  };
}

/** With the command that renders a clip. */
export function setUpClip(answer?: (request: PlanRequest) => unknown) {
  const { host, ...all } = setUp(answer);
  return { ...all, render: (target?: unknown) => renderClip(host, EXTENSION as never, target as never) };
}

export function edit(document: FakeDocument): FakeDocument {
  fake.documents.push(document);
  window.activeTextEditor = { document };
  return document;
}

export const settled = () => new Promise((resolve) => setImmediate(resolve));
