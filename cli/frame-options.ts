/** The options that many commands share, and what was typed for them, in one form. */
import { Option, type Command as Parser } from 'commander';
import type { CommandInput, Frame } from './command.ts';
import { UsageError } from './command.ts';

/** Adds the options of the frame that the command does not declare itself. */
export function addFrameOptions(parser: Parser, { cluster, changes, output }: Frame): void {
  const options = [
    ...(output ? [outputOption(output)] : []),
    ...(changes ? changeOptions() : []),
    ...(cluster ? kubectlOptions() : []),
  ];
  for (const option of options) {
    if (!parser.options.some((known) => known.attributeName() === option.attributeName()))
      parser.addOption(option);
  }
}

function outputOption(formats: readonly string[]): Option {
  return new Option('-o, --output <format>', 'print it in another form').choices(formats);
}

const ofChange = 'Before and after writing:';
const ofKubectl = 'As for kubectl:';

function changeOptions(): Option[] {
  return [
    new Option('-y, --yes', 'do not ask'),
    new Option('--dry-run <where>', 'have the API server check it, and store nothing').choices(['server']),
    new Option('--wait <boolean>', 'wait until it is in force').choices(['true', 'false']).default('true'),
    new Option('--timeout <duration>', 'wait no longer than this').default('60s'),
  ].map((option) => option.helpGroup(ofChange));
}

const several = (value: string, before: readonly string[] | undefined): string[] => [
  ...(before ?? []),
  value,
];

function kubectlOptions(): Option[] {
  return [
    new Option('-n, --namespace <name>', 'where it is; the namespace of the context otherwise'),
    new Option('--context <name>', 'which context of the kubeconfig'),
    new Option('--kubeconfig <file>', 'another kubeconfig'),
    new Option('--cluster <name>', 'which cluster of the kubeconfig'),
    new Option('--user <name>', 'which user of the kubeconfig'),
    new Option('-s, --server <url>', 'the address of the API server'),
    new Option('--as <name>', 'as this user, if you may impersonate'),
    new Option('--as-group <name>', 'and as of this group; several times').argParser(several),
    new Option('--as-uid <uid>', 'and with this UID'),
    new Option('--request-timeout <duration>', 'for each call of the API server; 0 is none'),
  ].map((option) => option.helpGroup(ofKubectl));
}

/** An option that may be given several times. */
export function repeatable(flags: string, description: string): Option {
  return new Option(flags, description).argParser(several);
}

/** What the parser read, in the form that commands take. */
export function inputFrom(parser: Parser, given: readonly unknown[]): CommandInput {
  const valueOf = (name: string): unknown => {
    if (!parser.options.some((option) => option.attributeName() === name))
      throw new Error(`${parser.name()} has no option ${name}`);
    return parser.getOptionValue(name) as unknown;
  };
  refuseEmpty(parser, given.flat());
  return {
    arguments: given.flat().filter((argument): argument is string => typeof argument === 'string'),
    option: (name) => {
      const value = valueOf(name);
      return typeof value === 'string' ? value : undefined;
    },
    flag: (name) => valueOf(name) === true,
    list: (name) => {
      const value = valueOf(name);
      return Array.isArray(value) ? (value as string[]) : [];
    },
  };
}

/**
 * What is given and empty is most likely a variable of a script that is not set. Taken for "not given", it would open
 * to any address or role, or act on another namespace or cluster.
 */
function refuseEmpty(parser: Parser, words: readonly unknown[]): void {
  const isEmpty = (value: unknown): boolean => typeof value === 'string' && value.trim() === '';
  const option = parser.options.find((each) =>
    [parser.getOptionValue(each.attributeName()) as unknown].flat().some(isEmpty),
  );
  const name = option?.long ?? (words.some(isEmpty) ? 'a name or word' : undefined);
  if (name === undefined) return;
  throw new UsageError(
    `${name} must not be empty; leave it out, or give it a value (a variable of a script that is not set?)`,
  );
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds of a duration as kubectl writes it: `30s`, `1m30s`, or whole seconds. */
export function durationMs(text: string, option: string): number {
  if (/^[0-9]{1,9}$/.test(text)) return Number(text) * 1000;
  const parts = [...text.matchAll(/([0-9]{1,9})(ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map(([all]) => all).join('') !== text)
    throw new UsageError(`${option} must be a duration such as 30s or 2m, not "${text.slice(0, 40)}"`);
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (unitMs[unit ?? ''] ?? 0), 0);
}
