/**
 * Makes the log of a program: one JSON line for each event, with keys from one closed list, and with everything that
 * looks like a secret taken out. Messages are constants; what varies goes into a field.
 */
import { type DestinationStream, pino } from 'pino';
import { describeError, redacted } from './redaction.ts';

const text = (value: string): unknown => redacted(value);
const number = (value: number): unknown => Math.round(value);
const object = (value: object): unknown => redacted(value);

/** THE list of log keys. A field that is not here is not written, which is how bodies, tokens and headers stay out. */
const logKeys = {
  /** Whatever was thrown. */
  error: describeError,
  /** What is wrong with a setting, or with what was sent. */
  problem: text,
  /** The settings of the program. */
  config: object,
  role: text,
  port: number,
  signal: text,
  /** Name of a periodic task. */
  task: text,
  /** Name of a Secret, never its content. */
  secretName: text,
  recordId: text,
  /** Handle of a session, as the records have it. */
  session: text,
  /** Address of a proxy in front, the rule that its requests break, and how often since the last line. */
  hop: text,
  rule: text,
  more: number,
  /** How many grants are known. */
  grants: number,
  // Of a reconcile: what was reconciled and how it went.
  key: text,
  lane: text,
  result: text,
  waitedMs: number,
  tookMs: number,
} as const;

type LogKey = keyof typeof logKeys;

/** Every key that a line may have: those that each has, and those of the list. */
export const lineKeys: readonly string[] = [
  'level',
  'time',
  'pid',
  'hostname',
  'name',
  'msg',
  ...Object.keys(logKeys),
];

/** The fields of one line. */
export type LogFields = { readonly [Key in LogKey]?: Parameters<(typeof logKeys)[Key]>[0] };

type LogWrite = (fields: LogFields, message: string) => void;

/** What the rooms log through; `createLog` makes it. */
export interface Log {
  readonly debug: LogWrite;
  readonly info: LogWrite;
  readonly warn: LogWrite;
  readonly error: LogWrite;
  readonly fatal: LogWrite;
}

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug'] as const;

/** The log of a program itself, which says how much is written. */
export interface ProgramLog extends Log {
  /** The least level that is written; until it is said, `info`. */
  level: string;
}

/** The log of one program, on stdout or where it is told to. */
export function createLog(name: string, destination?: DestinationStream): ProgramLog {
  const options = { name, formatters: { level: (level: string) => ({ level }), log: writtenFields } };
  return destination === undefined ? pino(options) : pino(options, destination);
}

function writtenFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const written: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields)) {
    if (Object.hasOwn(logKeys, key))
      written[key] = (logKeys[key as LogKey] as (value: unknown) => unknown)(value);
  }
  return written;
}
