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
  /** The same, for exactly what is wrong with this value; undefined where the rule says it. */
  readonly exactly?: (value: string) => string | undefined;
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
  /** Those whose text comes from the environment. */
  readonly fromTwin: ReadonlySet<string>;
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
  // Not strict: what is wrong is said here, in words for those who write a manifest.
  const { tokens } = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const flags = new Map<string, string>();
  const problems: string[] = [];
  for (const token of tokens) {
    const problem = problemOfToken(token, names);
    if (problem !== undefined) problems.push(problem);
    else if (token.kind === 'option') flags.set(token.name, token.value ?? '');
  }
  const texts = new Map<string, string>();
  const fromTwin = new Set<string>();
  for (const name of names) {
    const [flag, twin = ''] = [flags.get(name), env[twinOf(name)]];
    const text = flag ?? twin;
    if (text === '') continue;
    texts.set(name, text);
    if (flag === undefined) fromTwin.add(name);
  }
  return { texts, fromTwin, problems };
}

/** What `parseArgs` tells of one word of the command line. */
type Token =
  | { readonly kind: 'option-terminator' }
  | { readonly kind: 'positional'; readonly value: string }
  | {
      readonly kind: 'option';
      readonly name: string;
      readonly rawName: string;
      readonly value: string | undefined;
      readonly inlineValue: boolean | undefined;
    };

function problemOfToken(token: Token, names: readonly string[]): string | undefined {
  if (token.kind === 'option-terminator') return undefined;
  if (token.kind === 'positional')
    return `"${shortened(token.value)}" is no flag; a flag must be written with two hyphens, for example --log-level=info`;
  const { name, rawName, value, inlineValue } = token;
  if (!names.includes(name))
    return `${shortened(rawName)} is no flag of this program; it must be one of ${names.map((each) => `--${each}`).join(', ')}`;
  // A value that looks like a flag is a flag whose value was forgotten.
  if (value === undefined || (inlineValue === false && value.startsWith('-')))
    return `--${name} must have a value: write --${name}=VALUE`;
  return undefined;
}

/** The values of a program that has these flags; whatever else was given is a problem. `whose` names the program or role. */
export function flagValues<const F extends Flags>(
  flags: F,
  { texts, fromTwin, problems }: GivenFlags,
  whose = 'this program',
): Parsed<FlagValues<F>> {
  const written = (name: string): string =>
    fromTwin.has(name) ? `${twinOf(name)} (--${name})` : `--${name}`;
  const unfit = [...texts.keys()].filter((name) => !Object.hasOwn(flags, name));
  const found = [
    ...problems,
    ...Object.entries(flags).flatMap(([name, flag]) => problemOf(written(name), flag, texts.get(name)) ?? []),
    ...unfit.map((name) => `${written(name)} must not be given, as it is no flag of ${whose}; remove it`),
  ];
  if (found.length > 0) return { ok: false, problems: found };
  const values = Object.entries(flags).map(([name, flag]) => [name, texts.get(name) ?? flag.fallback]);
  return { ok: true, config: Object.fromEntries(values) as FlagValues<F> };
}

function problemOf(written: string, { fallback, optional, rule }: Flag, text?: string): string | undefined {
  const example = rule === undefined ? '' : `, for example ${rule.example}`;
  if (text === undefined)
    return fallback === undefined && optional !== true ? `${written} must be given${example}` : undefined;
  if (rule === undefined || rule.holds(text)) return undefined;
  return `${written} is "${shortened(text)}" and must be ${rule.exactly?.(text) ?? rule.rule}${example}`;
}

/** As it may be shown on a terminal. */
function shortened(text: string): string {
  const plain = text.slice(0, longestShown).replaceAll(/\p{Cc}/gu, '?');
  return text.length <= longestShown ? plain : `${plain}…`;
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

/** A path, and whatever is there: it may be mounted later. */
export function path(example: string): FlagRule {
  return { holds: (text) => !text.includes('\0'), rule: 'the path of a file or folder', example };
}
