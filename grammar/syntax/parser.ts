import type { IToken } from 'chevrotain';
import { CstNodeBuilder, createLangiumParser, type LangiumCoreServices, type LangiumParser } from 'langium';

/**
 * Langium's parser, in linear time. Two of its methods are quadratic in the number of lines: before the first token of
 * every node, it searches for that node among its siblings, even without hidden tokens to add; and it removes hidden
 * tokens from the front of one long array. No service covers them, so the two methods are replaced here.
 */
export function createTravelParser(services: LangiumCoreServices): LangiumParser {
  const parser = createLangiumParser(services);
  const builder: unknown = Reflect.get(parser, 'nodeBuilder');
  if (!(builder instanceof CstNodeBuilder) || typeof Reflect.get(parser, 'extractHiddenTokens') !== 'function') {
    return parser;
  }
  const add = builder.addHiddenNodes.bind(builder);
  let hidden: readonly IToken[] = [];
  // Tokens before this index are in the tree.
  let next = 0;
  const extractHiddenTokens = ({ startOffset }: IToken): IToken[] => {
    const current: { hidden: IToken[] } = Reflect.get(parser, 'lexerResult');
    if (current.hidden !== hidden) {
      hidden = current.hidden;
      next = 0;
    }
    const first = next;
    while (next < hidden.length && hidden[next]!.startOffset <= startOffset) next++;
    return hidden.slice(first, next);
  };
  Reflect.set(parser, 'extractHiddenTokens', extractHiddenTokens);
  builder.addHiddenNodes = (tokens) => {
    // At the end Langium passes the whole array, assuming that the tokens in the tree were removed from it.
    const missing = tokens === hidden ? tokens.slice(next) : tokens;
    if (missing.length > 0) add(missing);
  };
  return parser;
}
