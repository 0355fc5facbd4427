import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isNode, type Node, nodes, parse, placeOf, visit } from '../syntax-tree.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** Folders whose code reads documents. */
const FOLDERS = ['grammar', 'prompt', 'exchange', 'server', 'cli'];

export interface FoundExpression {
  /** `prompt/attention.ts:38` */
  readonly place: string;
  readonly expression: RegExp;
}

/** Every regular expression in these folders: literals, calls of `RegExp`, and the terminals of the grammar. */
export function findExpressions(): FoundExpression[] {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`),
  ).sort();
  return files.flatMap((file) => {
    if (file.includes('generated')) return [];
    if (file.endsWith('.langium')) return terminalsOf(file);
    return file.endsWith('.ts') ? expressionsOf(file) : [];
  });
}

function terminalsOf(file: string): FoundExpression[] {
  const terminals = read(file).matchAll(/^(?:hidden )?terminal (\w+): \/(.*)\/;$/gm);
  // The lexer tries every terminal at one offset.
  return Array.from(terminals, ([, name, source]) => ({
    place: `${file}, ${name}`,
    expression: new RegExp(source!, 'y'),
  }));
}

function expressionsOf(file: string): FoundExpression[] {
  const { program } = parse(file);
  const found: FoundExpression[] = [];
  const add = (node: Node, pattern: string, flags: string) =>
    found.push({ place: placeOf(file, node), expression: new RegExp(pattern, flags) });
  visit(program, (node) => {
    if (node.type === 'Literal' && isRegex(node.regex)) add(node, node.regex.pattern, node.regex.flags);
    const isCall = node.type === 'NewExpression' || node.type === 'CallExpression';
    if (!isCall || !isNode(node.callee) || node.callee.name !== 'RegExp') return;
    const [pattern, flags] = nodes(node.arguments);
    if (!pattern) throw new Error(`${file}: RegExp without a pattern.`);
    add(node, textOf(pattern, file), flags ? textOf(flags, file) : '');
  });
  return found;
}

function isRegex(value: unknown): value is { readonly pattern: string; readonly flags: string } {
  return typeof value === 'object' && value !== null && 'pattern' in value;
}

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

/** The text of an expression: of constants, also imported ones; a parameter stands for any word. */
function textOf(node: Node, file: string): string {
  switch (node.type) {
    case 'Literal':
      return String(node.value);
    case 'Identifier':
      return constantOf(String(node.name), file) ?? 'word';
    case 'BinaryExpression':
      return [node.left, node.right].map((side) => (isNode(side) ? textOf(side, file) : '')).join('');
    case 'TemplateLiteral':
      return filled(node, file, 'cooked');
    case 'TaggedTemplateExpression':
      // Only `String.raw`, which keeps backslashes.
      if (isNode(node.quasi)) return filled(node.quasi, file, 'raw');
  }
  throw new Error(`${file}: a pattern of the type ${node.type} is not known before the program runs.`);
}

function filled({ quasis, expressions }: Node, file: string, form: 'cooked' | 'raw'): string {
  const values = nodes(expressions).map((value) => textOf(value, file));
  return nodes(quasis)
    .map(({ value }, i) => {
      const text: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, form) : '';
      return String(text) + (values[i] ?? '');
    })
    .join('');
}

function constantOf(name: string, file: string): string | null {
  for (const statement of nodes(parse(file).program.body)) {
    const declaration = isNode(statement.declaration) ? statement.declaration : statement;
    for (const { id, init } of nodes(declaration.declarations)) {
      if (isNode(id) && id.name === name && isNode(init)) return textOf(init, file);
    }
    if (statement.type !== 'ImportDeclaration' || !isNode(statement.source)) continue;
    for (const { local, imported } of nodes(statement.specifiers)) {
      if (isNode(local) && local.name === name && isNode(imported)) {
        return constantOf(String(imported.name), join(dirname(file), String(statement.source.value)));
      }
    }
  }
  return null;
}
