/** What is a command of the plugin? Its words, its help, and what it does with a terminal. */
import type { Command as Parser } from 'commander';
import type { ExitCode } from '../exit-codes.ts';

/** Where a command speaks: data to `out`, everything else to `say`. */
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
  run(asked: Asked, terminal: Terminal): Promise<ExitCode>;
}

export interface Asked {
  readonly arguments: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
}

/** A failure that a person can do something about; the message says what. */
export class CannotTell extends Error {}

/** A call that means nothing: an option without its companion, two that exclude each other. */
export class UsageError extends Error {}
