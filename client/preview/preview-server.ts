import type { Disposable, TextDocument } from 'vscode';
import { type BaseLanguageClient, State } from 'vscode-languageclient';
import {
  DIFFERENCES,
  type Differences,
  DifferencesAnswer,
  type DifferencesRequest,
} from '../../protocol/differences.ts';
import { INPUTS, InputsAnswer, type InputsRequest } from '../../protocol/inputs.ts';
import { PLAN, PlanAnswer, type PlanRequest, type RenderWhat } from '../../protocol/plan-request.ts';
import {
  FRAME_DETAILS,
  FrameDetailsAnswer,
  type FrameDetailsRequest,
  KEYFRAME_EDIT,
  type KeyframeEdit,
  KeyframeEditAnswer,
  type KeyframeEditRequest,
  STEP_WINDOWS,
  StepWindowsAnswer,
  type StepWindowsRequest,
  TIMELINE,
  TIMELINES_CHANGED,
  TimelineAnswer,
  type TimelineRequest,
} from '../../protocol/timeline.ts';
import { withFileSource } from '../source-text.ts';

/** What the preview asks of the language server. Every answer is checked; a request rejects if there is no server. */
export class PreviewServer {
  readonly #client: BaseLanguageClient;

  constructor(client: BaseLanguageClient) {
    this.#client = client;
  }

  /** Whether requests are answered. */
  get isRunning(): boolean {
    return this.#client.state === State.Running;
  }

  /** @param listener called when the server is running again, or no longer; and when files or seeds have changed */
  onChange(listener: () => void): Disposable {
    const subscriptions = [
      this.#client.onDidChangeState(listener),
      this.#client.onNotification(TIMELINES_CHANGED, listener),
    ];
    return {
      dispose: () => {
        for (const each of subscriptions) each.dispose();
      },
    };
  }

  async timeline(document: TextDocument): Promise<TimelineAnswer> {
    const request: TimelineRequest = { uri: this.#uriOf(document) };
    return TimelineAnswer.parse(await this.#client.sendRequest(TIMELINE, request));
  }

  /** What guides the clip; null: nothing does, or files are not read. */
  async inputs(document: TextDocument): Promise<InputsAnswer> {
    const request: InputsRequest = { uri: this.#uriOf(document) };
    return InputsAnswer.parse(await this.#client.sendRequest(INPUTS, request));
  }

  async frameDetails(document: TextDocument, frame: number): Promise<FrameDetailsAnswer> {
    const request: FrameDetailsRequest = { uri: this.#uriOf(document), frame };
    return FrameDetailsAnswer.parse(await this.#client.sendRequest(FRAME_DETAILS, request));
  }

  async stepWindows(document: TextDocument, step: number): Promise<StepWindowsAnswer> {
    const request: StepWindowsRequest = { uri: this.#uriOf(document), step };
    return StepWindowsAnswer.parse(await this.#client.sendRequest(STEP_WINDOWS, request));
  }

  /** How a document differs from other versions of it, in their order; empty if it is closed meanwhile. */
  async differences(document: TextDocument, versions: DifferencesRequest['versions']): Promise<readonly Differences[]> {
    const request: DifferencesRequest = { uri: this.#uriOf(document), versions };
    return DifferencesAnswer.parse(await this.#client.sendRequest(DIFFERENCES, request)) ?? [];
  }

  async keyframeEdit(document: TextDocument, version: number, edit: KeyframeEdit): Promise<KeyframeEditAnswer> {
    const request: KeyframeEditRequest = { uri: this.#uriOf(document), version, edit };
    return KeyframeEditAnswer.parse(await this.#client.sendRequest(KEYFRAME_EDIT, request));
  }

  /** The plan of a document as it is now. */
  async plan(document: TextDocument, what: RenderWhat): Promise<PlanAnswer> {
    const request: PlanRequest = { uri: this.#uriOf(document), version: document.version, what };
    return withFileSource(document, what, PlanAnswer.parse(await this.#client.sendRequest(PLAN, request)));
  }

  #uriOf({ uri }: TextDocument): string {
    return this.#client.code2ProtocolConverter.asUri(uri);
  }
}
