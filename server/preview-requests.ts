import type { CancellationToken, Connection } from 'vscode-languageserver';
import { rendersFolder } from '../grammar/clip/output-path.ts';
import { DIFFERENCES, DifferencesRequest } from '../protocol/differences.ts';
import { INPUTS, type InputsAnswer, InputsRequest } from '../protocol/inputs.ts';
import {
  FRAME_DETAILS,
  FrameDetailsRequest,
  STEP_WINDOWS,
  StepWindowsRequest,
  TIMELINE,
  TIMELINES_CHANGED,
  type TimelineAnswer,
  TimelineRequest,
} from '../protocol/timeline.ts';
import type { Analysis } from './documents/analysis.ts';
import type { OpenDocuments } from './documents/open-documents.ts';
import type { DiagnosticsFeed } from './features/diagnostics-feed.ts';
import { differencesOf } from './features/differences.ts';
import { frameDetailsOf } from './features/frame-details.ts';
import { stepWindowsOf } from './features/step-windows.ts';
import { timelineOf } from './features/timeline.ts';
import type { ServerHost } from './hosts/server-host.ts';

/** A longer clip has more pictures than anybody looks at. */
const MOST_INPUT_FRAMES = 20_000;

/** Answers the preview's requests from the analysis that hover and diagnostics use: null if a document is not open. */
export function answerPreviewRequests(
  connection: Connection,
  documents: OpenDocuments,
  host: ServerHost,
  feed: DiagnosticsFeed,
): void {
  let hasPreview = false;
  feed.onRefresh(() => {
    if (hasPreview) void connection.sendNotification(TIMELINES_CHANGED);
  });

  /** Until the folders of the settings are known, every file that a document names counts as existing. */
  async function checked<T>(
    uri: string,
    token: CancellationToken,
    answer: (analysis: Analysis) => T | Promise<T>,
  ): Promise<T | null> {
    const isCancelled = () => token.isCancellationRequested;
    const analysis = feed.areFilesKnown
      ? await documents.settled(uri, isCancelled)
      : await documents.checkedAlone(uri, isCancelled);
    return analysis && answer(analysis);
  }

  const outputFolderOf = async ({ uri }: Analysis, isCancelled: () => boolean): Promise<string | null> => {
    const ask = ({ effective, environment }: Analysis) => rendersFolder(effective.settings.output, environment);
    if (!feed.areFilesKnown || !host.hasFiles(uri)) return null;
    return documents.answered(uri, ask, isCancelled);
  };

  connection.onRequest(TIMELINE, (params: unknown, token: CancellationToken): Promise<TimelineAnswer> => {
    hasPreview = true;
    return checked(TimelineRequest.parse(params).uri, token, async (analysis) => ({
      version: analysis.version,
      timeline: timelineOf(analysis),
      outputFolder: await outputFolderOf(analysis, () => token.isCancellationRequested),
    }));
  });
  connection.onRequest(FRAME_DETAILS, (params: unknown, token: CancellationToken) => {
    const { uri, frame } = FrameDetailsRequest.parse(params);
    return checked(uri, token, async (analysis) => frameDetailsOf(analysis, frame, await host.tokenizer()));
  });
  connection.onRequest(STEP_WINDOWS, (params: unknown, token: CancellationToken) => {
    const { uri, step } = StepWindowsRequest.parse(params);
    return checked(uri, token, (analysis) => stepWindowsOf(analysis, step));
  });
  connection.onRequest(INPUTS, async (params: unknown, token: CancellationToken): Promise<InputsAnswer> => {
    const { uri } = InputsRequest.parse(params);
    if (!feed.areFilesKnown || !host.hasFiles(uri)) return null;
    return checked(uri, token, ({ clip }) => (clip.frames > MOST_INPUT_FRAMES ? null : clip.buildInputs()));
  });
  connection.onRequest(DIFFERENCES, (params: unknown, token: CancellationToken) =>
    differencesOf(documents, DifferencesRequest.parse(params), () => token.isCancellationRequested),
  );
}
