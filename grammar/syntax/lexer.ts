import { createTokenInstance } from 'chevrotain';
import { DEFAULT_TOKENIZE_OPTIONS, DefaultLexer, type LexerResult, type TokenizeOptions } from 'langium';

/** Adds a newline token to a last line without one, because the grammar requires one after every line. */
export class TravelLexer extends DefaultLexer {
  override tokenize(text: string, options: TokenizeOptions = DEFAULT_TOKENIZE_OPTIONS): LexerResult {
    const result = super.tokenize(text, options);
    const last = result.tokens.at(-1);
    if (options.mode !== 'full' || !last || last.tokenType.name === 'NEWLINE') return result;
    const newline = this.definition.NEWLINE;
    if (!newline) throw new Error('The grammar has no terminal NEWLINE.');
    const { endLine = 1, endColumn = 1 } = last;
    const end = text.length;
    result.tokens.push(createTokenInstance(newline, '', end, end, endLine, endLine, endColumn, endColumn));
    return result;
  }
}
