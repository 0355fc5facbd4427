import {
  type CancellationToken,
  CompletionTriggerKind,
  type Connection,
  LSPErrorCodes,
  type Position,
  ResponseError,
} from 'vscode-languageserver';
import {
  A1111_PROMPT,
  A1111PromptRequest,
  CONVERT_SCHEDULE,
  type ConvertScheduleAnswer,
  ConvertScheduleRequest,
  EXPORT,
  type ExportAnswer,
  ExportRequest,
  IMPORT,
  type ImportAnswer,
  ImportRequest,
  NAME_INPUT,
  type NameInputAnswer,
  NameInputRequest,
} from '../protocol/language-server.ts';
import {
  LOCK_SEED,
  type LockSeedAnswer,
  LockSeedRequest,
  PLAN,
  type PlanAnswer,
  PlanRequest,
  ROLL_SEED,
  type RollSeedAnswer,
  RollSeedRequest,
  SELECTED_FRAMES,
  type SelectedFramesAnswer,
  SelectedFramesRequest,
} from '../protocol/plan-request.ts';
import {
  KEYFRAME_EDIT,
  KEYFRAME_ON_LINE,
  type KeyframeEditAnswer,
  KeyframeEditRequest,
  KeyframeOnLineRequest,
} from '../protocol/timeline.ts';
import type { Analysis } from './documents/analysis.ts';
import { linkedFiles } from './documents/linked-files.ts';
import type { OpenDocuments } from './documents/open-documents.ts';
import { codeActionsOf } from './features/code-actions.ts';
import { codeLensesOf, RENDER } from './features/code-lenses.ts';
import { completionOf, SUGGEST_COMMAND } from './features/completion/completion.ts';
import { convertScheduleOf } from './features/convert-schedule.ts';
import { a1111PromptOf } from './features/copy-prompt.ts';
import { definitionOf } from './features/definition.ts';
import type { DiagnosticsFeed } from './features/diagnostics-feed.ts';
import { documentHighlightsOf } from './features/document-highlights.ts';
import { documentLinksOf } from './features/document-links.ts';
import { documentSymbolsOf } from './features/document-symbols.ts';
import { estimateOf } from './features/estimate.ts';
import { exportOf, importOf } from './features/exchange.ts';
import { foldingRangesOf } from './features/folding-ranges.ts';
import { formattingOf } from './features/formatting.ts';
import { hoverOf } from './features/hover.ts';
import { inlayHintsOf } from './features/inlay-hints.ts';
import { keyframeEditOf, keyframeOnLineOf } from './features/keyframe-edit.ts';
import { lockSeedOf } from './features/lock-seed.ts';
import { plainCompletion, plainHover } from './features/markdown-to-plain-text.ts';
import { nameInputOf } from './features/name-input.ts';
import { nameAt } from './features/names.ts';
import { planOf } from './features/plan.ts';
import { referencesOf } from './features/references.ts';
import { reasonAgainst, renameOf, renameRangeOf } from './features/rename.ts';
import { rollSeedOf } from './features/roll-seed.ts';
import { selectedFramesOf } from './features/selected-frames.ts';
import { selectionRangeAt } from './features/selection-ranges.ts';
import { findTokensSliced, semanticTokensOf } from './features/semantic-tokens.ts';
import type { ServerHost } from './hosts/server-host.ts';
import { runSliced } from './time-slices.ts';

export interface RequestsClient {
  /** The commands that it can run. */
  readonly commands: ReadonlySet<string>;
  /** URI of the folder with a page for each diagnostic code, if the client links to it; else null. */
  readonly pages: string | null;
  readonly showsMarkdown: boolean;
}

interface DocumentParams {
  readonly textDocument: { readonly uri: string };
}

type Answer<P, R> = (analysis: Analysis, params: P, token: CancellationToken) => R | Promise<R>;
type Handler<P, R> = (params: P, token: CancellationToken) => Promise<R | null>;

/**
 * Answers requests about documents: null if the document is not open or the request is canceled. Requests that need the
 * files that a document names wait for them; none blocks another.
 */
export function answerRequests(
  connection: Connection,
  documents: OpenDocuments,
  host: ServerHost,
  feed: DiagnosticsFeed,
  client: () => RequestsClient,
): void {
  const from =
    (analysisOf: (uri: string, isCancelled: () => boolean) => Promise<Analysis | null>) =>
    <P extends DocumentParams, R>(answer: Answer<P, R>): Handler<P, R> =>
    async (params, token) => {
      const analysis = await analysisOf(params.textDocument.uri, () => token.isCancellationRequested);
      return analysis && answer(analysis, params, token);
    };
  const text = from(async (uri) => documents.analysis(uri));
  const parsed = from((uri, isCancelled) => documents.parsed(uri, isCancelled));
  /** Checked, with every file that the document names looked up. */
  const settled = from((uri, isCancelled) => documents.settled(uri, isCancelled));
  /** Parsed, with the settings of the files that the document extends. */
  const inherited = from(async (uri, isCancelled) => {
    const analysis = await documents.parsed(uri, isCancelled);
    return analysis?.effective.spans.has('extends') ? documents.settled(uri, isCancelled) : analysis;
  });

  connection.languages.diagnostics.on(({ textDocument, previousResultId }, token) =>
    feed.pull(textDocument.uri, previousResultId, token),
  );
  connection.onCodeAction(
    settled((analysis, { range, context }) => codeActionsOf(analysis, range, context.only, client())),
  );
  connection.onCodeLens(async ({ textDocument: { uri } }, token) => {
    const { commands } = client();
    const times = commands.has(RENDER) ? ((await host.renderTimes?.()) ?? []) : null;
    const lenses = (analysis: Analysis) =>
      codeLensesOf(analysis, commands, times ? estimateOf(analysis, times) : undefined);
    return documents.answered(uri, lenses, () => token.isCancellationRequested);
  });
  connection.onCompletion(
    text(async (analysis, { position, context }) => {
      const typed = context?.triggerKind === CompletionTriggerKind.TriggerCharacter;
      const opensNext = client().commands.has(SUGGEST_COMMAND);
      const list = await completionOf(analysis, position, host, { typed, opensNext });
      return client().showsMarkdown ? list : plainCompletion(list);
    }),
  );
  connection.onDefinition(
    settled((analysis, { position }) => definitionOf(analysis, position, (path) => host.fileUri(path))),
  );
  connection.onDocumentFormatting(settled(formattingOf));
  connection.onDocumentHighlight(parsed((analysis, { position }) => documentHighlightsOf(analysis, position)));
  connection.onDocumentLinks(settled((analysis) => documentLinksOf(analysis, host)));
  connection.onDocumentSymbol(parsed(documentSymbolsOf));
  connection.onFoldingRanges(parsed(foldingRangesOf));
  connection.onHover(
    settled(async (analysis, { position }) => {
      const hover = await hoverOf(analysis, position, host);
      return hover && !client().showsMarkdown ? plainHover(hover) : hover;
    }),
  );
  connection.languages.inlayHint.on(parsed((analysis, { range }) => inlayHintsOf(analysis, range)));
  /** The files that share the name at a position; null if the host cannot list files. */
  const linked = async (analysis: Analysis, position: Position) => {
    const name = nameAt(analysis, position)?.name;
    return name === undefined || !host.travelFiles
      ? null
      : linkedFiles(analysis.uri, name, documents.texts, host.travelFiles);
  };
  connection.onReferences(
    inherited(async (analysis, { position, context }) =>
      referencesOf(analysis, position, context.includeDeclaration, (await linked(analysis, position))?.files),
    ),
  );
  connection.onPrepareRename(
    inherited((analysis, { position }) => renameRangeOf(analysis, position, host.travelFiles !== undefined)),
  );
  connection.onRenameRequest(
    inherited(async (analysis, { position, newName }) => {
      const rename = renameOf(analysis, position, newName, await linked(analysis, position));
      const reason = !rename.ok
        ? rename.reason
        : host.travelFiles && (await reasonAgainst(rename.edit, documents.uris, host.travelFiles));
      return rename.ok && !reason ? rename.edit : new ResponseError<void>(LSPErrorCodes.RequestFailed, reason ?? '');
    }),
  );
  connection.onSelectionRanges(
    parsed((analysis, { positions }) => positions.map((position) => selectionRangeAt(analysis, position))),
  );
  connection.languages.semanticTokens.on(
    inherited((analysis, _, token) => runSliced(findTokensSliced(analysis), () => !token.isCancellationRequested)),
  );
  connection.languages.semanticTokens.onRange(inherited((analysis, { range }) => semanticTokensOf(analysis, range)));
  connection.onRequest<PlanAnswer, void>(PLAN, (params: unknown, token: CancellationToken) =>
    planOf(documents, host, PlanRequest.parse(params), () => token.isCancellationRequested),
  );
  connection.onRequest<RollSeedAnswer, void>(ROLL_SEED, async (params: unknown) => {
    const answer = await rollSeedOf(documents, RollSeedRequest.parse(params));
    if (answer.kind === 'rolled') await feed.refresh();
    return answer;
  });
  connection.onRequest<LockSeedAnswer, void>(LOCK_SEED, (params: unknown, token: CancellationToken) =>
    lockSeedOf(documents, LockSeedRequest.parse(params), () => token.isCancellationRequested),
  );
  connection.onRequest<SelectedFramesAnswer, void>(SELECTED_FRAMES, (params: unknown, token: CancellationToken) => {
    const { uri, selection } = SelectedFramesRequest.parse(params);
    const isCancelled = () => token.isCancellationRequested;
    return documents.answered(uri, (analysis) => selectedFramesOf(analysis, selection), isCancelled);
  });
  connection.onRequest<KeyframeEditAnswer, void>(KEYFRAME_EDIT, (params: unknown, token: CancellationToken) =>
    keyframeEditOf(documents, KeyframeEditRequest.parse(params), () => token.isCancellationRequested),
  );
  connection.onRequest(KEYFRAME_ON_LINE, (params: unknown, token: CancellationToken) => {
    const { uri, line } = KeyframeOnLineRequest.parse(params);
    const find = inherited((analysis) => keyframeOnLineOf(analysis, line));
    return find({ textDocument: { uri } }, token);
  });
  connection.onRequest<ConvertScheduleAnswer, void>(
    CONVERT_SCHEDULE,
    async (params: unknown, token: CancellationToken) => {
      const { uri, position, text } = ConvertScheduleRequest.parse(params);
      const convert = parsed((analysis) => convertScheduleOf(analysis, position, text));
      return (await convert({ textDocument: { uri } }, token)) ?? { text: null, settings: null, notes: [] };
    },
  );
  connection.onRequest<NameInputAnswer, void>(NAME_INPUT, (params: unknown, token: CancellationToken) => {
    const { uri, position, path, kind } = NameInputRequest.parse(params);
    const find = parsed((analysis) => nameInputOf(analysis, position, path, kind));
    return find({ textDocument: { uri } }, token);
  });
  connection.onRequest(A1111_PROMPT, (params: unknown, token: CancellationToken) => {
    const { uri } = A1111PromptRequest.parse(params);
    const convert = settled(a1111PromptOf);
    return convert({ textDocument: { uri } }, token);
  });
  connection.onRequest<ImportAnswer, void>(IMPORT, (params: unknown) => importOf(ImportRequest.parse(params)));
  connection.onRequest<ExportAnswer | null, void>(EXPORT, (params: unknown, token: CancellationToken) => {
    const { uri, ...how } = ExportRequest.parse(params);
    const convert = settled((analysis) => exportOf(analysis, how));
    return convert({ textDocument: { uri } }, token);
  });
}
