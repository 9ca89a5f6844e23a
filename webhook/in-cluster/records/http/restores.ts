/**
 * What came back from a backup of the cluster, over HTTP: the operator asks whether a world is one, people with the right
 * `restore` read what was refused so, and confirm that it is meant to be as it is now. Who confirmed what is recorded first.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Request, RequestHandler, Response } from 'express';
import type { Citation } from '../../../../crds/audit/citation.ts';
import { canonicalRecord, type NewRecord, readNewRecord } from '../../../../crds/audit/record.ts';
import type { WitnessRow } from '../../../../crds/audit/witness.ts';
import { newRecordId } from '../../../../trail/trail.ts';
import type { RestoredThing, RestoresResponse } from '../../../../trail/wire.ts';
import type { Restored } from '../restored.ts';
import type { CitedWorld, RecordStore } from '../store.ts';
import type { RecordsReader } from './readings.ts';
import { refuse, refuseHalted } from './refusals.ts';

type Store = Pick<RecordStore, 'append' | 'older' | 'refused' | 'health'>;

/**
 * `POST /v1/witness` by the operator: 204 where nothing in its world is older than what is known, else 409 that says what, or
 * 503 where that cannot be known now.
 */
export function serveWitness(store: Store, restored: Restored): RequestHandler {
  return async (request: Request, response: Response) => {
    const world = worldIn(request.body);
    if (world === undefined) {
      const detail =
        'the body must name a grant or cite objects, for example {"grant":{"namespace":"ecase","name":"case-4711","uid":"6f1c"},"cites":[]}';
      return refuse(response, 422, { code: 'records_invalid', detail });
    }
    const older = await store.older(world);
    if (older.length === 0) return void response.status(204).end();
    const problem = await restored.judge(older);
    return refuse(response, problem.code === 'records_unavailable' ? 503 : 409, problem);
  };
}

/** A world is read by the rules of a record, so that nothing else can be asked about than what records cite. */
function worldIn(body: unknown): CitedWorld | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { grant, cites } = body as { readonly grant?: unknown; readonly cites?: unknown };
  const read = readNewRecord({
    id: newRecordId(0),
    key: 'witness',
    type: 'grant.activated',
    phase: 'point',
    time: new Date(0).toISOString(),
    actor: { kind: 'system', name: 'operator' },
    grant,
    cites,
  });
  if (!read.ok) return undefined;
  const { grant: named, cites: cited = [] } = read.record;
  return named === undefined && cited.length === 0 ? undefined : read.record;
}

/** `GET /v1/restores`: what is refused. */
export function serveRestores(store: Store): RequestHandler {
  return async (_request: Request, response: Response) => {
    response.json({ restored: (await store.refused()).map(asThing) } satisfies RestoresResponse);
  };
}

/**
 * `POST /v1/restores` with the subjects that the person was shown. What is more by now is shown first, unless `only` says that these
 * were chosen among others. What has been found anew since has another subject. `POST /v1/restores/check`
 * says what that would be answered, and stores nothing: a path of its own, so that a server which does not know it confirms nothing.
 */
export function serveConfirmation(
  store: Store,
  { restored, dryRun }: { readonly restored: Restored; readonly dryRun: boolean },
): RequestHandler {
  return async (request: Request, response: Response) => {
    const named = namedIn(request.body, await store.refused());
    if (typeof named === 'string') return refuse(response, 409, { code: 'records_conflict', detail: named });
    if (dryRun && store.health().state !== 'ready') return refuseHalted(response, store);
    if (named.length > 0 && !dryRun) {
      const reader = response.locals['reader'] as RecordsReader;
      const problem = await confirmAsItIs(named, { store, restored, reader });
      if (problem === 'halted') return refuseHalted(response, store);
      if (problem === 'unread')
        return refuse(response, 503, { code: 'records_unavailable', detail: notReadNow });
    }
    response.json({ restored: named.map(asThing) } satisfies RestoresResponse);
  };
}

/** What is to be confirmed, or why nothing is. */
function namedIn(body: unknown, refused: readonly WitnessRow[]): readonly WitnessRow[] | string {
  const { subjects, only } = (body ?? {}) as { readonly subjects?: unknown; readonly only?: unknown };
  const shown = new Set(Array.isArray(subjects) ? (subjects as unknown[]) : []);
  const named = refused.filter((row) => shown.has(asThing(row).subject));
  if (!Array.isArray(subjects) || (only !== true && named.length < refused.length))
    return 'subjects must name all that is refused now, as GET /v1/restores gives it; read it again';
  return named.length === shown.size
    ? named
    : 'subjects must name only what is refused now, as GET /v1/restores gives it; it was confirmed or found again meanwhile, so read it again';
}

function asThing({ subject, kind, name, uid, found = '', known = '' }: WitnessRow): RestoredThing {
  return { subject: found === '' ? subject : found, kind, name, uid, known };
}

interface Confirming {
  readonly store: Store;
  readonly restored: Restored;
  readonly reader: RecordsReader;
}

/**
 * Each thing as it is now. What was changed after it was read, and recorded before it was confirmed, taught the records nothing, so it is
 * read once more, and confirmed until it is as it was read.
 */
async function confirmAsItIs(
  named: readonly WitnessRow[],
  { store, restored, reader }: Confirming,
): Promise<'unread' | 'halted' | undefined> {
  const read = () => statesOf(named, restored).catch(() => undefined);
  let states = await read();
  for (let left = named; left.length > 0; ) {
    const known = states;
    if (known === undefined) return 'unread';
    const records = left.map((row) =>
      canonicalRecord(confirmedRecord(reader, row, { now: Date.now(), cited: known[named.indexOf(row)] })),
    );
    if (!(await store.append({ writer: 'store', records })).ok) return 'halted';
    const now = await read();
    // It is confirmed, and what changes from now on is told by others.
    if (now === undefined) return undefined;
    states = now;
    left = named.filter((_, at) => !isDeepStrictEqual(now[at], known[at]));
  }
  return undefined;
}

/** How many are read at once: after a restore there may be hundreds. */
const readAtOnce = 20;

async function statesOf(named: readonly WitnessRow[], restored: Restored) {
  const states: (Citation | undefined)[] = [];
  for (let at = 0; at < named.length; at += readAtOnce) {
    const part = named.slice(at, at + readAtOnce);
    states.push(...(await Promise.all(part.map((row) => restored.asItIs(row)))));
  }
  return states;
}

const notReadNow =
  'what is confirmed is read at the API server first, which did not answer in time; nothing was confirmed, so try again';

/** One record for each, which names the record that found it: that very finding is confirmed, and none that comes after. */
function confirmedRecord(
  { person }: RecordsReader,
  { kind, name, uid, found, known = '' }: WitnessRow,
  { now, cited }: { readonly now: number; readonly cited: Citation | undefined },
): NewRecord {
  const id = newRecordId(now);
  return {
    ...(cited === undefined ? {} : { cites: [cited] }),
    id,
    key: `audit.restore_confirmed/${id}`,
    type: 'audit.restore_confirmed',
    phase: 'point',
    time: new Date(now).toISOString(),
    actor: {
      kind: person.startsWith('system:serviceaccount:') ? 'system' : 'customer_admin',
      name: person.slice(0, 256),
    },
    ...(found === undefined ? {} : { cause: found }),
    target: { area: 'records', action: 'restore', kind, name, uid },
    message: `confirmed as it is now, though it is older than was recorded: ${known}`,
  };
}
