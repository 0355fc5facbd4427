import {
  createDefaultCoreModule,
  createDefaultSharedCoreModule,
  EmptyFileSystem,
  inject,
  type LangiumCoreServices,
  type LangiumSharedCoreServices,
  type Module,
  type PartialLangiumCoreServices,
} from 'langium';
import { TravelGeneratedModule, TravelGeneratedSharedModule } from './generated/module.ts';
import { TravelLexer } from './lexer.ts';
import { createTravelParser } from './parser.ts';
import { TravelTokenBuilder } from './token-builder.ts';

/** The language's additions to Langium's core services. */
export const TravelModule: Module<LangiumCoreServices, PartialLangiumCoreServices> = {
  parser: {
    Lexer: (services) => new TravelLexer(services),
    LangiumParser: (services) => createTravelParser(services),
    TokenBuilder: () => new TravelTokenBuilder(),
  },
};

/** Langium's services for `.travel` files, without a server, a file system or Node. */
export function createTravelServices(): { shared: LangiumSharedCoreServices; travel: LangiumCoreServices } {
  const shared = inject(createDefaultSharedCoreModule(EmptyFileSystem), TravelGeneratedSharedModule);
  const travel = inject(createDefaultCoreModule({ shared }), TravelGeneratedModule, TravelModule);
  shared.ServiceRegistry.register(travel);
  return { shared, travel };
}
