import { type ServerCapabilities, TextDocumentSyncKind } from 'vscode-languageserver';
import { CODE_ACTION_KINDS } from './features/code-actions.ts';
import { TRIGGER_CHARACTERS } from './features/completion/completion.ts';
import { SEMANTIC_TOKENS_LEGEND } from './features/semantic-tokens.ts';

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
