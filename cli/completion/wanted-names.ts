/** Is the next word the name of something in the cluster, and of what? Pure but for the parser that it reads. */
import type { Option, Command as Parser } from 'commander';
import type { Command, CommandInput, Named } from '../command.ts';
import { mayBeFile } from './complete.ts';

/** What is to be looked up, and how the shell takes it. */
export interface WantedNames {
  readonly named: Named;
  /** What was typed of the name so far. */
  readonly typed: string;
  /** What stands before the name in the same word: `--grant=`. */
  readonly prefix: string;
  /** What was typed before, for where to look. */
  readonly input: CommandInput;
  /** Whether a file may stand there as well. */
  readonly orFile: boolean;
}

/** The names that fit the last word of a call; undefined where it is something else. */
export function wantedNames(
  root: Parser,
  commands: readonly Command[],
  words: readonly string[],
): WantedNames | undefined {
  const command = commands.find((each) => each.words.every((word, at) => words[at] === word));
  const parser = command && parserOf(root, command);
  const last = words.length - 1;
  if (command?.cluster !== true || parser === undefined || last < command.words.length) return undefined;
  const given = readWords(parser, words.slice(command.words.length, last));
  const place = placeOf(parser, given, words[last] ?? '');
  const named = namedAt(command, given, place);
  if (named === undefined) return undefined;
  const orFile = isOrFile(parser, place);
  if (orFile && isPath(place.typed)) return undefined;
  return { named, typed: place.typed, prefix: place.prefix, input: inputOf(given), orFile };
}

function parserOf(root: Parser, { words }: Command): Parser | undefined {
  return words.reduce<Parser | undefined>(
    (at, word) => at?.commands.find((child) => child.name() === word),
    root,
  );
}

function namedAt(command: Command, given: GivenWords, { at }: WordPlace): Named | undefined {
  return typeof at === 'number' ? ofArgument(command, given, at) : ofOption(command, at);
}

interface GivenWords {
  readonly arguments: readonly string[];
  readonly options: ReadonlyMap<string, string>;
  /** The option whose value is next. */
  readonly waiting: Option | undefined;
}

/** Reads what was typed without judging it: the line is not finished. */
function readWords(parser: Parser, words: readonly string[]): GivenWords {
  const given: string[] = [];
  const options = new Map<string, string>();
  let waiting: Option | undefined;
  for (const word of words) {
    if (waiting !== undefined) {
      options.set(waiting.attributeName(), word);
      waiting = undefined;
    } else if (word.startsWith('-')) {
      const [flag = '', value] = word.split(/=(.*)/s);
      const option = parser.options.find(({ long, short }) => [long, short].includes(flag));
      if (option !== undefined && value !== undefined) options.set(option.attributeName(), value);
      else if (option?.required === true) waiting = option;
    } else {
      given.push(word);
    }
  }
  return { arguments: given, options, waiting };
}

interface WordPlace {
  /** The number of an argument, or the name of an option. */
  readonly at: number | string;
  readonly typed: string;
  readonly prefix: string;
}

function placeOf(parser: Parser, { arguments: given, waiting }: GivenWords, typed: string): WordPlace {
  if (waiting !== undefined) return { at: waiting.attributeName(), typed, prefix: '' };
  const [flag = '', value] = typed.split(/=(.*)/s);
  if (!typed.startsWith('-')) return { at: given.length, typed, prefix: '' };
  const option = value === undefined ? undefined : parser.options.find(({ long }) => long === flag);
  return { at: option?.attributeName() ?? '', typed: value ?? '', prefix: `${flag}=` };
}

function ofArgument({ names }: Command, { arguments: given }: GivenWords, at: number): Named | undefined {
  const named = names?.arguments?.[at];
  return typeof named === 'object' ? named[given[at - 1] ?? ''] : named;
}

function isOrFile({ registeredArguments }: Parser, { at }: WordPlace): boolean {
  const argument = typeof at === 'number' ? registeredArguments[at] : undefined;
  return argument !== undefined && mayBeFile(argument);
}

/** No name has a slash in it, nor begins with a dot. */
const isPath = (typed: string): boolean => /^\.|\//.test(typed);

/** `-n` is kubectl's own, of every command that asks a cluster. */
function ofOption({ names }: Command, option: string): Named | undefined {
  return option === 'namespace' ? 'namespaces' : names?.options?.[option];
}

function inputOf({ arguments: given, options }: GivenWords): CommandInput {
  return {
    arguments: given,
    option: (name) => options.get(name),
    flag: () => false,
    list: () => [],
  };
}
