/** Activation time of the extension as VS Code reports it, in a new window for each round. */
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';

const RUN = resolve(import.meta.dirname, '../test/vscode/run.ts');
const ROUNDS = 5;

export function benchActivation(): void {
  for (let round = 0; round < ROUNDS; round++)
    execFileSync(process.execPath, [RUN, 'activation'], { stdio: 'inherit' });
}

/** How long a person waits for a render in VS Code, and what it costs the extension host. */
export function benchRendering(): void {
  execFileSync(process.execPath, [RUN, 'rendering'], { stdio: 'inherit' });
}
