import {
  type CancellationToken,
  CompletionTriggerKind,
  type Connection,
  LSPErrorCodes,
  ResponseError,
  type ServerCapabilities,
  TextDocumentSyncKind,
} from 'vscode-languageserver';
import { a1111Prompt } from '../grammar/export/a1111-prompt.ts';
import {
  A1111_PROMPT,
  A1111PromptRequest,
  CONVERT_SCHEDULE,
  ConvertScheduleRequest,
} from '../protocol/language-server.ts';
import type { Analysis } from './documents/analysis.ts';
import type { OpenDocuments } from './documents/open-documents.ts';
import { CODE_ACTION_KINDS, codeActionsOf } from './features/code-actions.ts';
import { codeLensesOf } from './features/code-lenses.ts';
import { completionOf, TRIGGER_CHARACTERS } from './features/completion/completion.ts';
import { foldingRangesOf } from './features/folding.ts';
import { formattingOf } from './features/formatting.ts';
import { hoverOf } from './features/hover.ts';
import { inlayHintsOf } from './features/inlay-hints.ts';
import { linksOf } from './features/links.ts';
import { definitionOf, referencesOf, renameRangeAt, renamingOf, samePlaces } from './features/names.ts';
import { pastedKeyframes } from './features/paste.ts';
import { plainCompletion, plainHover } from './features/plain-text.ts';
import { selectionRangeAt } from './features/selection-ranges.ts';
import { findTokensSliced, SEMANTIC_TOKENS_LEGEND, semanticTokensOf } from './features/semantic-tokens.ts';
import { symbolsOf } from './features/symbols.ts';
import type { ServerHost } from './hosts/server-host.ts';
import { runSliced } from './time-slices.ts';

export const CAPABILITIES: ServerCapabilities = {
  textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
  diagnosticProvider: { interFileDependencies: true, workspaceDiagnostics: false },
  codeActionProvider: { codeActionKinds: [...CODE_ACTION_KINDS] },
  codeLensProvider: {},
  completionProvider: { triggerCharacters: [...TRIGGER_CHARACTERS] },
  definitionProvider: true,
  documentFormattingProvider: true,
  documentHighlightProvider: true,
  documentLinkProvider: {},
  documentSymbolProvider: true,
  foldingRangeProvider: true,
  hoverProvider: true,
  inlayHintProvider: true,
  referencesProvider: true,
  renameProvider: { prepareProvider: true },
  selectionRangeProvider: true,
  semanticTokensProvider: { legend: SEMANTIC_TOKENS_LEGEND, full: true, range: true },
};

export interface RequestsClient {
  /** Those that it carries out. */
  readonly commands: ReadonlySet<string>;
  /** Where the page for each code of a problem is, for a client that links to it; else null. */
  readonly pages: string | null;
  /** Whether it shows Markdown as such. */
  readonly markdown: boolean;
}

/** Answers requests about documents. Those that need the files a document names wait for them; none blocks another. */
export function answerRequests(
  connection: Connection,
  documents: OpenDocuments,
  host: ServerHost,
  client: () => RequestsClient,
): void {
  // From the text alone, as it is parsed, or with all that is known of the files it names. A document that is not open,
  // or a request that is cancelled, has no answer.
  const now = <R>(uri: string, answer: (analysis: Analysis) => R): R | null => {
    const analysis = documents.analysis(uri);
    return analysis && answer(analysis);
  };
  const parsed = async <R>(uri: string, token: CancellationToken, answer: (analysis: Analysis) => R | Promise<R>) => {
    const analysis = await documents.parsed(uri, () => token.isCancellationRequested);
    return analysis && (await answer(analysis));
  };
  const settled = async <R>(uri: string, token: CancellationToken, answer: (analysis: Analysis) => R | Promise<R>) => {
    const analysis = await documents.settled(uri, () => token.isCancellationRequested);
    return analysis && (await answer(analysis));
  };

  connection.onCodeAction(({ textDocument: { uri }, range, context: { only } }, token) =>
    settled(uri, token, (analysis) => codeActionsOf(analysis, range, only, client().pages)),
  );
  connection.onCodeLens(({ textDocument: { uri } }, token) =>
    parsed(uri, token, (analysis) => codeLensesOf(analysis, client().commands)),
  );
  connection.onCompletion(({ textDocument: { uri }, position, context }) => {
    const typed = context?.triggerKind === CompletionTriggerKind.TriggerCharacter;
    return now(uri, async (analysis) => {
      const list = await completionOf(analysis, position, host, { typed });
      return client().markdown ? list : plainCompletion(list);
    });
  });
  connection.onDefinition(({ textDocument: { uri }, position }, token) =>
    settled(uri, token, (analysis) => definitionOf(analysis, position, (path) => host.fileUri(path))),
  );
  connection.onDocumentFormatting(({ textDocument: { uri } }, token) => parsed(uri, token, formattingOf));
  connection.onDocumentHighlight(({ textDocument: { uri }, position }, token) =>
    parsed(uri, token, (analysis) =>
      samePlaces(analysis, position).map(({ span }) => ({ range: analysis.rangeOf(span) })),
    ),
  );
  connection.onDocumentLinks(({ textDocument: { uri } }, token) =>
    settled(uri, token, (analysis) => linksOf(analysis, host)),
  );
  connection.onDocumentSymbol(({ textDocument: { uri } }, token) => parsed(uri, token, symbolsOf));
  connection.onFoldingRanges(({ textDocument: { uri } }, token) => parsed(uri, token, foldingRangesOf));
  connection.onHover(({ textDocument: { uri }, position }, token) =>
    settled(uri, token, async (analysis) => {
      const hover = await hoverOf(analysis, position, host);
      return hover && !client().markdown ? plainHover(hover) : hover;
    }),
  );
  connection.languages.inlayHint.on(({ textDocument: { uri }, range }, token) =>
    parsed(uri, token, (analysis) => inlayHintsOf(analysis, range)),
  );
  connection.onReferences(({ textDocument: { uri }, position, context }, token) =>
    parsed(uri, token, (analysis) => referencesOf(analysis, position, context.includeDeclaration)),
  );
  connection.onPrepareRename(({ textDocument: { uri }, position }, token) =>
    parsed(uri, token, (analysis) => renameRangeAt(analysis, position)),
  );
  connection.onRenameRequest(({ textDocument: { uri }, position, newName }, token) =>
    parsed(uri, token, (analysis) => {
      const renaming = renamingOf(analysis, position, newName);
      return renaming.ok ? renaming.edit : new ResponseError<void>(LSPErrorCodes.RequestFailed, renaming.reason);
    }),
  );
  connection.onSelectionRanges(({ textDocument: { uri }, positions }, token) =>
    parsed(uri, token, (analysis) => positions.map((position) => selectionRangeAt(analysis, position))),
  );
  connection.languages.semanticTokens.on(
    async ({ textDocument: { uri } }, token) =>
      (await parsed(uri, token, (analysis) =>
        runSliced(findTokensSliced(analysis), () => !token.isCancellationRequested),
      )) ?? {
        data: [],
      },
  );
  connection.languages.semanticTokens.onRange(
    async ({ textDocument: { uri }, range }, token) =>
      (await parsed(uri, token, (analysis) => semanticTokensOf(analysis, range))) ?? { data: [] },
  );
  connection.onRequest(CONVERT_SCHEDULE, async (params: unknown, token: CancellationToken) => {
    const { uri, position, text } = ConvertScheduleRequest.parse(params);
    return { text: await parsed(uri, token, (analysis) => pastedKeyframes(analysis, position, text)) };
  });
  connection.onRequest(A1111_PROMPT, (params: unknown, token: CancellationToken) =>
    parsed(A1111PromptRequest.parse(params).uri, token, ({ document, effective }) =>
      a1111Prompt(document, effective.settings),
    ),
  );
}
