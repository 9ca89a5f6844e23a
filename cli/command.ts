/** The form of a command of the plugin: its words, its help, what it does with a terminal, and its exit codes. */
import type { Command as Parser } from 'commander';

/** The exit codes, the same for all commands, so that scripts can tell them apart. */
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

/** Where a command writes: data to `out`, everything else to `say`. */
export interface Terminal {
  /** Writes data to stdout; resolves when more may be written. */
  out(text: string): Promise<void>;
  /** Writes one line for people to stderr. */
  say(line: string): void;
  /** Everything on stdin, as text. */
  readStdin(): Promise<string>;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface Command {
  /** The words after `kubectl support-access`. */
  readonly words: readonly string[];
  /** One line in the list of commands. */
  readonly summary: string;
  /** Adds arguments, options and help to the parser. */
  configure(parser: Parser): void;
  /** Does it. Options and arguments come as the parser read them. */
  run(input: CommandInput, terminal: Terminal): Promise<ExitCode>;
}

/** What was typed, as the parser read it. */
export interface CommandInput {
  readonly arguments: readonly string[];
  /** The text of an option, or undefined when it was not given and has no default. Throws for one that was not declared. */
  option(name: string): string | undefined;
}

/** A failure that the caller can do something about; the message says what. */
export class CannotTell extends Error {}

/** A call that means nothing: an option without its companion, two that exclude each other. */
export class UsageError extends Error {}
