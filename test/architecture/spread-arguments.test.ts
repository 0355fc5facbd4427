import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { isNode, nodes, parse, placeOf, visit } from '../syntax-tree.ts';
import { MAY_IMPORT } from './arrows.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** Calls that take any number of values. */
const OF_MANY = /^(?:Math\.(?:max|min)|.*\.(?:push|unshift|splice|concat))$/s;

/** Files whose lists are short, whatever a document or a folder has: the models of a node, the tokens of a chunk. */
const SHORT = [
  'client/commands.ts',
  'client/extension.ts',
  'client/web.ts',
  'engine/media/atomic.ts',
  'engine/media/texts.ts',
  'exchange/comfy/lora-nodes.ts',
  'exchange/comfy/models.ts',
  'exchange/read/deforum-inputs.ts',
  'exchange/read/infotext.ts',
  'grammar/clip/models.ts',
  'prompt/chunks.ts',
];

/** Parsing all files takes a while. */
const hasSuch = (file: string): boolean =>
  /\b(?:max|min|push|unshift|splice|concat)\([^;]*\.\.\./.test(readFileSync(join(ROOT, file), 'utf8'));

/** The arguments of a call are on the stack, which about 100,000 of them fill: as many as a long clip has frames. */
it('passes no list that may be long as arguments', () => {
  const files = Object.keys(MAY_IMPORT).flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name) && !name.includes('generated'))
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`),
  );
  const found: string[] = [];
  for (const file of files.filter((name) => !SHORT.includes(name) && hasSuch(name))) {
    const { program, text } = parse(file);
    visit(program, (node) => {
      if (node.type !== 'CallExpression' || !isNode(node.callee)) return;
      if (!OF_MANY.test(text.slice(node.callee.start, Number(node.callee.end)))) return;
      if (nodes(node.arguments).some(({ type }) => type === 'SpreadElement')) found.push(placeOf(file, node));
    });
  }
  expect(found).toEqual([]);
});
