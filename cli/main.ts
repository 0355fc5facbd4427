#!/usr/bin/env node
import { EXIT } from './exit-code.ts';
import { runTravel } from './program.ts';

/**
 * What is printed may get lost, and the work goes on to its end all the same. Where a reader such as `head` has gone,
 * that is as it should be; where the disk is full, the command has failed.
 */
function onLostOutput({ code, message }: NodeJS.ErrnoException): void {
  if (code === 'EPIPE') return;
  process.once('exit', (ended) => {
    if (ended === EXIT.done) process.exitCode = EXIT.renderFailed;
  });
  process.stderr.write(`What was to be printed is lost: ${message}.\n`);
}

process.stdout.once('error', onLostOutput).on('error', () => undefined);
process.stderr.on('error', () => undefined);

// Not process.exit: what is still on its way into a pipe has to arrive.
process.exitCode = await runTravel(process.argv.slice(2)).catch((error: unknown) => {
  const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`travel stopped because of a mistake in it; please report this:\n${details}\n`);
  return EXIT.renderFailed;
});
