import { readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Severity } from '../grammar/problem.ts';
import { printableLine } from '../rendering/printable.ts';
import { packageUrl, version } from './installation.ts';
import type { PlacedProblem } from './problems.ts';

/**
 * A workflow command of GitHub Actions, which shows the problem beside the line of a pull request.
 *
 * Source: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands, and the escapes of
 * `@actions/core`'s `command.ts`.
 */
export function githubLine({ file, line, column, endLine, endColumn, severity, code, message }: PlacedProblem): string {
  const properties = { file, line, endLine, col: column, endColumn, title: code };
  const written = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(`${value}`)}`);
  return `::${GITHUB_COMMANDS[severity]} ${written.join(',')}::${escapeData(message)}`;
}

const GITHUB_COMMANDS: Readonly<Record<Severity, 'error' | 'warning' | 'notice'>> = {
  error: 'error',
  warning: 'warning',
  information: 'notice',
  hint: 'notice',
};

const escapeData = (text: string) =>
  printableLine(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const escapeProperty = (text: string) => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

const SARIF_LEVELS: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  error: 'error',
  warning: 'warning',
  information: 'note',
  hint: 'note',
};

/**
 * Problems as a log in SARIF 2.1.0, which code scanning services read.
 *
 * Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html. Its columns are 1-based with an exclusive end,
 * as ours.
 *
 * @param unread why files could not be checked, one sentence each
 */
export function sarifLog(problems: readonly PlacedProblem[], unread: readonly string[]): object {
  const codes = [...new Set(problems.map(({ code }) => code))];
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Prompt Travel', version: version(), rules: codes.map(sarifRule) } },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: unread.length === 0,
            toolExecutionNotifications: unread.map((text) => ({ level: 'error', message: { text } })),
          },
        ],
        results: problems.map(({ file, line, column, endLine, endColumn, severity, code, message }) => ({
          ruleId: code,
          ruleIndex: codes.indexOf(code),
          level: SARIF_LEVELS[severity],
          message: { text: message },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: uriOf(file) },
                region: { startLine: line, startColumn: column, endLine, endColumn },
              },
            },
          ],
        })),
      },
    ],
  };
}

/** A rule, with the page of the documentation as its help, which the package contains. */
function sarifRule(code: string): object {
  const page = pageOf(code);
  const title = /^# (.+)$/m.exec(page ?? '')?.[1];
  return {
    id: code,
    ...(page !== null &&
      title !== undefined && { shortDescription: { text: title }, help: { text: page, markdown: page } }),
  };
}

/** null for what has no page, such as a file that is not text. */
function pageOf(code: string): string | null {
  try {
    return readFileSync(packageUrl(`docs/diagnostics/${code.replace(/^travel\//, '')}.md`), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Relative paths stay relative: services resolve them from the root of the repository. */
function uriOf(file: string): string {
  if (isAbsolute(file)) return pathToFileURL(file).href;
  const path = process.platform === 'win32' ? file.replaceAll('\\', '/') : file;
  return path.replace(/^\.\//, '').split('/').map(encodeURIComponent).join('/');
}
