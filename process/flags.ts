/**
 * Reads the settings of a program from flags and their environment twins. One start names every problem, each with the
 * flag, the value, the rule and an example, so that a person corrects a manifest once and not five times.
 */
import { isIP } from 'node:net';
import { parseArgs } from 'node:util';
import { logLevels } from './logging.ts';

/** What a value must be. */
export interface FlagRule {
  readonly holds: (value: string) => boolean;
  /** Follows "must be" in the message. */
  readonly rule: string;
  readonly example: string;
}

export interface Flag {
  /** Used when nothing is given. */
  readonly fallback?: string;
  /** May be missing, and then has no value. */
  readonly optional?: true;
  readonly rule?: FlagRule;
}

export type Flags = Readonly<Record<string, Flag>>;

/** A text for each flag that must have one. */
export type FlagValues<F extends Flags> = {
  readonly [Name in keyof F]: F[Name] extends { readonly optional: true } ? string | undefined : string;
};

/** The settings of a program, or everything that is wrong with what was given. */
export type Parsed<Config> =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly string[] };

export interface FlagSource {
  /** The arguments of the command line, without node and script. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What was given, not judged yet. */
export interface GivenFlags {
  readonly texts: ReadonlyMap<string, string>;
  /** Of the command line as a whole, such as a flag that does not exist. */
  readonly problems: readonly string[];
}

const longestShown = 100;

/** The environment twin of a flag: `SUPPORT_ACCESS_HEALTH_PORT` for `health-port`. */
export function twinOf(name: string): string {
  return `SUPPORT_ACCESS_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** The texts of these flags; a flag wins over its twin, and an empty text counts as not given. */
export function givenFlags(names: readonly string[], { args, env }: FlagSource): GivenFlags {
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  const problems: string[] = [];
  let flags: Readonly<Record<string, string | undefined>> = {};
  try {
    flags = parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    problems.push(error instanceof Error ? error.message : 'the flags cannot be read');
  }
  const texts = new Map<string, string>();
  for (const name of names) {
    const text = flags[name] ?? env[twinOf(name)] ?? '';
    if (text !== '') texts.set(name, text);
  }
  return { texts, problems };
}

/** The values of a program that has these flags; whatever else was given is a problem. */
export function flagValues<const F extends Flags>(
  flags: F,
  { texts, problems }: GivenFlags,
): Parsed<FlagValues<F>> {
  const unfit = [...texts.keys()].filter((name) => !Object.hasOwn(flags, name));
  const found = [
    ...problems,
    ...Object.entries(flags).flatMap(([name, flag]) => problemOf(name, flag, texts.get(name)) ?? []),
    ...unfit.map((name) => `--${name} is not a flag of this role`),
  ];
  if (found.length > 0) return { ok: false, problems: found };
  const values = Object.entries(flags).map(([name, flag]) => [name, texts.get(name) ?? flag.fallback]);
  return { ok: true, config: Object.fromEntries(values) as FlagValues<F> };
}

function problemOf(name: string, { fallback, optional, rule }: Flag, text?: string): string | undefined {
  const example = rule === undefined ? '' : `, for example ${rule.example}`;
  if (text === undefined)
    return fallback === undefined && optional !== true ? `--${name} must be given${example}` : undefined;
  if (rule === undefined || rule.holds(text)) return undefined;
  return `--${name} is "${shortened(text)}" and must be ${rule.rule}${example}`;
}

function shortened(text: string): string {
  return text.length <= longestShown ? text : `${text.slice(0, longestShown)}…`;
}

export const dnsLabel: FlagRule = {
  holds: (text) => /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text),
  rule: 'a DNS label: at most 63 lower-case letters, digits and hyphens',
  example: 'support-access',
};

export const port: FlagRule = {
  holds: (text) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535,
  rule: 'a port from 0 to 65535',
  example: '8443',
};

export const address: FlagRule = {
  holds: (text) => isIP(text) !== 0,
  rule: 'an IPv4 or IPv6 address',
  example: '::, which is every address',
};

export const logLevel: FlagRule = {
  holds: (text) => logLevels.some((level) => level === text),
  rule: `one of ${logLevels.join(', ')}`,
  example: 'info',
};

export const httpsUrl: FlagRule = {
  holds: (text) => URL.parse(text)?.protocol === 'https:',
  rule: 'an https URL',
  example: 'https://support-access-records.support-access.svc:8445',
};
