/** Who asked for writes, over HTTP: for the operator, which has seen what was stored. */
import type { Request, RequestHandler, Response } from 'express';
import type { Requester, StoredWrite } from '../../../../crds/audit/requester.ts';
import { maxStoredWrites, type RequestersResponse } from '../../../../trail/wire.ts';

/** Says who asked for a write that was stored; rejects when that cannot be recorded. */
export type SettleRequester = (stored: StoredWrite) => Promise<Requester>;

/** The route's handler. Its caller is known to be the operator: another could name a write that was never stored. */
export function serveRequesters(settle: SettleRequester): RequestHandler {
  return async (request: Request, response: Response) => {
    const writes = readStoredWrites(request.body);
    if (writes === undefined) {
      const detail = `writes must be a list of 1 to ${maxStoredWrites} stored writes, each with kind, name, uid and generation, for example {"writes":[{"kind":"SupportUser"}]}`;
      response.status(422).json({ code: 'records_invalid', detail });
      return;
    }
    const requesters = await Promise.all(writes.map(settle));
    response.json({ requesters } satisfies RequestersResponse);
  };
}

/** The writes in the body of such a call, or undefined when it is none. */
function readStoredWrites(body: unknown): readonly StoredWrite[] | undefined {
  const writes = (body as { readonly writes?: unknown } | undefined)?.writes;
  if (!Array.isArray(writes) || writes.length === 0 || writes.length > maxStoredWrites) return undefined;
  return writes.every(isStoredWrite) ? writes : undefined;
}

function isStoredWrite(value: unknown): value is StoredWrite {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, namespace = '', name, uid, generation, fingerprint, gone } = value as Record<string, unknown>;
  const texts = [kind, namespace, name, uid, fingerprint];
  if (!texts.every((text) => typeof text === 'string' && text.length <= 253)) return false;
  return uid !== '' && Number.isSafeInteger(generation) && typeof gone === 'boolean';
}
