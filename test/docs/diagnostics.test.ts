import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Environment } from '../../grammar/clip/environment.ts';
import { checkTravel } from '../../grammar/language.ts';
import { clipTokenizer } from '../golden/prompts.ts';
import { lora, testEnvironment } from '../grammar/environment.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const FOLDER = join(ROOT, 'docs', 'diagnostics');

/** Every code that the grammar's sources name. */
function codesInSources(): string[] {
  const sources = readdirSync(join(ROOT, 'grammar'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.includes('generated'))
    .map((file) => readFileSync(join(ROOT, 'grammar', file), 'utf8'));
  const codes = sources.flatMap((source) =>
    Array.from(source.matchAll(/'travel\/([a-z0-9-]+)'/g), ([, code]) => code!),
  );
  return [...new Set(codes)].sort();
}

interface Page {
  readonly code: string;
  readonly title: string;
  readonly severities: readonly string[];
  readonly hasFix: boolean;
  readonly needsFiles: boolean;
  /** null where no file alone can give the code. */
  readonly examples: { readonly wrong: string; readonly right: string } | null;
}

function readPage(file: string): Page {
  const text = readFileSync(join(FOLDER, file), 'utf8');
  const code = file.replace(/\.md$/, '');
  const head =
    /^# (?<title>.+)\n\n`travel\/(?<code>[a-z0-9-]+)` · (?<severities>[a-z ]+) · (?<fix>quick fix|no quick fix)/.exec(
      text,
    );
  if (head?.groups?.code !== code) throw new Error(`${file} does not begin with its title, code, severity and fix.`);
  const [wrong, right] = ['Wrong', 'Right'].map((word) => {
    const [, example] = new RegExp(`^${word}:\\n\\n\`\`\`travel\\n([^]*?)\\n\`\`\``, 'm').exec(text) ?? [];
    return example;
  });
  return {
    code,
    title: head.groups.title!,
    severities: head.groups.severities!.split(' or '),
    hasFix: head.groups.fix === 'quick fix',
    needsFiles: text.includes('<!-- needs files -->'),
    examples: wrong !== undefined && right !== undefined ? { wrong, right } : null,
  };
}

const pages = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.md') && file !== 'README.md')
  .map(readPage);

/** The files that the examples speak of. */
function exampleEnvironment(): Environment {
  const wildcards: Readonly<Record<string, readonly string[]>> = {
    weather: ['sun', 'rain'],
    empty: [],
    circle: ['a __circle__'],
    deep: [`${'{1::'.repeat(40)}storm${'|0::fog}'.repeat(40)}`],
    huge: ['x'.repeat(250_000)],
  };
  const more = {
    xl_detail: { ...lora, family: 'sdxl' },
    mm_sd_v15_v2: { kind: 'motion-module', version: 'v2', positions: 32 },
  } as const;
  const environment = testEnvironment({
    wildcard: (name) => wildcards[name] ?? null,
    readTravelFile: (path) => (path === 'style.travel' ? { path, text: '---\nfps: 12\n---\n' } : null),
    tokenizer: clipTokenizer(),
    memory: 8e9,
  });
  return {
    ...environment,
    resolveModel(kind, name) {
      if (name !== 'xl_detail' && name !== 'mm_sd_v15_v2') return environment.resolveModel(kind, name);
      return { name, description: more[name], file: { path: `/models/${name}.safetensors`, size: 1, mtimeMs: 1 } };
    },
  };
}

/** A computer with nothing but what is built in. */
const bareHost = (): Environment => {
  const environment = testEnvironment({ modelNames: () => [] });
  return {
    ...environment,
    resolveModel: (kind, name) => (name === 'pocket' ? environment.resolveModel(kind, name) : null),
  };
};

describe('the pages of the diagnostics', () => {
  it('are one for each code', () => {
    expect(pages.map(({ code }) => code).sort()).toEqual(codesInSources());
  });

  it('are all in the list, by their titles', () => {
    const list = readFileSync(join(FOLDER, 'README.md'), 'utf8');
    const listed = Array.from(
      list.matchAll(/^\| \[`([a-z0-9-]+)`\]\(\1\.md\) +\| (.+?) +\| (.+?) +\|$/gm),
      ([, code, title, severities]) => ({ code, title, severities: severities!.split(' or ') }),
    );
    const byCode = (a: { code?: string | undefined }, b: { code?: string | undefined }) => (a.code! < b.code! ? -1 : 1);
    expect(listed.sort(byCode)).toEqual(
      pages.map(({ code, title, severities }) => ({ code, title, severities })).sort(byCode),
    );
  });

  it('lack examples only where no file gives the code', () => {
    expect(pages.filter(({ examples }) => !examples).map(({ code }) => code)).toEqual(['frame-range']);
  });

  describe.each(pages.flatMap((page) => (page.examples ? [{ ...page, examples: page.examples }] : [])))(
    '$code',
    ({ code, severities, hasFix, needsFiles, examples }) => {
      const problemsOf = (text: string) => checkTravel(text, needsFiles ? exampleEnvironment() : bareHost()).problems;

      it('has a wrong example that gives the code, as severe and as easily mended as it says', () => {
        const problems = problemsOf(examples.wrong);
        expect(problems.map((problem) => problem.code)).toContain(`travel/${code}`);
        const found = problems.filter((problem) => problem.code === `travel/${code}`);
        expect(found.filter(({ severity }) => !severities.includes(severity))).toEqual([]);
        expect(found.some(({ fixes = [] }) => fixes.length > 0)).toBe(hasFix);
      });

      it('has a right example that is right', () => {
        const problems = problemsOf(examples.right);
        expect(
          problems.filter(
            (problem) => problem.code === `travel/${code}` || ['error', 'warning'].includes(problem.severity),
          ),
        ).toEqual([]);
      });
    },
  );
});
