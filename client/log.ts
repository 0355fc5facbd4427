import { type LogOutputChannel, window } from 'vscode';

/** The extension's log: its own lines, the server's, and traced messages. */
export function createLog(): LogOutputChannel {
  return window.createOutputChannel('Prompt Travel', { log: true });
}
