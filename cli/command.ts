/** The form of a command of the plugin: its words, its help, what it does with a terminal, and its exit codes. */
import type { Command as Parser } from 'commander';

/** The exit codes, the same for all commands, so that scripts can tell them apart. */
export const exitCodes = {
  good: 0,
  /** Looked at and found wrong: a changed log, a matrix that must not be, a change that a rule refuses. */
  bad: 1,
  /** What is there agrees, but something is missing; what was written, or may have been, was not seen in force. */
  incomplete: 2,
  /** Could not look: no such file or object, no connection, no right. */
  cannotTell: 3,
  /** Called in a way that means nothing, or a question came up and no one could be asked. */
  usage: 4,
  /** The person said No. Nothing was written. */
  declined: 5,
  /** Ctrl-C. What was written until then has been said. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** What each exit code means, in a sentence for the documentation. */
export const exitCodeMeanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  good: 'done, or nothing was to be done; yes (`can-i`)',
  bad: 'looked at and found wrong, or refused by a rule; no (`can-i`); nothing was written',
  incomplete: 'written, or perhaps written, but not seen in force; or something is missing from the records',
  cannotTell: 'could not read everything that is needed: no such object or file, no connection, no right',
  usage: 'wrong arguments, or a question came up and there is no terminal to ask at',
  declined: 'answered No; nothing was written',
  interrupted: 'Ctrl-C; what had been written was said',
};

/** Where a command writes, and whom it may ask: data to `out`, everything else to `say`. */
export interface Terminal {
  /** Writes data to stdout; resolves when more may be written. Rejects where it cannot be, but for a reader who is gone. */
  out(text: string): Promise<void>;
  /** Whether the reader of stdout is gone: what only prints may end then. */
  readonly isClosed?: (() => boolean) | undefined;
  /** Writes one line for people to stderr. */
  say(line: string): void;
  /** Everything on stdin, as text. */
  readStdin(): Promise<string>;
  /** Asks the person at the terminal and returns the answer; undefined where there is no terminal to ask at. */
  readonly ask?: ((question: string) => Promise<string>) | undefined;
  /** How wide stdout is; undefined where it is no terminal, or does not say. */
  readonly columns?: number | undefined;
  /** Whether stderr is a terminal that shows colours, and may. */
  readonly colours?: boolean | undefined;
  /** Whether a person looks on: stderr is a terminal. */
  readonly isWatched?: boolean | undefined;
  /** How the frame says that a command still works; undefined where no one looks on. */
  readonly progress?: Progress | undefined;
  /** Set where no one looks on, as while a shell completes: programs for credentials may not use the terminal, and end with it. */
  readonly unattended?: AbortSignal | undefined;
  /** Aborted by Ctrl-C. */
  readonly interrupted?: AbortSignal | undefined;
  /** The caller's clock, epoch milliseconds. */
  readonly now: () => number;
  /** The caller's time zone, as the IANA names it. */
  readonly zone: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** What takes longer than a second is told at a terminal. */
export interface Progress {
  /** What is waited for, "until the operator has closed it": told in place of the command's name. */
  readonly waiting: <T>(what: string, wait: () => Promise<T>) => Promise<T>;
  /** While another program, or a question, has the terminal nothing is told. */
  readonly pausing: <T>(act: () => Promise<T>) => Promise<T>;
}

/** How a command can print what it found or wrote. */
export type OutputFormat = 'json' | 'yaml' | 'name' | 'wide';

/** In which forms each command that changes something prints what it wrote. */
export const writtenFormats: readonly OutputFormat[] = ['json', 'yaml', 'name', 'wide'];

/** Kinds of things whose names shells complete. */
export type Named = 'grants' | 'people' | 'applications' | 'matrices' | 'namespaces';

/** Which words of a call are names of what is in the cluster. */
export interface NamesInCall {
  /** Of each argument in turn; where it depends on the argument before it, by that. */
  readonly arguments?: readonly (Named | Readonly<Record<string, Named>> | undefined)[];
  /** Of options, by their names in `CommandInput`. */
  readonly options?: Readonly<Record<string, Named>>;
}

/** Options that the frame adds to a command, so that they are the same everywhere. */
export interface Frame {
  /** Asks a cluster, as the caller: kubectl's own options. */
  readonly cluster?: true;
  /** Changes something: shows it, asks, writes and waits. */
  readonly changes?: true;
  /** `-o`: in which ways it prints, besides the usual one. */
  readonly output?: readonly OutputFormat[];
  /** What shells look up in the cluster to complete it. */
  readonly names?: NamesInCall;
}

export interface Command extends Frame {
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
  /** Whether an option without a value was given. */
  flag(name: string): boolean;
  /** Every value of an option that may be given several times. */
  list(name: string): readonly string[];
}

/** A failure that the caller can do something about; the message says what. */
abstract class ExpectedFailure extends Error {
  abstract readonly code: ExitCode;
}

/** Whether a failure is one of those below; anything else is a fault of the plugin. */
export function isExpected(error: unknown): error is ExpectedFailure {
  return error instanceof ExpectedFailure;
}

/** It could not be looked at: no such file or object, no connection, no right. */
export class CannotTell extends ExpectedFailure {
  readonly code: ExitCode = exitCodes.cannotTell;
}

/** No answer says what became of a call: it may have been done. */
export class ResponseLost extends CannotTell {}

/** A call that means nothing: an option without its companion, two that exclude each other. */
export class UsageError extends ExpectedFailure {
  readonly code = exitCodes.usage;
}

/** What is asked for breaks a rule; nothing was written. */
export class Refused extends ExpectedFailure {
  readonly code = exitCodes.bad;
}
