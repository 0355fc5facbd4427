/** Values of VS Code's API that do nothing themselves. */
import { URI, Utils } from 'vscode-uri';

export const Uri = Object.assign(URI, Utils);

type Listener<T> = (value: T) => void;

export class EventEmitter<T> {
  readonly #listeners = new Set<Listener<T>>();
  readonly event = (listener: Listener<T>) => {
    this.#listeners.add(listener);
    return new Disposable(() => this.#listeners.delete(listener));
  };
  fire(value: T): void {
    for (const listener of [...this.#listeners]) listener(value);
  }
  dispose(): void {
    this.#listeners.clear();
  }
}

export class Disposable {
  readonly dispose: () => void;
  constructor(dispose: () => void) {
    this.dispose = dispose;
  }
}

export class RelativePattern {
  readonly base: URI;
  readonly pattern: string;
  constructor(base: URI, pattern: string) {
    this.base = base;
    this.pattern = pattern;
  }
}

export class FileSystemError extends Error {
  static FileNotFound(uri: URI): FileSystemError {
    return new FileSystemError(`not found: ${uri}`);
  }
  static NoPermissions(uri: URI): FileSystemError {
    return new FileSystemError(`no permissions: ${uri}`);
  }
}

export class Position {
  readonly line: number;
  readonly character: number;
  constructor(line: number, character: number) {
    this.line = line;
    this.character = character;
  }
}

export class Range {
  readonly start: Position;
  readonly end: Position;
  constructor(...at: [Position, Position] | [number, number, number, number]) {
    const [a, b, c, d] = at;
    this.start = a instanceof Position ? a : new Position(a, b as number);
    this.end = b instanceof Position ? b : new Position(c!, d!);
  }
}

export class Selection extends Range {
  readonly active: Position;
  constructor(anchor: Position, active: Position) {
    super(anchor, active);
    this.active = active;
  }
}

export class MarkdownString {
  value = '';
  isTrusted: unknown;
  appendText(text: string): void {
    this.value += text;
  }
  appendMarkdown(text: string): void {
    this.value += text;
  }
}

export class TabInputText {
  readonly uri: URI;
  constructor(uri: URI) {
    this.uri = uri;
  }
}

export const StatusBarAlignment = { Left: 1 };

export const ViewColumn = { Beside: -2, One: 1 };

export const TextEditorRevealType = { InCenterIfOutsideViewport: 2 };

export const ProgressLocation = { Window: 10, Notification: 15 };

export const FileType = { File: 1, Directory: 2 };
