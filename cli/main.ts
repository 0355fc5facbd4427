#!/usr/bin/env node
import { EXIT } from './exit-code.ts';
import { runTravel } from './program.ts';

/** When a reader such as `head` has gone, the rest of the output is lost and the work goes on to its honest exit code. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

process.stdout.on('error', ignoreClosedPipe);
process.stderr.on('error', ignoreClosedPipe);

// Not process.exit: what is still on its way into a pipe has to arrive.
process.exitCode = await runTravel(process.argv.slice(2)).catch((error: unknown) => {
  const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`travel stopped because of a mistake in it; please report this:\n${details}\n`);
  return EXIT.renderFailed;
});
