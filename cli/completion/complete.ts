/** What may come next at the command line, for shells. Pure but for the parser that it reads. */
import type { Argument, Option, Command as Parser } from 'commander';

export interface Candidate {
  readonly value: string;
  readonly about: string;
}

/** What fits the last word, which may be empty; `undefined` where it is a file. */
export function completionsOf(root: Parser, words: readonly string[]): readonly Candidate[] | undefined {
  const typed = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const parser = parserAt(root, before);
  const waiting = optionWaitingForValue(parser, before.at(-1));
  if (waiting !== undefined) return isOfFiles(waiting) ? undefined : fitting(valuesOf(waiting), typed);
  const [flag, value] = split(typed);
  const named = value === undefined ? undefined : parser.options.find(({ long }) => long === flag);
  if (named !== undefined)
    return fitting(valuesOf(named), value ?? '').map((each) => ({ ...each, value: `${flag}=${each.value}` }));
  if (typed.startsWith('-')) return fitting(parser.options.map(ofOption), typed);
  if (parser.registeredArguments.some(mayBeFile)) return undefined;
  return fitting([...subcommandsOf(parser), ...argumentValues(parser, before)], typed);
}

function parserAt(root: Parser, words: readonly string[]): Parser {
  return words.reduce((parser, word) => parser.commands.find((each) => each.name() === word) ?? parser, root);
}

function optionWaitingForValue(parser: Parser, before: string | undefined): Option | undefined {
  const option = parser.options.find(
    ({ long, short }) => before !== undefined && [long, short].includes(before),
  );
  return option?.required ? option : undefined;
}

const isOfFiles = ({ flags }: Option): boolean => /<(file|path)>/.test(flags);

/** An argument that may be a file says so. */
export const mayBeFile = ({ description }: Argument): boolean => /\bfile\b/.test(description);

const valuesOf = ({ argChoices = [] }: Pick<Option | Argument, 'argChoices'>): Candidate[] =>
  argChoices.map((value) => ({ value, about: '' }));

function split(typed: string): [flag: string, value: string | undefined] {
  const at = typed.startsWith('--') ? typed.indexOf('=') : -1;
  return at < 0 ? [typed, undefined] : [typed.slice(0, at), typed.slice(at + 1)];
}

const ofOption = ({ long, short, description }: Option): Candidate => ({
  value: long ?? short ?? '',
  about: description,
});

function subcommandsOf(parser: Parser): Candidate[] {
  const shown = parser.createHelp().visibleCommands(parser);
  return shown
    .filter((each) => each.name() !== 'help')
    .map((each) => ({ value: each.name(), about: each.description() }));
}

/** The choices of the first argument, where nothing was typed for it yet. */
function argumentValues(parser: Parser, before: readonly string[]): Candidate[] {
  const [first] = parser.registeredArguments;
  return first !== undefined && before.at(-1) === parser.name() ? valuesOf(first) : [];
}

function fitting(candidates: readonly Candidate[], typed: string): Candidate[] {
  return candidates.filter(({ value }) => value.startsWith(typed));
}

/** As kubectl reads it of `kubectl_complete-support_access`: a candidate a line, then what the shell may do besides. */
export function completionText(candidates: readonly Candidate[] | undefined, orFile = false): string {
  // 0: files may follow; 4: nothing but these (cobra's ShellCompDirective).
  if (candidates === undefined) return ':0\n';
  const lines = candidates.map(({ value, about }) => (about === '' ? value : `${value}\t${about}`));
  return [...lines, orFile ? ':0' : ':4'].map((line) => `${line}\n`).join('');
}
