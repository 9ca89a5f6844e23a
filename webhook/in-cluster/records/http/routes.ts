/**
 * The records over HTTP: append for gateway and operator, read for auditors. It asks for rights and translates; the store
 * does the rest, and start.ts puts it behind TLS.
 */
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import type { Writer } from '../../../../crds/audit/events.ts';
import { validateAppend } from '../../../../trail/validate-append.ts';
import {
  type CallProblem,
  type GroupResult,
  type HeadResponse,
  maxAppendBytes,
} from '../../../../trail/wire.ts';
import type { Access, Right } from '../../../callers/access.ts';
import { type Caller, TooManyCallers } from '../../../callers/token-review.ts';
import type { InstanceLeases } from '../instance-leases.ts';
import type { RecordStore } from '../store.ts';
import { pageOf } from './page-query.ts';
import { type SettleRequester, serveRequesters } from './requesters.ts';

/** On the virtual resource `auditrecords.supportaccess.dev`: `create` appends, `get` reads. */
type RecordsVerb = 'create' | 'get';

const rightTo = (verb: RecordsVerb): Right => ({ resource: 'auditrecords', verb });

export interface RecordsHttpOptions {
  readonly store: RecordStore;
  readonly access: Access;
  readonly leases: Pick<InstanceLeases, 'renew'>;
  readonly releaseNamespace: string;
  /** Who asked for a write that was stored. */
  readonly settle: SettleRequester;
  /** Who a verified client certificate names, for people who come without a token. */
  readonly certificateCaller?: (request: Request) => Caller | undefined;
  /** Told of what was not expected; the caller learns nothing of it. */
  readonly report: (error: unknown) => void;
}

/** Most lines and roughly most bytes of one page; the reader asks on with `after`. */
const pageLines = 100;
const maxPageBytes = 8 * 1024 * 1024;
const maxGroups = 128;

/** The application with its four routes. */
export function createRecordsHttp(options: RecordsHttpOptions): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.use((_request, response, next) => {
    response.set({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    next();
  });
  // Rights first: the body of a caller without them is not parsed, which may be a megabyte.
  app.post('/v1/records', requiring(options, 'create'), jsonOnly, parseJson, (request, response) =>
    append(options, request, response),
  );
  app.post('/v1/instances', requiring(options, 'create'), jsonOnly, parseJson, (request, response) =>
    renew(options, request, response),
  );
  app.post(
    '/v1/requesters',
    requiring(options, 'create'),
    operatorOnly(options),
    jsonOnly,
    parseJson,
    serveRequesters(options.settle),
  );
  app.get('/v1/records', requiring(options, 'get'), (request, response) => read(options, request, response));
  app.get('/v1/head', requiring(options, 'get'), async (_request, response) => {
    response.json((await options.store.head()) satisfies HeadResponse);
  });
  app.use((_request, response) => {
    refuse(response, 404, { code: 'records_invalid', detail: 'no such path' });
  });
  app.use(failing(options.report));
  return app;
}

const parseJson = express.json({ limit: maxAppendBytes, inflate: false });

function refuse(response: Response, status: number, problem: CallProblem): void {
  response.status(status).json(problem);
}

function requiring({ access, certificateCaller }: RecordsHttpOptions, verb: RecordsVerb): RequestHandler {
  return async (request, response, next) => {
    const token = bearerOf(request.headers.authorization);
    const peer = request.socket.remoteAddress ?? '';
    const caller = token === undefined ? certificateCaller?.(request) : await access.callerOf(token, peer);
    if (caller === undefined)
      return refuse(response, 401, { code: 'records_forbidden', detail: 'not signed in' });
    if (!(await access.may(caller, rightTo(verb)))) {
      return refuse(response, 403, {
        code: 'records_forbidden',
        detail: `must have ${verb} on auditrecords.supportaccess.dev`,
      });
    }
    response.locals['caller'] = caller;
    next();
  };
}

function bearerOf(header: string | undefined): string | undefined {
  return /^Bearer ([!-~]{1,8192})$/.exec(header ?? '')?.[1];
}

const jsonOnly: RequestHandler = (request, response, next) => {
  if (request.is('application/json') === 'application/json') return next();
  return refuse(response, 415, { code: 'records_invalid', detail: 'must be application/json' });
};

/** Which writer a caller is, by its ServiceAccount in the release namespace; a right alone does not make a caller a writer. */
function writerOf(caller: Caller, releaseNamespace: string): Writer | undefined {
  const account = `system:serviceaccount:${releaseNamespace}:support-access-`;
  if (caller.username === `${account}gateway`) return 'gateway';
  if (caller.username === `${account}operator`) return 'operator';
  return undefined;
}

function operatorOnly({ releaseNamespace }: RecordsHttpOptions): RequestHandler {
  return (_request, response, next) => {
    const caller = response.locals['caller'] as Caller;
    if (writerOf(caller, releaseNamespace) === 'operator') return next();
    return refuse(response, 403, { code: 'records_forbidden', detail: 'must be the operator' });
  };
}

async function append(options: RecordsHttpOptions, request: Request, response: Response): Promise<void> {
  const { store, releaseNamespace } = options;
  const writer = writerOf(response.locals['caller'] as Caller, releaseNamespace);
  if (writer === undefined)
    return refuse(response, 403, { code: 'records_forbidden', detail: 'must be a writer' });
  const groups = (request.body as { readonly groups?: unknown } | undefined)?.groups;
  if (!Array.isArray(groups) || groups.length === 0 || groups.length > maxGroups) {
    return refuse(response, 422, {
      code: 'records_invalid',
      detail: `groups must be a list of 1 to ${maxGroups}`,
    });
  }
  if (store.health().state !== 'ready') return refuseHalted(response, store);
  const results = await Promise.all(groups.map((group: unknown) => appendGroup(options, writer, group)));
  // One group may find out that the disk is full: then the whole call failed, and is told so.
  const halted = results.find((result) => 'code' in result && result.code === 'records_halted');
  if (halted !== undefined) return refuseHalted(response, store);
  response.json({ results });
}

/** 507 where it is space that is missing: that is the customer's to give, and all that there is to do. */
function refuseHalted(response: Response, store: RecordStore): void {
  const { reason = 'they are being opened' } = store.health();
  const status = /full|ENOSPC|quota/i.test(reason) ? 507 : 503;
  refuse(response, status, { code: 'records_halted', detail: `the records take nothing: ${reason}` });
}

/** An instance of a program says that it lives, and learns whether anything can be recorded. */
function renew(
  { store, leases, releaseNamespace }: RecordsHttpOptions,
  request: Request,
  response: Response,
): void {
  const writer = writerOf(response.locals['caller'] as Caller, releaseNamespace);
  if (writer === undefined)
    return refuse(response, 403, { code: 'records_forbidden', detail: 'must be a writer' });
  const instance = (request.body as { readonly instance?: unknown } | undefined)?.instance;
  const detail = 'instance must be 1 to 64 letters, digits, _ or -, for example 0f9c1ad2-7b3e';
  if (typeof instance !== 'string' || !/^[\w-]{1,64}$/.test(instance))
    return refuse(response, 422, { code: 'records_invalid', detail });

  leases.renew(instance);
  if (store.health().state !== 'ready') return refuseHalted(response, store);
  response.status(204).end();
}

async function appendGroup(
  { store, leases }: RecordsHttpOptions,
  writer: Writer,
  group: unknown,
): Promise<GroupResult> {
  const accepted = validateAppend(writer, group);
  if (!accepted.ok) return { code: accepted.code, detail: accepted.detail };
  // Before it is in the log: an intent whose instance has no lease would stay open for good.
  for (const { record } of accepted.records) if (record.instance !== undefined) leases.renew(record.instance);
  const appended = await store.append({ writer, records: accepted.records });
  return appended.ok ? { receipts: appended.receipts } : { code: appended.code, detail: appended.detail };
}

async function read({ store }: RecordsHttpOptions, request: Request, response: Response): Promise<void> {
  const page = pageOf(new URL(request.url, 'https://records').searchParams);
  if ('problem' in page) return refuse(response, 422, { code: 'records_invalid', detail: page.problem });
  let { after, limit } = page;
  let text = '';
  while (limit > 0 && text.length < maxPageBytes) {
    const lines = await store.read({ after, limit: Math.min(limit, pageLines) });
    if (lines.length === 0) break;
    text += `${lines.join('\n')}\n`;
    after += lines.length;
    limit -= lines.length;
  }
  response.set('content-type', 'application/x-ndjson').send(Buffer.from(text));
}

function failing(report: (error: unknown) => void): ErrorRequestHandler {
  // oxlint-disable-next-line max-params -- express knows an error handler by its four parameters
  return (error: unknown, _request, response, _next) => {
    // Said to the caller alone: a line in our log for each would be one more thing to flood.
    if (error instanceof TooManyCallers)
      return refuse(response, 429, { code: 'records_unavailable', detail: 'too many callers at one time' });

    const status = error instanceof Error && 'status' in error ? Number(error.status) : 0;
    // What the body parser says of a body (malformed, too large) is the caller's to know; anything else is not.
    if (status >= 400 && status < 500)
      return refuse(response, status, { code: 'records_invalid', detail: 'the body cannot be read' });

    report(error);
    return refuse(response, 503, { code: 'records_unavailable', detail: 'the records cannot answer now' });
  };
}
