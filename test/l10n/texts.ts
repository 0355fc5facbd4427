import { globSync } from 'tinyglobby';
import { isNode, type Node, nodes, parse, placeOf, visit } from '../syntax-tree.ts';

/** Folders whose texts VS Code shows. What `rendering/` has is also printed by the command line. */
const TRANSLATED = ['client', 'rendering', 'webview'];

/** Those in which everything that a person reads is translated. */
const WHOLLY_TRANSLATED = ['client', 'webview'];

export interface FoundText {
  /** `client/status.ts:9` */
  readonly place: string;
  readonly text: string;
}

const sourcesIn = (folders: readonly string[]) =>
  globSync(
    folders.map((folder) => `${folder}/**/*.{ts,tsx}`),
    { cwd: `${import.meta.dirname}/../..` },
  ).toSorted();

/** The English texts of all calls of `l10n.t`, and what is wrong with a call. */
export function translatedTexts(): { readonly texts: readonly FoundText[]; readonly mistakes: readonly string[] } {
  const texts: FoundText[] = [];
  const mistakes: string[] = [];
  for (const file of sourcesIn(TRANSLATED)) {
    visit(parse(file).program, (node) => {
      if (!isTranslation(node)) return;
      const place = placeOf(file, node);
      const [text, ...values] = nodes(node.arguments);
      if (text?.type !== 'Literal' || typeof text.value !== 'string') {
        mistakes.push(`${place}: the first argument of l10n.t has to be a string in quotes.`);
        return;
      }
      texts.push({ place, text: text.value });
      const wanted = placeholdersIn(text.value);
      const given = namesOf(values, wanted);
      if (given !== null && wanted.join() !== given.join()) {
        mistakes.push(`${place}: “${text.value}” needs values for ${listed(wanted)}, but gets ${listed(given)}.`);
      }
    });
  }
  return { texts, mistakes };
}

/** `{0}` or `{name}`, without the braces, in the order of the alphabet. */
export const placeholdersIn = (text: string): string[] =>
  [...new Set(Array.from(text.matchAll(/\{([^}]+)\}/g), ([, name]) => name!))].toSorted();

const listed = (names: readonly string[]) => names.join(', ') || 'nothing';

/** Names of the values that a call passes; null: they are known only when it runs. */
function namesOf(values: readonly Node[], wanted: readonly string[]): string[] | null {
  const [first] = values;
  if (first?.type !== 'ObjectExpression') {
    const isNamed = wanted.some((name) => !/^\d+$/.test(name));
    return first !== undefined && isNamed ? null : values.map((_, index) => `${index}`);
  }
  const properties = nodes(first.properties);
  if (properties.some(({ type }) => type === 'SpreadElement')) return null;
  return properties.map(({ key }) => (isNode(key) ? String(key.name) : '')).toSorted();
}

function isTranslation({ type, callee }: Node): boolean {
  if (type !== 'CallExpression' || !isNode(callee) || callee.type !== 'MemberExpression') return false;
  const { object, property } = callee;
  return isNode(object) && object.name === 'l10n' && isNode(property) && property.name === 't';
}

/**
 * Texts that look like ones for people and are not translated: strings with a space beside a word or with a capital
 * letter at the beginning, and all text in JSX. Single words in lower case cannot be told from names.
 */
export function untranslatedTexts(): FoundText[] {
  const found: FoundText[] = [];
  for (const file of sourcesIn(WHOLLY_TRANSLATED)) {
    visit(parse(file).program, (node, parents) => {
      const text = shownText(node);
      if (text === null || parents.some(isNotShown)) return;
      found.push({ place: placeOf(file, node), text });
    });
  }
  return found;
}

/** null if it is not a text, or none for people. */
function shownText(node: Node): string | null {
  if (node.type === 'JSXText') return /\p{L}/u.test(String(node.value)) ? String(node.value).trim() : null;
  const text = textOf(node)?.replace(/\$\([\w~-]+\)/g, '');
  return text !== undefined && /^\p{Lu}\p{Ll}|\p{L}{2,}\s|\s\p{L}{2,}/u.test(text) ? text : null;
}

/** The text of a string, with `{}` for each value in it. */
function textOf({ type, value, quasis }: Node): string | undefined {
  if (type === 'Literal') return typeof value === 'string' ? value : undefined;
  if (type !== 'TemplateLiteral') return undefined;
  return nodes(quasis)
    .map((quasi) => (quasi.value as { readonly cooked: string }).cooked)
    .join('{}');
}

/** Functions whose text goes into the log, by their names and by those of their objects. */
const LOGS = /(?:^|[.#])(?:log\.\w+|fail|report|guard)$/;

/** Whether nobody sees what is in a node: types, imports, the log, names of CSS and of properties. */
function isNotShown(node: Node): boolean {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ImportExpression':
    case 'ExportNamedDeclaration':
      return node.source != null && node.declaration == null;
    case 'TSLiteralType':
    case 'TSTemplateLiteralType':
      return true;
    case 'JSXAttribute':
      return isNode(node.name) && ['class', 'id', 'style'].includes(String(node.name.name));
    case 'CallExpression':
      return isTranslation(node) || (isNode(node.callee) && LOGS.test(nameOf(node.callee)));
    default:
      return false;
  }
}

/** `log.error`, `this.#services.log.error`, `report` */
function nameOf({ type, name, object, property }: Node): string {
  if (type === 'ThisExpression') return 'this';
  if (type === 'PrivateIdentifier') return `#${name}`;
  if (type !== 'MemberExpression') return String(name);
  return [object, property].map((part) => (isNode(part) ? nameOf(part) : '')).join('.');
}
