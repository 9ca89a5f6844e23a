/** Verifies a part that was exported, by itself: its bytes, its chain from the first record to the last, and a head within it. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { escapeUnsafe } from '../../crds/audit/clean-text.ts';
import { createVerifier, type Head, type Verification } from '../../crds/audit/verify.ts';
import { errorWithCauses } from '../../process/redaction.ts';
import { CannotTell, type CommandInput, type ExitCode, exitCodes, type Terminal } from '../command.ts';
import { formatOf, printData } from '../output/print-object.ts';
import { openCopy } from './copy-source.ts';
import { type PartManifest, readManifest } from './part-manifest.ts';
import { parseHead } from './verify-source.ts';

interface Found {
  readonly state: 'good' | 'cannot-tell' | 'tampered' | 'incomplete';
  readonly why: string;
}

/** Says what was found on stdout and by the exit code. */
export async function verifyPart(file: string, input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  const format = formatOf(input);
  const text = input.option('head');
  const head = text === undefined ? undefined : parseHead(text);
  const manifest = await readManifest(file);
  const found = await foundIn(file, manifest, head);
  const { first, last } = manifest;
  if (format === 'json' || format === 'yaml') await printData({ ...found, first, last }, format, terminal);
  else await terminal.out(`${escapeUnsafe(`${words[found.state]}: ${found.why}`)}\n`);
  return codes[found.state];
}

const words = {
  good: 'Intact',
  'cannot-tell': 'CANNOT TELL',
  tampered: 'CHANGED',
  incomplete: 'INCOMPLETE',
} as const;
const codes = {
  good: exitCodes.good,
  'cannot-tell': exitCodes.cannotTell,
  tampered: exitCodes.bad,
  incomplete: exitCodes.incomplete,
} as const;

async function foundIn(file: string, manifest: PartManifest, head: Head | undefined): Promise<Found> {
  const { first, last, format } = manifest;
  const what = `records ${first} to ${last}`;
  if (format === 'csv') {
    if ((await digestOf(file)) !== manifest.sha256) return otherBytes;
    const why = `the file is the one of its manifest, ${what}. A table has no chain: export these records as jsonl to verify them.`;
    return { state: 'cannot-tell', why };
  }
  const chain = await chainIn(file, manifest, head);
  if (chain.state !== 'good') return { state: chain.state, why: `record ${chain.seq} ${chain.why}.` };
  const ending = `the part ends with record ${chain.head?.seq ?? 'none'}, and its manifest says ${last}.`;
  const isWhole = chain.head?.seq === last && chain.head.hash === manifest.hash;
  if (!isWhole) return { state: 'incomplete', why: ending };
  if ((await digestOf(file)) !== manifest.sha256) return otherBytes;
  return anchored(manifest, head);
}

const otherBytes: Found = { state: 'tampered', why: 'the file has other bytes than its manifest says.' };

function anchored({ first, last, hash }: PartManifest, head: Head | undefined): Found {
  const what = `records ${first} to ${last} agree with each other and with their manifest.`;
  if (head === undefined || head.seq < first - 1 || head.seq > last) {
    const where =
      head === undefined ? 'no head was given' : `the head of record ${head.seq} is not of this part`;
    return {
      state: 'cannot-tell',
      why: `${what} Not proved: that they are those that were written, since ${where}. Give --head, one of record ${first - 1} to ${last} that was printed then and kept elsewhere; the part itself ends with ${last}:${hash}.`,
    };
  }
  const rest = head.seq === last ? '' : ` What comes after it agrees, and no more is known of it.`;
  return { state: 'good', why: `${what} Proved up to record ${head.seq} by the given head.${rest}` };
}

async function chainIn(file: string, manifest: PartManifest, head: Head | undefined): Promise<Verification> {
  const { first, last, prev, log } = manifest;
  if (head?.seq === first - 1 && head.hash !== prev)
    return { state: 'tampered', seq: first, why: 'does not cite the record that the given head names' };
  const isWithin = head !== undefined && head.seq >= first && head.seq <= last;
  const verifier = createVerifier(isWithin ? head : undefined, { seq: first - 1, hash: prev, log });
  for await (const line of openCopy(file).lines(0)) if (verifier.add(line)) break;
  return verifier.finish();
}

async function digestOf(file: string): Promise<string> {
  const digest = createHash('sha256');
  try {
    for await (const bytes of createReadStream(file)) digest.update(bytes as Buffer);
  } catch (error) {
    throw new CannotTell(
      `the part ${file} cannot be read: ${errorWithCauses(error)}; name the file that records export wrote`,
    );
  }
  return digest.digest('hex');
}
