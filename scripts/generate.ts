/** Generates the code that is not in git: the Langium parser and the ONNX messages. Works offline. */
import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const programs = join(root, 'node_modules/.bin');

interface Generator {
  readonly sources: readonly string[];
  readonly output: string;
  readonly command: readonly [string, ...string[]];
}

const GENERATORS: readonly Generator[] = [
  {
    sources: ['grammar/syntax/travel.langium', 'langium-config.json'],
    output: 'grammar/syntax/generated/grammar.ts',
    command: ['langium', 'generate', '--mode=production'],
  },
  {
    sources: ['engine/graph/onnx.proto', 'buf.gen.yaml'],
    output: 'engine/graph/generated/onnx_pb.js',
    command: ['buf', 'generate'],
  },
];

const modified = (file: string) => statSync(join(root, file)).mtimeMs;

/** Run each generator whose sources are newer than its output. */
export default function generate(): void {
  for (const { sources, output, command } of GENERATORS) {
    const upToDate = existsSync(join(root, output)) && sources.every((source) => modified(source) < modified(output));
    if (upToDate) continue;
    const [program, ...args] = command;
    // buf looks for its plugin on the path.
    const env = { ...process.env, PATH: `${programs}${delimiter}${process.env.PATH}` };
    execFileSync(join(programs, program), args, { cwd: root, stdio: 'inherit', env });
  }
}

if (import.meta.main) generate();
