import { monitorEventLoopDelay } from 'node:perf_hooks';
import { threadCpuUsage } from 'node:process';
import { commands, extensions, Uri, window, workspace } from 'vscode';
import { cpuSeconds } from '../processes.ts';
import { newFolder } from './documents.ts';
import { filesOf, openWith, render, stepsOf, watchJobs } from './renders.ts';
import { print, report } from './window.ts';

/** Called by VS Code in its extension host: prints what rendering costs there, and how long a person waits. */
export async function run(): Promise<void> {
  await newFolder();
  await measureFirstStep();
  await measureTasks();
  await measureExample();
  await report({ ok: true, passed: 0 });
}

/** The render itself runs in processes of its own. */
async function measureExample(): Promise<void> {
  const { extensionUri } = extensions.getExtension('prompt-travel.prompt-travel')!;
  const example = Uri.joinPath(extensionUri, 'examples/portrait.travel');
  const copy = Uri.joinPath(workspace.workspaceFolders![0]!.uri, 'portrait.travel');
  await workspace.fs.copy(example, copy, { overwrite: true });
  await window.showTextDocument(await workspace.openTextDocument(copy));
  const [start, cpu] = [performance.now(), cpuSeconds(process.pid)];
  await filesOf(await render());
  const seconds = (performance.now() - start) / 1000;
  const used = cpuSeconds(process.pid) - cpu;
  const share = ((100 * used) / seconds).toFixed(1);
  await print(
    `extension host while portrait renders: ${used.toFixed(2)} s of CPU in ${seconds.toFixed(1)} s (${share} %)`,
  );
}

/** Not while the CPU time is measured, because watching takes more of it than all else. */
async function measureTasks(): Promise<void> {
  await openWith('long.travel', { steps: 40 });
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const tasks = watchTasks();
  delay.enable();
  await filesOf(await render());
  delay.disable();
  const longest = tasks.end().map((ms) => ms.toFixed(1));
  const [most, usual] = [delay.max, delay.percentile(99)].map((ns) => (ns / 1e6).toFixed(1));
  await print(`longest tasks in the extension host while a clip renders: ${longest.join(', ')} ms of CPU`);
  await print(`longest delay of its event loop: ${most} ms, 99 % below ${usual} ms`);
}

/**
 * Measures the CPU time of the thread between two rounds of the event loop, which does not grow when other programs use
 * the CPU.
 */
function watchTasks(): { end(): number[] } {
  const used = () => {
    const { user, system } = threadCpuUsage();
    return (user + system) / 1000;
  };
  const longest: number[] = [];
  let last = used();
  const timer = setInterval(() => {
    const now = used();
    longest.push(now - last);
    longest.sort((a, b) => b - a).splice(5);
    last = now;
  }, 1);
  return {
    end() {
      clearInterval(timer);
      return longest;
    },
  };
}

async function measureFirstStep(): Promise<void> {
  await using watched = await watchJobs();
  for (const engine of ['that has to start', 'that has its models open']) {
    const { document } = await openWith('long.travel', { steps: 40, seed: Math.floor(Math.random() * 2 ** 32) });
    const start = performance.now();
    const rendering = render();
    await watched.jobOf(document.uri, (job) => job.state.kind === 'sampling' && stepsOf(job) >= 1);
    await print(`command → first step made: ${Math.round(performance.now() - start)} ms, by an engine ${engine}`);
    await commands.executeCommand('travel.cancel');
    await rendering;
    await watched.jobOf(document.uri, ({ state }) => state.kind === 'cancelled');
  }
}
