import Mocha from 'mocha';
import type { Verdict } from '../driver.ts';
import { closeEditors, newFolder } from './documents.ts';
import { lastAsked, report, screenshot } from './window.ts';

/** Called by VS Code in its extension host. */
export async function run(): Promise<void> {
  const verdict = await runSuite().catch(
    (error: Error): Verdict => ({ ok: false, passed: 0, failures: [error.message] }),
  );
  await report(verdict);
}

async function runSuite(): Promise<Verdict> {
  const mocha = new Mocha({ ui: 'tdd', timeout: 5 * 60_000, grep: process.env.TRAVEL_GREP ?? '' });
  // Defines `suite` and `test`. The test files are in the bundle, so Mocha cannot load them itself.
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  if (process.env.TRAVEL_SUITE === 'untrusted') await import('./untrusted.test.ts');
  else {
    await import('./activation.test.ts');
    await import('./tasks.test.ts');
    await import('./diagnostics.test.ts');
    await import('./language.test.ts');
    await import('./commands.test.ts');
    await import('./renders.test.ts');
    await import('./preview.test.ts');
    await import('./video.test.ts');
    await import('./stages.test.ts');
    await import('./files.test.ts');
    await import('./tries.test.ts');
    await import('./paste.test.ts');
    await import('./exchange.test.ts');
    await import('./drops.test.ts');
    await import('./lock.test.ts');
  }
  mocha.suite.beforeEach(async () => {
    await closeEditors();
    await newFolder();
  });
  mocha.suite.afterEach(async function () {
    if (this.currentTest?.state === 'failed')
      await screenshot(`failed-${this.currentTest.title.replaceAll(/\W+/g, '-')}`);
  });
  const failures: string[] = [];
  let passed = 0;
  await new Promise((resolve) => {
    mocha
      .run(resolve)
      .on('pass', (test) => {
        passed++;
        console.log(`passed: ${test.fullTitle()}`);
      })
      .on('fail', (test, error: Error) =>
        failures.push(`${test.fullTitle()}\n${error.message}\nLast action: ${lastAsked()}`),
      );
  });
  return failures.length === 0 ? { ok: true, passed } : { ok: false, passed, failures };
}
