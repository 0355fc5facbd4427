export type SystemError = Error & { readonly code: string; readonly syscall: string };

/** Whether the operating system refused something, such as to open a file. */
export function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && 'code' in error && 'syscall' in error;
}
