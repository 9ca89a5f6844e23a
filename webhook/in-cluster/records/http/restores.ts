/**
 * What came back from a backup of the cluster, over HTTP: the operator asks whether a world is one, people with the right
 * `restore` read what was refused so, and confirm that it is meant to be as it is now. Who confirmed what is recorded first.
 */
import type { Request, RequestHandler, Response } from 'express';
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
        'the body must cite a world, for example {"grant":{"namespace":"ecase","name":"case-4711","uid":"6f1c"},"cites":[]}';
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
  return read.ok && read.record.grant !== undefined ? read.record : undefined;
}

/** `GET /v1/restores`: what is refused. */
export function serveRestores(store: Store): RequestHandler {
  return async (_request: Request, response: Response) => {
    response.json({ restored: (await store.refused()).map(asThing) } satisfies RestoresResponse);
  };
}

/**
 * `POST /v1/restores` with the subjects that the person was shown. What is more by now is shown first. `POST /v1/restores/check`
 * says what that would be answered, and stores nothing: a path of its own, so that a server which does not know it confirms nothing.
 */
export function serveConfirmation(store: Store, { dryRun }: { readonly dryRun: boolean }): RequestHandler {
  return async (request: Request, response: Response) => {
    const { subjects } = (request.body ?? {}) as { readonly subjects?: unknown };
    const refused = await store.refused();
    const shown = new Set(Array.isArray(subjects) ? subjects : []);
    if (!Array.isArray(subjects) || refused.some(({ subject }) => !shown.has(subject))) {
      const detail =
        'subjects must name all that is refused now, as GET /v1/restores gives it; read it again';
      return refuse(response, 409, { code: 'records_conflict', detail });
    }
    if (dryRun && store.health().state !== 'ready') return refuseHalted(response, store);
    if (refused.length > 0 && !dryRun) {
      const reader = response.locals['reader'] as RecordsReader;
      const record = canonicalRecord(confirmedRecord(reader, refused, Date.now()));
      const appended = await store.append({ writer: 'store', records: [record] });
      if (!appended.ok) return refuseHalted(response, store);
    }
    response.json({ restored: refused.map(asThing) } satisfies RestoresResponse);
  };
}

function asThing({ subject, kind, name, uid }: WitnessRow): RestoredThing {
  return { subject, kind, name, uid };
}

function confirmedRecord({ person }: RecordsReader, refused: readonly WitnessRow[], now: number): NewRecord {
  const id = newRecordId(now);
  const things = refused.map(({ kind, name, uid }) => `${kind} ${name} (${uid})`).join(', ');
  // The number first: a long list is cut off.
  const count = refused.length === 1 ? '1 thing as it is now' : `${refused.length} things as they are now`;
  return {
    id,
    key: `audit.restore_confirmed/${id}`,
    type: 'audit.restore_confirmed',
    phase: 'point',
    time: new Date(now).toISOString(),
    actor: {
      kind: person.startsWith('system:serviceaccount:') ? 'system' : 'customer_admin',
      name: person.slice(0, 256),
    },
    target: { area: 'records', action: 'restore' },
    message: `confirmed ${count}: ${things}`.slice(0, 2048),
  };
}
