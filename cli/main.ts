#!/usr/bin/env node
import { EXIT } from './exit-code.ts';
import { printError } from './print.ts';
import { handleSignals } from './signals.ts';

/**
 * Output that cannot be written does not stop the work. If the reader is gone, as with `head`, that is fine; if the
 * disk is full, the command has failed.
 */
function onLostOutput({ code, message }: NodeJS.ErrnoException): void {
  if (code === 'EPIPE') return;
  process.once('exit', (ended) => {
    if (ended === EXIT.done) process.exitCode = EXIT.renderFailed;
  });
  printError(`Output could not be written: ${message}.`);
}

handleSignals();
// Loaded afterwards, so that a signal that comes while it loads is handled, too.
const { runTravel } = await import('./program.ts');

process.stdout.once('error', onLostOutput).on('error', () => undefined);
process.stderr.on('error', () => undefined);

// Not process.exit, which would drop output that is still buffered for a pipe.
process.exitCode = await runTravel(process.argv.slice(2)).catch((error: unknown) => {
  const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
  printError(`travel stopped because of a bug. Report it with these lines:\n${details}`);
  return EXIT.renderFailed;
});
