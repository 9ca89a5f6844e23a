/** Finds the command that a call names and runs it. Errors become sentences and exit codes here, never stack traces. */
import { CommanderError, Command as Parser } from 'commander';
import { escapeUnsafe } from '../crds/audit/clean-text.ts';
import { errorText } from '../process/redaction.ts';
import {
  type Command,
  type CommandInput,
  type ExitCode,
  exitCodes,
  isExpected,
  type Terminal,
} from './command.ts';
import { commands, groupSummaries } from './commands/index.ts';
import { addFrameOptions, inputFrom } from './frame-options.ts';
import { watched } from './progress.ts';
import { mayHaveWritten, noteOf } from './written.ts';

const programName = 'kubectl support-access';

/** Runs one call of the plugin; never throws. */
export async function run(words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const running: { code: Promise<ExitCode> } = { code: Promise.resolve(exitCodes.good) };
  const start: Start = (command, input) => {
    running.code = runWatched(command, input, terminal);
  };
  const root = buildParser(terminal, start, calledBy(words));
  try {
    if (words[0] === completing) return await complete(root, words, terminal);
    const group = groupOf(root, words);
    if (group !== undefined) {
      group.outputHelp();
      return exitCodes.good;
    }
    root.parse(words[0] === '--version' ? ['version', ...words.slice(1)] : [...words], { from: 'user' });
    return await running.code;
  } catch (error) {
    return explain(error, terminal);
  }
}

/** One call of a command: it says that it still works where someone looks on. */
async function runWatched(command: Command, input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  const { terminal: own, end } = watched(terminal, command.words.join(' '));
  return untilInterrupted(command.run(input, own), own)
    .catch((error: unknown) => explain(error, own))
    .finally(end);
}

/** What shells call: the words after `--` are those of the command line so far. */
export const completing = '__complete';

async function complete(root: Parser, words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { completionsOf, completionText } = await import('./completion/complete.ts');
  const { wantedNames } = await import('./completion/wanted-names.ts');
  const typed = words.slice(words[1] === '--' ? 2 : 1);
  const wanted = wantedNames(root, commands, typed);
  if (wanted === undefined) {
    await terminal.out(completionText(completionsOf(root, typed)));
    return exitCodes.good;
  }
  const { clusterNames } = await import('./completion/cluster-names.ts');
  await terminal.out(completionText(await clusterNames(wanted, terminal), wanted.orFile));
  return exitCodes.good;
}

class Interrupted extends Error {}

/** Ctrl-C ends the command where it stands, and says what had been written by then. */
async function untilInterrupted(code: Promise<ExitCode>, terminal: Terminal): Promise<ExitCode> {
  const { interrupted } = terminal;
  if (interrupted === undefined) return code;
  const stop = new Promise<never>((_, reject) => {
    const end = (): void => reject(new Interrupted());
    if (interrupted.aborted) end();
    interrupted.addEventListener('abort', end, { once: true });
  });
  try {
    return await Promise.race([code, stop]);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    code.catch(() => undefined);
    terminal.say(`Interrupted. ${noteOf(terminal)}`);
    return exitCodes.interrupted;
  }
}

/** The part of the tree whose help is asked for by naming it and nothing else. */
function groupOf(root: Parser, words: readonly string[]): Parser | undefined {
  const named = words.reduce<Parser | undefined>(
    (parser, word) => parser?.commands.find((child) => child.name() === word),
    root,
  );
  return named !== undefined && named.commands.length > 0 ? named : undefined;
}

function explain(error: unknown, terminal: Terminal): ExitCode {
  // The parser has already written what is wrong, or the help.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.good : exitCodes.usage;
  if (isExpected(error)) {
    for (const line of `error: ${error.message}`.split('\n')) terminal.say(escapeUnsafe(line));
    return afterNotes(error.code, terminal);
  }
  // What was not expected may quote anything, a token among it.
  terminal.say(`error: ${escapeUnsafe(errorText(error))}`);
  terminal.say('This was not expected; please report it.');
  return afterNotes(exitCodes.cannotTell, terminal);
}

/** A failure after a write must not read as if nothing had been written: scripts and people would do it again, or not look. */
function afterNotes(code: ExitCode, terminal: Terminal): ExitCode {
  if (!mayHaveWritten(terminal)) return code;
  terminal.say(escapeUnsafe(noteOf(terminal)));
  return exitCodes.incomplete;
}

type Start = (command: Command, input: CommandInput) => void;

/** The command that is called; all of them where it is none, so that help, completion and slips know what there is. */
function calledBy(words: readonly string[]): readonly Command[] {
  const called = commands.filter((command) => command.words.every((word, at) => words[at] === word));
  return called.length > 0 ? called : commands;
}

/** The parser of the tree of some commands. */
export function buildParser(terminal: Terminal, start: Start, known: readonly Command[] = commands): Parser {
  const root = prepared(new Parser(programName), terminal)
    .description('Support access to your cluster and applications, on your terms.')
    .option('--version', 'print the version of this plugin');
  for (const command of known) {
    const parser = addCommand(root, command, terminal);
    parser.action((...given: unknown[]) => start(command, inputFrom(parser, given.slice(0, -2))));
  }
  return root;
}

function addCommand(root: Parser, command: Command, terminal: Terminal): Parser {
  const parent = parentOf(root, command, terminal);
  const parser = prepared(parent.command(command.words.at(-1) ?? ''), terminal);
  parser.description(command.summary).showHelpAfterError('Add --help for all options.');
  command.configure(parser);
  addFrameOptions(parser, command);
  return parser;
}

function parentOf(root: Parser, { words }: Command, terminal: Terminal): Parser {
  return words.slice(0, -1).reduce((parent, word) => {
    const known = parent.commands.find((child) => child.name() === word);
    return known ?? prepared(parent.command(word), terminal).description(groupSummaries[word] ?? word);
  }, root);
}

/** The help is as wide as the screen is, and never wider than is read with ease. */
const widestHelp = 100;

function prepared(parser: Parser, terminal: Terminal): Parser {
  return parser.exitOverride().configureOutput({
    writeOut: (text) =>
      void terminal.out(text).catch((error: unknown) => terminal.say(`error: ${errorText(error)}`)),
    writeErr: (text) => terminal.say(text.trimEnd()),
    getOutHelpWidth: () => Math.min(terminal.columns ?? 80, widestHelp),
    getErrHelpWidth: () => Math.min(terminal.columns ?? 80, widestHelp),
    getOutHasColors: () => false,
    getErrHasColors: () => false,
  });
}
