/**
 * Reading the records over HTTP. That they were read is itself recorded, with the person who did it, before they learn
 * anything: what cannot be recorded is not read here.
 */
import type { Request, RequestHandler, Response } from 'express';
import type { NewRecord } from '../../../../crds/audit/record.ts';
import { newRecordId } from '../../../../trail/trail.ts';
import { validateAppend } from '../../../../trail/validate-append.ts';
import type { Caller } from '../../../callers/token-review.ts';
import type { RecordStore } from '../store.ts';
import { pageOf } from './page-query.ts';
import { refuse, refuseHalted } from './refusals.ts';

/** Who reads: the caller whom the API server knows, and the person for whom it stands. */
export interface RecordsReader {
  readonly person: string;
  readonly caller: Caller;
}

/** Most lines and roughly most bytes of one page; the reader asks on with `after`. */
const pageLines = 100;
const maxPageBytes = 8 * 1024 * 1024;

/** The route's handler. Its caller is known, and may read. */
export function serveReading(store: RecordStore, now: () => number): RequestHandler {
  return async (request: Request, response: Response) => {
    const page = pageOf(new URL(request.url, 'https://records').searchParams);
    if ('problem' in page) return refuse(response, 422, { code: 'records_invalid', detail: page.problem });
    const lines = await readPage(store, page);
    const reading = {
      reader: response.locals['reader'] as RecordsReader,
      peer: request.socket.remoteAddress ?? '',
      first: page.after + 1,
      last: page.after + lines.length,
      now: now(),
    };
    if (lines.length > 0 && !(await isRecorded(store, reading))) return refuseHalted(response, store);
    const text = lines.map((line) => `${line}\n`).join('');
    response.set('content-type', 'application/x-ndjson').send(Buffer.from(text));
  };
}

async function isRecorded(store: RecordStore, reading: PageRead): Promise<boolean> {
  const writer = 'store';
  const accepted = validateAppend(writer, [readRecord(reading)]);
  // Names come from the API server, and a text is cut or escaped, never refused.
  if (!accepted.ok) throw new Error(accepted.detail);
  return (await store.append({ writer, records: accepted.records })).ok;
}

async function readPage(
  store: RecordStore,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<readonly string[]> {
  const read: string[] = [];
  let bytes = 0;
  while (read.length < limit && bytes < maxPageBytes) {
    const left = Math.min(limit - read.length, pageLines);
    const lines = await store.read({ after: after + read.length, limit: left });
    if (lines.length === 0) break;
    read.push(...lines);
    bytes += lines.reduce((sum, line) => sum + line.length, 0);
  }
  return read;
}

export interface PageRead {
  readonly reader: RecordsReader;
  /** Address of the connection. */
  readonly peer: string;
  readonly first: number;
  readonly last: number;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The record of one page that was read. Names of the cluster's users are cleaned as every text of a record is. */
export function readRecord({ reader, peer, first, last, now }: PageRead): NewRecord {
  const { person, caller } = reader;
  const id = newRecordId(now);
  const by = person === caller.username ? '' : `, as ${caller.username}`;
  return {
    id,
    key: `audit.read/${id}`,
    type: 'audit.read',
    phase: 'point',
    time: new Date(now).toISOString(),
    actor: {
      kind: person.startsWith('system:serviceaccount:') ? 'system' : 'customer_admin',
      name: person,
      ...(caller.uid === undefined || by !== '' ? {} : { uid: caller.uid }),
    },
    // Through a forwarded port everyone comes from the pod itself, which says nothing of where they are.
    ...(isLoopback(peer) ? {} : { source: { ip: peer } }),
    target: { area: 'records', action: 'read' },
    message: `read records ${first} to ${last}${by}`,
  };
}

function isLoopback(address: string): boolean {
  return address === '' || address === '::1' || /^(::ffff:)?127\./.test(address);
}
