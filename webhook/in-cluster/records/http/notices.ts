/** The queue of notices over HTTP, for the operator alone: what is said to whom is its to decide. */
import type { Request, RequestHandler, Response } from 'express';
import { type EventType, isEventType } from '../../../../crds/audit/events.ts';
import { isSupportAccessError } from '../../../../crds/errors.ts';
import { mostEntries, type NewEntry, type QueueAsk } from '../../../../trail/notice-queue.ts';
import type { RecordStore } from '../store.ts';
import { refuse } from './refusals.ts';

/** The route's handler. */
export function serveNotices(store: Pick<RecordStore, 'notices'>): RequestHandler {
  return async (request: Request, response: Response) => {
    const ask = readAsk(request.body);
    if (ask === undefined) {
      const detail = `the body must look, put at most ${mostEntries} entries, or settle one, for example {"kind":"look","types":["policy.enabled"],"now":0,"limit":50}`;
      return refuse(response, 422, { code: 'records_invalid', detail });
    }
    try {
      response.json(await store.notices(ask));
    } catch (error) {
      if (!isSupportAccessError(error, 'records_conflict')) throw error;
      refuse(response, 409, { code: error.code, detail: error.message });
    }
  };
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const isKey = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= 512;

type Fields = Readonly<Record<string, unknown>>;

function readAsk(body: unknown): QueueAsk | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const fields = body as Fields;
  return Object.hasOwn(readers, String(fields['kind']))
    ? readers[fields['kind'] as QueueAsk['kind']](fields)
    : undefined;
}

/** One for each kind of ask. */
const readers: Readonly<Record<QueueAsk['kind'], (fields: Fields) => QueueAsk | undefined>> = {
  look({ types, now, limit }) {
    if (!Array.isArray(types) || !isCount(now) || !isCount(limit) || limit > mostEntries) return undefined;
    return { kind: 'look', types: types.filter(isKnownType), now, limit };
  },
  put({ from, to, entries, now }) {
    if (!isCount(from) || !isCount(to) || to < from) return undefined;
    return isCount(now) && areEntries(entries) ? { kind: 'put', from, to, entries, now } : undefined;
  },
  settle({ key, dueAt }) {
    if (!isKey(key) || (dueAt !== undefined && !isCount(dueAt))) return undefined;
    return { kind: 'settle', key, dueAt };
  },
};

const isKnownType = (type: unknown): type is EventType => typeof type === 'string' && isEventType(type);

function areEntries(value: unknown): value is readonly NewEntry[] {
  return Array.isArray(value) && value.length <= mostEntries && value.every(isEntry);
}

function isEntry(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { key, recipient, notice, dueAt, folds } = value as Readonly<Record<string, unknown>>;
  if (typeof folds !== 'boolean') return false;
  return isKey(key) && isKey(recipient) && typeof notice === 'object' && notice !== null && isCount(dueAt);
}
