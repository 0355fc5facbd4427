import { window } from 'vscode';
import type { Change } from '../../protocol/renders.ts';
import { isRunning } from '../../rendering/queue.ts';
import type { RenderJobs } from './jobs.ts';

/** Ends the render that runs: at once, or after its step with what there is. */
export async function endRunning(
  jobs: RenderJobs,
  how: Extract<Change['change'], 'cancel' | 'stopHere'>,
): Promise<void> {
  await jobs.connect();
  const running = jobs.jobs.find(isRunning);
  if (!running) {
    void window.showInformationMessage('Nothing is rendering.');
    return;
  }
  if (how === 'stopHere' && (running.state.kind === 'decoding' || running.state.kind === 'writing')) {
    void window.showInformationMessage(`${running.name} has made all steps, and is being saved.`);
    return;
  }
  await jobs.change(running.id, how);
}
