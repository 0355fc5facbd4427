import type { IMultiModeLexerDefinition, TokenVocabulary } from 'chevrotain';
import { DefaultTokenBuilder, type GrammarAST, isTokenTypeArray, type TokenBuilderOptions } from 'langium';

/** The tokens of each mode in order of preference. Every mode ends in tokens that take any rest of a line. */
const MODES = {
  body: [
    'MATTER_OPEN',
    'NEWLINE',
    'COMMENT',
    'POSITION',
    'NEG',
    'WS',
    'NETWORK',
    'REFERENCE',
    'WILDCARD',
    'BRACKET',
    'SEPARATOR',
    'KEYWORD',
    'TEXT',
  ],
  matter: ['MATTER_CLOSE', 'MATTER_TEXT'],
  key: ['WS', 'KEY_COLON', 'HOLD', 'TRANSITION'],
} as const;

/**
 * Builds the lexer's three modes. `body` pushes `matter` on the first `---`, and `key` where a key starts; the closing
 * `---` and the key's colon pop, so the stack is never deeper than two.
 */
export class TravelTokenBuilder extends DefaultTokenBuilder {
  override buildTokens(grammar: GrammarAST.Grammar, options?: TokenBuilderOptions): TokenVocabulary {
    const flat = super.buildTokens(grammar, options);
    if (!isTokenTypeArray(flat)) throw new Error('The token builder expects a flat list of tokens from Langium.');
    const named = new Map(flat.map((token) => [token.name, token]));
    const token = (name: string) => {
      const found = named.get(name);
      if (!found) throw new Error(`The grammar has no terminal ${name}, which a lexer mode names.`);
      return found;
    };
    token('MATTER_OPEN').PUSH_MODE = 'matter';
    token('MATTER_CLOSE').POP_MODE = true;
    token('POSITION').PUSH_MODE = 'key';
    token('KEY_COLON').POP_MODE = true;
    return {
      defaultMode: 'body',
      modes: Object.fromEntries(Object.entries(MODES).map(([mode, names]) => [mode, names.map(token)])),
    } satisfies IMultiModeLexerDefinition;
  }
}
