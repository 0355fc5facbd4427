/** What `travel` says to scripts. */
export const EXIT = {
  done: 0,
  /** A file has errors that keep it from being rendered. */
  fileHasErrors: 1,
  wrongUsage: 2,
  /** The work failed for a reason that is not in the file. */
  renderFailed: 3,
  /** 128 + SIGINT, as shells have it. */
  cancelled: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The command cannot be carried out as it was written. The message says what to write instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
