/**
 * Runs the program that a kubeconfig names for credentials, as kubectl does: it is told what for, may ask the person at the
 * terminal, says to them what it has to say, and is run again when its credential has expired or was refused.
 */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';

/** `users[].user.exec` of a kubeconfig. */
export interface ExecEntry {
  readonly apiVersion?: string;
  readonly command?: string;
  readonly args?: readonly string[] | null;
  readonly env?: readonly { readonly name: string; readonly value: string }[] | null;
  readonly installHint?: string;
  readonly interactiveMode?: string;
  readonly provideClusterInfo?: boolean;
}

/** Where the entry stands, and for which cluster a credential is asked. */
export interface ExecPlace {
  /** The folder of the kubeconfig: a command with a slash in it is found from there. */
  readonly folder: string;
  /** The cluster as the program is told of it, where it wants to be. */
  readonly cluster: Readonly<Record<string, unknown>>;
  /** Whether there is a person at stdin. */
  readonly hasTerminal: boolean;
  /** Set where no one looks on: then it may not speak at the terminal either, and is ended when this aborts. */
  readonly unattended?: AbortSignal | undefined;
  /** Is told while the program has the terminal, so that no one else writes there. */
  readonly whileAtTerminal?: WhileAtTerminal | undefined;
}

export type WhileAtTerminal = <T>(ask: () => Promise<T>) => Promise<T>;

/** What the program gave. */
export interface ExecStatus {
  readonly expirationTimestamp?: string;
  readonly token?: string;
  readonly clientCertificateData?: string;
  readonly clientKeyData?: string;
}

/** The credential; `anew` where the server refused the last one. */
export type ExecCredentials = (anew: boolean) => Promise<ExecStatus>;

const versions = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];

/** Throws for an entry that kubectl would refuse. Runs nothing yet. */
export function execCredentials(entry: ExecEntry, place: ExecPlace): ExecCredentials {
  const program = programIn(entry, place);
  const { whileAtTerminal } = place;
  let held: ExecStatus | undefined;
  return async (anew) => {
    const given = async (): Promise<ExecStatus> => run(program);
    if (held === undefined || anew || isExpired(held))
      held = await (program.isInteractive && whileAtTerminal ? whileAtTerminal(given) : given());
    return held;
  };
}

interface Program {
  readonly entry: ExecEntry;
  readonly command: string;
  readonly apiVersion: string;
  readonly isInteractive: boolean;
  readonly unattended: AbortSignal | undefined;
  /** The value of KUBERNETES_EXEC_INFO. */
  readonly info: string;
}

function programIn(entry: ExecEntry, { folder, cluster, hasTerminal, unattended }: ExecPlace): Program {
  const { apiVersion = '', command = '' } = entry;
  if (!versions.includes(apiVersion)) {
    throw new Error(
      `users[].user.exec.apiVersion must be ${versions.join(' or ')}, not "${apiVersion.slice(0, 60)}"`,
    );
  }
  if (command === '') throw new Error('users[].user.exec.command must name a program, for example aws');
  const isInteractive = interactive(entry, hasTerminal);
  const spec = { interactive: isInteractive, ...(entry.provideClusterInfo ? { cluster } : {}) };
  const info = JSON.stringify({ apiVersion, kind: 'ExecCredential', spec });
  const path = /[/\\]/.test(command) ? resolve(folder, command) : command;
  return { entry, command: path, apiVersion, isInteractive, unattended, info };
}

function interactive({ interactiveMode = 'IfAvailable', command }: ExecEntry, hasTerminal: boolean): boolean {
  if (interactiveMode === 'Never') return false;
  if (interactiveMode === 'IfAvailable') return hasTerminal;
  if (interactiveMode !== 'Always') {
    throw new Error(
      `users[].user.exec.interactiveMode must be Never, IfAvailable or Always, not "${interactiveMode.slice(0, 60)}"`,
    );
  }
  if (!hasTerminal) {
    throw new Error(
      `${command} must ask at a terminal for credentials (interactiveMode: Always), and stdin is none: run it at a terminal`,
    );
  }
  return true;
}

/** Its stderr is the person's to read, where there is one; its stdin is theirs to type at, or empty. */
async function run(program: Program): Promise<ExecStatus> {
  const { entry, command, isInteractive, unattended, info } = program;
  const own = Object.fromEntries((entry.env ?? []).map(({ name, value }) => [name, value]));
  const child = spawn(command, [...(entry.args ?? [])], {
    env: { ...process.env, ...own, KUBERNETES_EXEC_INFO: info },
    stdio: [isInteractive ? 'inherit' : 'ignore', 'pipe', unattended ? 'ignore' : 'inherit'],
    ...(unattended ? { signal: unattended } : {}),
  });
  const ended = Promise.withResolvers<number | NodeJS.Signals>();
  child.once('error', ended.reject);
  child.once('close', (code, signal) => ended.resolve(code ?? signal ?? -1));
  const [said, code] = await Promise.all([text(child.stdout), ended.promise]).catch((error: unknown) => {
    throw notStarted(program, error);
  });
  if (code !== 0) throw new Error(`${command} gave no credentials: it ended with ${code}${hintOf(entry)}`);
  return statusIn(said, program);
}

function notStarted({ command, entry }: Program, error: unknown): Error {
  const { code } = error as NodeJS.ErrnoException;
  const why = code === 'ENOENT' ? 'there is no such program on PATH' : (code ?? 'it cannot be run');
  return new Error(`${command}, which the kubeconfig names for credentials: ${why}${hintOf(entry)}`);
}

const hintOf = ({ installHint }: ExecEntry): string => (installHint ? `\n${installHint.trim()}` : '');

/** What it printed is never quoted: it may be a credential. */
function statusIn(said: string, { command, apiVersion }: Program): ExecStatus {
  const credential = objectIn(said) as
    | { kind?: unknown; apiVersion?: unknown; status?: ExecStatus }
    | undefined;
  const wrong = (what: string): Error => new Error(`what ${command} printed is no credential: ${what}`);
  if (credential?.kind !== 'ExecCredential') throw wrong('it must be JSON of kind ExecCredential');
  if (credential.apiVersion !== apiVersion)
    throw wrong(`its apiVersion must be ${apiVersion}, as it was asked for`);
  const { status } = credential;
  const hasCertificate = Boolean(status?.clientCertificateData);
  if (status === undefined || (!status.token && !hasCertificate))
    throw wrong('status must have a token, or clientCertificateData and clientKeyData');
  if (hasCertificate !== Boolean(status.clientKeyData))
    throw wrong('status must have clientCertificateData and clientKeyData, both or neither');
  return status;
}

function objectIn(said: string): unknown {
  try {
    return JSON.parse(said);
  } catch {
    return undefined;
  }
}

function isExpired({ expirationTimestamp }: ExecStatus): boolean {
  return expirationTimestamp !== undefined && !(Date.parse(expirationTimestamp) > Date.now());
}
