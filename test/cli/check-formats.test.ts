import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { githubLine, sarifLog } from '../../cli/check-formats.ts';
import type { PlacedProblem } from '../../cli/problems.ts';

const PROBLEM: PlacedProblem = {
  file: 'a.travel',
  line: 2,
  column: 8,
  endLine: 2,
  endColumn: 12,
  severity: 'error',
  code: 'travel/setting-type',
  message: 'Wrong.',
};

/** What readers of SARIF 2.1.0 rely on. */
const Sarif = z.object({
  version: z.literal('2.1.0'),
  $schema: z.url(),
  runs: z.tuple([
    z.object({
      tool: z.object({
        driver: z.object({
          name: z.string(),
          version: z.string(),
          rules: z.array(
            z.object({
              id: z.string(),
              shortDescription: z.object({ text: z.string() }).optional(),
              help: z.object({ text: z.string(), markdown: z.string() }).optional(),
            }),
          ),
        }),
      }),
      columnKind: z.literal('utf16CodeUnits'),
      invocations: z.tuple([
        z.object({
          executionSuccessful: z.boolean(),
          toolExecutionNotifications: z.array(
            z.object({ level: z.literal('error'), message: z.object({ text: z.string() }) }),
          ),
        }),
      ]),
      results: z.array(
        z.object({
          ruleId: z.string(),
          ruleIndex: z.int().nonnegative(),
          level: z.enum(['error', 'warning', 'note']),
          message: z.object({ text: z.string() }),
          locations: z.tuple([
            z.object({
              physicalLocation: z.object({
                artifactLocation: z.object({ uri: z.string() }),
                region: z.object({
                  startLine: z.int().positive(),
                  startColumn: z.int().positive(),
                  endLine: z.int().positive(),
                  endColumn: z.int().positive(),
                }),
              }),
            }),
          ]),
        }),
      ),
    }),
  ]),
});

const runOf = (problems: readonly PlacedProblem[], unread: readonly string[] = []) =>
  Sarif.parse(JSON.parse(JSON.stringify(sarifLog(problems, unread)))).runs[0];

const uriOf = (file: string) =>
  runOf([{ ...PROBLEM, file }]).results[0]!.locations[0].physicalLocation.artifactLocation.uri;

describe('workflow commands of GitHub', () => {
  it('place a problem, with its code as the title', () => {
    expect(githubLine(PROBLEM)).toBe(
      '::error file=a.travel,line=2,endLine=2,col=8,endColumn=12,title=travel/setting-type::Wrong.',
    );
  });

  it.each([
    ['warning', 'warning'],
    ['information', 'notice'],
    ['hint', 'notice'],
  ] as const)('show %s as %s', (severity, command) => {
    expect(githubLine({ ...PROBLEM, severity })).toMatch(new RegExp(`^::${command} `));
  });

  it('escape what would end a property, a message or the line', () => {
    const line = githubLine({ ...PROBLEM, file: 'a,b:100%.travel', message: '50% is: “a,b”\n::error::fake\u001b[2J' });
    expect(line).toContain('file=a%2Cb%3A100%25.travel,');
    expect(line).toMatch(/::50%25 is: “a,b” ::error::fake\ufffd\[2J$/);
    expect(line).not.toContain('\n');
  });
});

describe('a SARIF log', () => {
  it('has each rule once, with its page, and each problem with its place', () => {
    const run = runOf([PROBLEM, { ...PROBLEM, code: 'travel/not-text', severity: 'hint' }, PROBLEM]);
    expect(run.tool.driver.rules).toMatchObject([
      { id: 'travel/setting-type', shortDescription: { text: 'Value of the wrong type' } },
      { id: 'travel/not-text' },
    ]);
    expect(run.tool.driver.rules[0]?.help?.markdown).toMatch(/^# Value of the wrong type\n/);
    expect(run.results.map(({ ruleIndex, level }) => [ruleIndex, level])).toEqual([
      [0, 'error'],
      [1, 'note'],
      [0, 'error'],
    ]);
    expect(run.results[0]?.locations[0].physicalLocation.region).toEqual({
      startLine: 2,
      startColumn: 8,
      endLine: 2,
      endColumn: 12,
    });
  });

  it('reports files that were not checked as a failed run', () => {
    expect(runOf([]).invocations).toEqual([{ executionSuccessful: true, toolExecutionNotifications: [] }]);
    expect(runOf([], ['x cannot be read.']).invocations).toEqual([
      {
        executionSuccessful: false,
        toolExecutionNotifications: [{ level: 'error', message: { text: 'x cannot be read.' } }],
      },
    ]);
  });

  it('names files by URIs, which are relative if the paths are', () => {
    expect(uriOf('./scenes/a b%.travel')).toBe('scenes/a%20b%25.travel');
    const absolute = resolve('a b.travel');
    expect(uriOf(absolute)).toBe(pathToFileURL(absolute).href);
  });
});
