import { readText } from '../library/file-environment.ts';
import { EXIT, type ExitCode, UsageError } from './exit-code.ts';
import { nextChange, type ReadTexts } from './next-change.ts';
import { printError } from './print.ts';
import { planFiles, renderPlanned } from './render-files.ts';

type Rendering = Parameters<typeof renderPlanned>[1];
type Round = Awaited<ReturnType<typeof planFiles>>;

/**
 * Renders files, and again whenever one of the texts that they are made of changes. A render that is out of date is
 * stopped. Files that match a pattern later are included at the next change.
 *
 * @returns when `signal` is aborted
 * @throws UsageError if a file cannot be opened at first; later, it is waited for
 */
export async function watch(patterns: readonly string[], rendering: Rendering): Promise<ExitCode> {
  const { flags, report, signal } = rendering;
  let round = await planFiles(patterns, flags);
  while (!signal.aborted) {
    const outdated = new AbortController();
    const changed = nextChange(round.texts, signal).finally(() => outdated.abort());
    await renderPlanned(round.files, { ...rendering, signal: outdated.signal });
    if (!outdated.signal.aborted) report.watching([...round.texts.keys()]);
    await changed;
    if (!signal.aborted) round = await planAgain(patterns, rendering, round.texts);
  }
  return EXIT.cancelled;
}

/** If a file is gone or cannot be opened, nothing is rendered until one of the last texts changes. */
async function planAgain(patterns: readonly string[], { flags }: Rendering, last: ReadTexts): Promise<Round> {
  // Before the files are planned, so that no change is missed.
  const texts = new Map<string, string | null>();
  for (const path of last.keys()) texts.set(path, await readText(path));
  try {
    return await planFiles(patterns, flags);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    printError(error.message);
    return { files: [], texts };
  }
}
