import type { TravelDocument } from './document.ts';
import { createTravelServices } from './services.ts';
import { readDocument } from './syntax/read-document.ts';

let parser: ReturnType<typeof createTravelServices>['travel']['parser']['LangiumParser'] | null = null;

/** Parses a `.travel` file. Every text gives a document, in time linear in its length; nothing is thrown. */
export function parseTravel(text: string): TravelDocument {
  // Building the parser takes longer than most files; one serves all.
  parser ??= createTravelServices().travel.parser.LangiumParser;
  return readDocument(parser, text);
}
