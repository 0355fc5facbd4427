import { extensions } from 'vscode';
import { open } from './documents.ts';
import { print, report } from './window.ts';

/** Times of events in VS Code's extension host, in whole milliseconds. */
declare const MonacoPerformanceMarks: {
  getMarks(): readonly { readonly name: string; readonly startTime: number }[];
};

function between(from: string, to: string): number {
  const at = (mark: string) => {
    const found = MonacoPerformanceMarks.getMarks().find(({ name }) => name === mark);
    if (!found) throw new Error(`VS Code did not set the mark ${mark}.`);
    return found.startTime;
  };
  return at(to) - at(from);
}

/** Called by VS Code in its extension host: prints how long the extension takes to activate. */
export async function run(): Promise<void> {
  await open('notes.md');
  const id = 'prompt-travel.prompt-travel';
  const extension = extensions.getExtension(id);
  if (!extension || extension.isActive) throw new Error('The extension was not found, or is already active.');
  await extension.activate();
  const load = between(`code/extHost/willLoadExtensionCode/${id}`, `code/extHost/didLoadExtensionCode/${id}`);
  const call = between(`code/extHost/willActivateExtension/${id}`, `code/extHost/didActivateExtension/${id}`);
  await print(`activation in VS Code: ${load + call} ms (code loaded in ${load} ms, activate() in ${call} ms)`);
  await report({ ok: true, passed: 0 });
}
