/** Reads a source to its end, or to the first fault, and says what the verifier found. */
import { escapeUnsafe } from '../../crds/audit/clean-text.ts';
import type { StoredRecord } from '../../crds/audit/record.ts';
import { createVerifier, type Head, type Verification, type Verifier } from '../../crds/audit/verify.ts';
import { type CommandInput, type ExitCode, exitCodes, type Terminal, UsageError } from '../command.ts';
import { formatOf, printData } from '../output/print-object.ts';
import { withSource } from './open-source.ts';
import { DamagedSource, type RecordSource, type SourceFault, type TablesBeside } from './record-source.ts';

/** Verifies what the options name; the result goes to stdout and into the exit code. */
export async function verifySource(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  const [head, format] = [input.option('head'), formatOf(input)];
  const given = head === undefined ? undefined : parseHead(head);
  const verification = await opening(input, terminal, given);
  if (format === 'json' || format === 'yaml') await printData(verification, format, terminal);
  else await terminal.out(`${escapeUnsafe(sentence(verification))}\n`);
  return exitCodeOf(verification);
}

/** A file that was made unreadable was changed: else who cannot make the chain anew would break the file instead. */
async function opening(
  input: CommandInput,
  terminal: Terminal,
  given: Head | undefined,
): Promise<Sound | Fault> {
  try {
    return await withSource(input, terminal, (source) => verify(source, given));
  } catch (error) {
    if (error instanceof DamagedSource) return { state: 'tampered', why: error.message };
    throw error;
  }
}

/** A head as `records head` prints it. */
export function parseHead(text: string): Head {
  const [, seq, hash] = /^([1-9][0-9]{0,14}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (seq === undefined || hash === undefined)
    throw new UsageError('--head must look like 42:<64 hex digits>');
  return { seq: Number(seq), hash };
}

/** What was found, in a sentence, and whether something is wrong. */
export interface VerifiedReading {
  readonly says: string;
  readonly code: ExitCode;
}

/** Reads the whole source, gives each line to `take`, and says what the verifier found of all of them. */
export async function verifyWhileReading(
  source: RecordSource,
  given: Head | undefined,
  take: (line: string) => void,
): Promise<VerifiedReading> {
  const found = await verify(source, given, take);
  return { says: escapeUnsafe(sentence(found)), code: exitCodeOf(found) };
}

type Agreement = Extract<Verification, { readonly state: 'good' }>;
type Fault = Exclude<Verification, Agreement> | SourceFault;

/** Nothing contradicts anything; `covered` is the record up to which a head from elsewhere says so. */
type Sound =
  | (Agreement & { readonly covered: number })
  | (Omit<Agreement, 'state'> & { readonly state: 'cannot-tell'; readonly why: string });

async function verify(
  source: RecordSource,
  given: Head | undefined,
  take?: (line: string) => void,
): Promise<Sound | Fault> {
  const beside = source.beside?.();
  // A head of the source's own decides where the log must reach; a given one is checked as well, in the same pass.
  const own = await source.head();
  const heads = [own, given].filter((head) => head !== undefined);
  const verifiers = heads.length === 0 ? [createVerifier()] : heads.map((head) => createVerifier(head));
  const first = await readThrough(source, { verifiers, beside, take });
  const found = worst(verifiers.map((verifier) => verifier.finish()));
  if (found.state !== 'good') return found;
  return originFault(own?.log, first) ?? beside?.finish() ?? anchored(found, given);
}

interface Judges {
  readonly verifiers: readonly Verifier[];
  readonly beside: TablesBeside | undefined;
  /** Takes each line, also of what does not hold. */
  readonly take: ((line: string) => void) | undefined;
}

/** Gives every line to those that judge it, up to a fault in the chain; returns the first line. */
async function readThrough(
  source: RecordSource,
  { verifiers, beside, take }: Judges,
): Promise<string | undefined> {
  let first: string | undefined;
  let comparing = beside;
  let isSound = true;
  for await (const line of source.lines(0)) {
    first ??= line;
    take?.(line);
    if (isSound) isSound = !verifiers.map((verifier) => verifier.add(line)).includes(true);
    if (!isSound && take === undefined) break;
    // Where a table is wrong the chain is still read: it may name the record that was changed.
    if (isSound && comparing?.add(line)) comparing = undefined;
  }
  return first;
}

/** The log names itself in each record; the store says beside them which log it keeps. */
function originFault(log: string | undefined, line: string | undefined): SourceFault | undefined {
  if (log === undefined || line === undefined) return undefined;
  const { log: named } = JSON.parse(line) as StoredRecord;
  if (named === log) return undefined;
  return {
    state: 'tampered',
    why: `the records are of the log ${named}, and the store says that it keeps ${log}`,
  };
}

/** Nothing contradicts anything; whether it is what was written, only a head from elsewhere can say. */
function anchored(found: Agreement, given: Head | undefined): Sound {
  if (given !== undefined) return { ...found, covered: given.seq };
  return { ...found, state: 'cannot-tell', why: 'no head was given that was kept elsewhere' };
}

function worst(verifications: readonly Verification[]): Verification {
  const [first] = verifications;
  const bad =
    verifications.find(({ state }) => state === 'tampered') ??
    verifications.find(({ state }) => state === 'incomplete');
  return bad ?? first ?? { state: 'good', records: 0, head: undefined, openIntents: 0 };
}

function sentence(found: Sound | Fault): string {
  return 'head' in found ? soundnessIn(found) : faultIn(found);
}

function faultIn(fault: Fault): string {
  const what = fault.state === 'tampered' ? 'CHANGED' : 'INCOMPLETE';
  return `${what}: ${'seq' in fault ? `record ${fault.seq} ` : ''}${fault.why}.`;
}

function soundnessIn(found: Sound): string {
  const { records, head, openIntents } = found;
  const open =
    openIntents === 0
      ? ''
      : ` ${openIntents} ${openIntents === 1 ? 'request is' : 'requests are'} under way.`;
  const end = head === undefined ? '' : ` Head: ${head.seq}:${head.hash}`;
  return `${found.state === 'cannot-tell' ? unprovedIn(records) : provedIn(records, found.covered)}${open}${end}`;
}

function unprovedIn(records: number): string {
  return `CANNOT TELL: ${records} records agree with each other. Not proved: that they are those that were written, since who can write the file can make them agree. Give --head, a head that was printed earlier and kept elsewhere.`;
}

function provedIn(records: number, covered: number): string {
  const proved = `Proved: up to record ${covered} nothing was changed, removed or added since the given head was printed.`;
  const rest = records - covered;
  const after =
    rest === 0
      ? ''
      : ` Not proved: the ${rest === 1 ? 'record' : `${rest} records`} after it, which agree${rest === 1 ? 's' : ''} with those before; who can write the file can make that so.`;
  return `Intact: ${records} records. ${proved}${after}`;
}

function exitCodeOf({ state }: Sound | Fault): ExitCode {
  if (state === 'good') return exitCodes.good;
  if (state === 'cannot-tell') return exitCodes.cannotTell;
  return state === 'tampered' ? exitCodes.bad : exitCodes.incomplete;
}
