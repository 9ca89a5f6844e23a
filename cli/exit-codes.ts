/** What does the exit code of a command say? The same for all of them, so that scripts can tell. */
export const exitCodes = {
  good: 0,
  /** Looked at and found wrong: a changed log, a matrix that must not be. */
  bad: 1,
  /** What is there agrees, but something is missing. */
  incomplete: 2,
  /** Could not look: no such file, no connection, no right. */
  cannotTell: 3,
  /** Called in a way that means nothing. */
  usage: 4,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
