/** Exit codes of `travel`. */
export const EXIT = {
  done: 0,
  /** A file has errors and cannot be rendered. */
  fileHasErrors: 1,
  wrongUsage: 2,
  /** The work failed for a reason outside the file. */
  renderFailed: 3,
  /** With `--locked`: a file differs from its lock, or has none that can be read. */
  differsFromLock: 4,
  /** 128 + SIGINT, as in shells. */
  cancelled: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A file can be opened, but is not a `.travel` file. The message says what it is and what to do. */
export class NotTextError extends Error {
  override readonly name = 'NotTextError';
  /** The file as the user wrote it. */
  readonly shown: string;

  constructor(shown: string, message: string) {
    super(message);
    this.shown = shown;
  }
}

/** The command line is wrong. The message says what to write instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
