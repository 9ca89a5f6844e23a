/** Reads a source to its end, or to the first fault, and says what the verifier found. */
import { escapeUnsafe } from '../../crds/audit/clean-text.ts';
import { createVerifier, type Head, type Verification } from '../../crds/audit/verify.ts';
import { type CommandInput, type ExitCode, exitCodes, type Terminal, UsageError } from '../command.ts';
import { openSource } from './open-source.ts';
import type { RecordSource } from './record-source.ts';

/** Verifies what the options name; the result goes to stdout and into the exit code. */
export async function verifySource(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  const [head, output] = [input.option('head'), input.option('output')];
  if (output !== 'text' && output !== 'json') throw new UsageError('--output must be text or json');
  const given = head === undefined ? undefined : parseHead(head);
  const source = await openSource(input, terminal);
  try {
    const verification = await verify(source, given);
    const text = output === 'json' ? JSON.stringify(verification) : escapeUnsafe(sentence(verification));
    await terminal.out(`${text}\n`);
    return exitCodeOf(verification);
  } finally {
    await source.close();
  }
}

function parseHead(text: string): Head {
  const [, seq, hash] = /^([1-9][0-9]{0,14}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (seq === undefined || hash === undefined)
    throw new UsageError('--head must look like 42:<64 hex digits>');
  return { seq: Number(seq), hash };
}

async function verify(source: RecordSource, given: Head | undefined): Promise<Verification> {
  // A head of the source's own decides where the log must reach; a given one is checked as well, in the same pass.
  const own = await source.head();
  const verifiers = [own, given].filter((head) => head !== undefined).map((head) => createVerifier(head));
  if (verifiers.length === 0) verifiers.push(createVerifier());
  for await (const line of source.lines(0)) {
    const faulty = verifiers.map((verifier) => verifier.add(line));
    if (faulty.includes(true)) break;
  }
  const verifications = verifiers.map((verifier) => verifier.finish());
  return worst(verifications);
}

function worst(verifications: readonly Verification[]): Verification {
  const [first] = verifications;
  const bad =
    verifications.find(({ state }) => state === 'tampered') ??
    verifications.find(({ state }) => state === 'incomplete');
  return bad ?? first ?? { state: 'good', records: 0, head: undefined, openIntents: 0 };
}

function sentence(verification: Verification): string {
  if (verification.state !== 'good') {
    const what = verification.state === 'tampered' ? 'CHANGED' : 'INCOMPLETE';
    return `${what}: record ${verification.seq} ${verification.why}.`;
  }
  const { records, head, openIntents } = verification;
  const open = openIntents === 0 ? '' : ` ${openIntents} requests are under way.`;
  const end = head === undefined ? '' : ` Head: ${head.seq}:${head.hash}`;
  return `Intact: ${records} records.${open}${end}`;
}

function exitCodeOf({ state }: Verification): ExitCode {
  if (state === 'good') return exitCodes.good;
  return state === 'tampered' ? exitCodes.bad : exitCodes.incomplete;
}
