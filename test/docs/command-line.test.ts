import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RenderLine } from '../../cli/render-lines.ts';
import { RenderFailure, RenderStage } from '../../protocol/engine.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../docs/command-line.md'), 'utf8');

const quoted = (text: string) => Array.from(text.matchAll(/`([^`]+)`/g), ([, word]) => word!);

describe('the page about the command line', () => {
  it('lists the events of --json, with all of their fields', () => {
    const rows = page.matchAll(/^\| `(\w+)` \| (`.*?) \| (.*) \|$/gm);
    const listed = Array.from(rows, ([, event, fields]) => ({ event, fields: quoted(fields!) }));
    const events = RenderLine.options.map(({ shape }) => {
      const { event, ...fields } = shape;
      return { event: [...event.values][0], fields: Object.keys(fields) };
    });
    expect(listed).toEqual(events);
  });

  it('names all stages, and all kinds of failures', () => {
    expect(quoted(/Stages are (.*?)\./.exec(page)![1]!)).toEqual(RenderStage.options);
    expect(quoted(/`kind` is (.*?) \|/.exec(page)![1]!).toSorted()).toEqual(
      RenderFailure.shape.kind.options.toSorted(),
    );
  });
});
