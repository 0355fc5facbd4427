import { CstNodeBuilder, createLangiumParser, type LangiumCoreServices, type LangiumParser } from 'langium';

/**
 * Langium's parser, in linear time. Before the first token of every node it looks for that node among its siblings,
 * from the first on, in order to add hidden tokens, even where there are none; in a file of many lines that is
 * quadratic.
 */
export function createTravelParser(services: LangiumCoreServices): LangiumParser {
  const parser = createLangiumParser(services);
  const builder: unknown = Reflect.get(parser, 'nodeBuilder');
  if (builder instanceof CstNodeBuilder) {
    const add = builder.addHiddenNodes.bind(builder);
    builder.addHiddenNodes = (tokens) => {
      if (tokens.length > 0) add(tokens);
    };
  }
  return parser;
}
