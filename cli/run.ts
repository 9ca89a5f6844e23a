/** Finds the command that a call names and runs it. Errors become sentences and exit codes here, never stack traces. */
import { CommanderError, Command as Parser } from 'commander';
import { escapeUnsafe } from '../crds/audit/clean-text.ts';
import {
  CannotTell,
  type Command,
  type CommandInput,
  type ExitCode,
  exitCodes,
  type Terminal,
  UsageError,
} from './command.ts';
import { commands, groupSummaries } from './commands/index.ts';

const programName = 'kubectl support-access';

/** Runs one call of the plugin; never throws. */
export async function run(words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const running: { code: Promise<ExitCode> } = { code: Promise.resolve(exitCodes.good) };
  const root = buildParser(terminal, (command, input) => {
    running.code = command.run(input, terminal);
  });
  try {
    root.parse([...words], { from: 'user' });
    return await running.code;
  } catch (error) {
    return explain(error, terminal);
  }
}

function explain(error: unknown, terminal: Terminal): ExitCode {
  // The parser has already written what is wrong, or the help.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.good : exitCodes.usage;
  const message = error instanceof Error ? error.message : String(error);
  terminal.say(`error: ${escapeUnsafe(message)}`);
  if (error instanceof UsageError) return exitCodes.usage;
  if (!(error instanceof CannotTell)) terminal.say('This was not expected; please report it.');
  return exitCodes.cannotTell;
}

type Start = (command: Command, input: CommandInput) => void;

function buildParser(terminal: Terminal, start: Start): Parser {
  const root = prepared(new Parser(programName), terminal).description(
    'Support access to your cluster and applications, on your terms.',
  );
  for (const command of commands) {
    const parser = prepared(parentOf(root, command, terminal).command(command.words.at(-1) ?? ''), terminal);
    parser.description(command.summary).showHelpAfterError('Add --help for all options.');
    command.configure(parser);
    parser.action((...given: unknown[]) => {
      const written = given
        .slice(0, -2)
        .filter((argument): argument is string => typeof argument === 'string');
      start(command, { arguments: written, option: (name) => optionOf(parser, name) });
    });
  }
  return root;
}

function optionOf(parser: Parser, name: string): string | undefined {
  if (!parser.options.some((option) => option.attributeName() === name))
    throw new Error(`${parser.name()} has no option ${name}`);
  const value: unknown = parser.getOptionValue(name);
  return typeof value === 'string' ? value : undefined;
}

function parentOf(root: Parser, { words }: Command, terminal: Terminal): Parser {
  return words.slice(0, -1).reduce((parent, word) => {
    const known = parent.commands.find((child) => child.name() === word);
    return known ?? prepared(parent.command(word), terminal).description(groupSummaries[word] ?? word);
  }, root);
}

function prepared(parser: Parser, terminal: Terminal): Parser {
  return parser.exitOverride().configureOutput({
    writeOut: (text) => void terminal.out(text),
    writeErr: (text) => terminal.say(text.trimEnd()),
  });
}
