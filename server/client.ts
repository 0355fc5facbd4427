import { type InitializeParams, MarkupKind } from 'vscode-languageserver';
import { z } from 'zod';
import { InitializationOptions } from './configuration.ts';

/** What the client can do, from what it sent with `initialize`. */
export interface Client {
  readonly options: InitializationOptions;
  /** Requests diagnostics (pull); otherwise they are sent to it (push). */
  readonly pullsDiagnostics: boolean;
  /** Requests diagnostics again when it is asked to; otherwise after its next change. */
  readonly refreshesDiagnostics: boolean;
  /** Shows the link from a diagnostic's code to its documentation. */
  readonly linksCodes: boolean;
  readonly showsMarkdown: boolean;
  /** Answers `workspace/configuration`. */
  readonly sendsConfiguration: boolean;
  readonly registersConfiguration: boolean;
  readonly watchesFiles: boolean;
  /** Watches in folders outside of the workspace, too. */
  readonly relativePatterns: boolean;
}

/** Helix, and others that use the same library to describe themselves, omit an `s`. */
const Misspelled = z.object({ diagnostic: z.object({ refreshSupport: z.boolean().optional() }).optional() }).catch({});

export function clientOf({ capabilities, initializationOptions }: InitializeParams): Client {
  const { textDocument, workspace } = capabilities;
  return {
    // Editors may send options of their own, which have another shape.
    options: InitializationOptions.safeParse(initializationOptions ?? {}).data ?? InitializationOptions.parse({}),
    pullsDiagnostics: textDocument?.diagnostic !== undefined,
    refreshesDiagnostics: (workspace?.diagnostics ?? Misspelled.parse(workspace).diagnostic)?.refreshSupport ?? false,
    linksCodes: textDocument?.publishDiagnostics?.codeDescriptionSupport ?? false,
    // Only hover's capability is read: Helix and Emacs do not set completion's.
    showsMarkdown: textDocument?.hover?.contentFormat?.includes(MarkupKind.Markdown) ?? true,
    sendsConfiguration: workspace?.configuration ?? false,
    registersConfiguration: workspace?.didChangeConfiguration?.dynamicRegistration ?? false,
    watchesFiles: workspace?.didChangeWatchedFiles?.dynamicRegistration ?? false,
    relativePatterns: workspace?.didChangeWatchedFiles?.relativePatternSupport ?? false,
  };
}

/** The client before `initialize`: nothing is known of it. */
export const UNKNOWN_CLIENT: Client = clientOf({ capabilities: {}, processId: null, rootUri: null });
