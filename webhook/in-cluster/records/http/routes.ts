/**
 * The records over HTTP: append for gateway and operator, read for auditors. It asks for rights and translates; the store
 * does the rest, and start.ts puts it behind TLS.
 */
import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import type { Writer } from '../../../../crds/audit/events.ts';
import { isName, isOffset } from '../../../../trail/instance-lease.ts';
import { validateAppend } from '../../../../trail/validate-append.ts';
import {
  type GroupResult,
  type InstancesResponse,
  maxAppendBytes,
  mostNearMisses,
  type ProgramClock,
} from '../../../../trail/wire.ts';
import type { Access, Right } from '../../../callers/access.ts';
import type { CertificateCaller } from '../../../callers/certificate-caller.ts';
import type { PersonOf } from '../../../callers/reader-account.ts';
import type { Caller } from '../../../callers/token-review.ts';
import type { InstanceLeases } from '../instance-leases.ts';
import { keyedSince, type Restored } from '../restored.ts';
import type { RecordSearch } from '../search.ts';
import { type RecordStore, takesEnds } from '../store.ts';
import type { ToldClocks } from '../told-clocks.ts';
import type { VolumeWatch } from '../volume.ts';
import { serveExport, serveExportedPage } from './exporting.ts';
import { serveNotices } from './notices.ts';
import { serveHead, serveReading } from './reading.ts';
import type { Readings, RecordsReader } from './readings.ts';
import { failing, refuse, refuseHalted, told } from './refusals.ts';
import { type SettleRequester, serveRequesters } from './requesters.ts';
import { serveConfirmation, serveRestores, serveWitness } from './restores.ts';
import { serveSearch } from './searching.ts';

/** On the virtual resource `auditrecords.supportaccess.dev`: `create` appends, `get` reads, `export` takes a part along, `restore` confirms what was restored. */
type RecordsVerb = 'create' | 'export' | 'get' | 'restore';

const rightTo = (verb: RecordsVerb): Right => ({ resource: 'auditrecords', verb });

export interface RecordsHttpOptions {
  readonly store: RecordStore;
  readonly search: RecordSearch;
  readonly access: Access;
  readonly leases: Pick<InstanceLeases, 'renew'>;
  /** What the instances say of their clocks. */
  readonly clocks: ToldClocks;
  /** The API server's time minus ours, milliseconds; undefined before it is known. */
  readonly clockOffsetMs: () => number | undefined;
  /** How full the volume is. */
  readonly volume: VolumeWatch;
  /** Records what is read. */
  readonly readings: Readings;
  readonly releaseNamespace: string;
  /** Whether what is older than known is from a backup. */
  readonly restored: Restored;
  /** Who asked for a write that was stored. */
  readonly settle: SettleRequester;
  /** Whom a client certificate names, for people who come to read without a token. */
  readonly certificateCaller: CertificateCaller;
  /** For which person a caller stands. */
  readonly personOf: PersonOf;
  /** Told of what was not expected; the caller learns nothing of it. */
  readonly report: (error: unknown) => void;
}

const maxGroups = 128;

/** The application with its routes. */
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
  for (const [path, serve] of [
    ['/v1/requesters', serveRequesters(options.settle)],
    ['/v1/notices', serveNotices(options.store)],
    ['/v1/witness', serveWitness(options.store, options.restored)],
  ] as const)
    app.post(path, requiring(options, 'create'), operatorOnly(options), jsonOnly, parseJson, serve);
  app.get('/v1/restores', requiring(options, 'restore'), serveRestores(options.store));
  for (const [path, dryRun] of [
    ['/v1/restores', false],
    ['/v1/restores/check', true],
  ] as const) {
    const confirmation = serveConfirmation(options.store, { restored: options.restored, dryRun });
    app.post(path, requiring(options, 'restore'), jsonOnly, parseJson, confirmation);
  }
  serveReaders(app, options);
  app.use((_request, response) => {
    refuse(response, 404, { code: 'records_invalid', detail: told.noSuchPath });
  });
  app.use(failing(options.report));
  return app;
}

/** What people read, search and take along. */
function serveReaders(app: Express, options: RecordsHttpOptions): void {
  const { store, search, readings } = options;
  const mayRead = requiring(options, 'get');
  const mayExport = requiring(options, 'export');
  app.get('/v1/records', mayRead, serveReading(store, readings));
  app.get('/v1/search', mayRead, serveSearch(search, store, readings));
  app.get('/v1/head', mayRead, serveHead(store, readings));
  app.post('/v1/exports', mayExport, jsonOnly, parseJson, serveExport(store, readings));
  app.get('/v1/exports/:id', mayExport, serveExportedPage(store, readings));
}

const parseJson = express.json({ limit: maxAppendBytes, inflate: false });

function requiring(options: RecordsHttpOptions, verb: RecordsVerb): RequestHandler {
  return async (request, response, next) => {
    const caller = await callerOf(options, request, verb);
    if (caller === undefined)
      return refuse(response, 401, { code: 'records_forbidden', detail: told.notSignedIn });
    if (!(await options.access.may(caller, rightTo(verb)))) {
      return refuse(response, 403, {
        code: 'records_forbidden',
        detail: told.noRight(verb),
      });
    }
    const person = verb !== 'create' ? await options.personOf(caller.username) : caller.username;
    if (person === undefined) {
      const detail = 'this reader account belongs to no person any more';
      return refuse(response, 403, { code: 'records_forbidden', detail });
    }
    response.locals['caller'] = caller;
    response.locals['reader'] = { person, caller } satisfies RecordsReader;
    next();
  };
}

/**
 * Who comes with a token is who the token says, whatever certificate is shown besides. Certificates are people's, who read and
 * confirm, and never append.
 */
async function callerOf(
  { access, certificateCaller }: RecordsHttpOptions,
  request: Request,
  verb: RecordsVerb,
): Promise<Caller | undefined> {
  const { authorization } = request.headers;
  if (authorization === undefined) return verb !== 'create' ? certificateCaller(request) : undefined;
  const token = bearerOf(authorization);
  return token === undefined ? undefined : access.callerOf(token, request.socket.remoteAddress ?? '');
}

function bearerOf(header: string | undefined): string | undefined {
  return /^Bearer ([!-~]{1,8192})$/.exec(header ?? '')?.[1];
}

const jsonOnly: RequestHandler = (request, response, next) => {
  if (request.is('application/json') === 'application/json') return next();
  return refuse(response, 415, { code: 'records_invalid', detail: told.notJson });
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
    return refuse(response, 403, { code: 'records_forbidden', detail: told.notOperator });
  };
}

async function append(options: RecordsHttpOptions, request: Request, response: Response): Promise<void> {
  const { store, releaseNamespace } = options;
  const writer = writerOf(response.locals['caller'] as Caller, releaseNamespace);
  if (writer === undefined)
    return refuse(response, 403, { code: 'records_forbidden', detail: told.notWriter });
  const groups = (request.body as { readonly groups?: unknown } | undefined)?.groups;
  if (!Array.isArray(groups) || groups.length === 0 || groups.length > maxGroups) {
    return refuse(response, 422, {
      code: 'records_invalid',
      detail: `groups must be a list of 1 to ${maxGroups} lists of records; send, for example, {"groups":[[]]} with records in it`,
    });
  }
  if (!takesEnds(store.health())) return refuseHalted(response, store);
  const keyed = groups.map((group: unknown) => keyedSince(store.restoredAt(), group));
  const results = await Promise.all(keyed.map((group) => appendGroup(options, writer, group)));
  // Where the volume is full, an end that travels with others is taken, and they are not. Where none is, the whole call failed.
  const isHalted = (result: GroupResult): boolean => 'code' in result && result.code === 'records_halted';
  if (results.every(isHalted)) return refuseHalted(response, store);
  response.json({ results });
}

/** An instance of a program says that it lives, and learns whether anything can be recorded. */
function renew(options: RecordsHttpOptions, request: Request, response: Response): void {
  const { store, leases, releaseNamespace } = options;
  const writer = writerOf(response.locals['caller'] as Caller, releaseNamespace);
  if (writer === undefined)
    return refuse(response, 403, { code: 'records_forbidden', detail: told.notWriter });
  const { instance, clockOffsetMs, nearMisses } = (request.body ?? {}) as Readonly<Record<string, unknown>>;
  const detail = 'instance must be 1 to 64 letters, digits, _ or -, for example 0f9c1ad2-7b3e';
  if (typeof instance !== 'string' || !/^[\w-]{1,64}$/.test(instance))
    return refuse(response, 422, { code: 'records_invalid', detail });

  leases.renew(instance);
  if (store.health().state !== 'ready') return refuseHalted(response, store);
  if (!isOffset(clockOffsetMs)) return void response.status(204).end();
  if (writer === 'gateway')
    options.clocks.note(instance, { program: writer, offsetMs: clockOffsetMs }, namesOf(nearMisses));
  response.json(toldTo(writer, options));
}

/** The operator tells people of it; to others it is none of their business. */
function toldTo(writer: Writer, options: RecordsHttpOptions): InstancesResponse {
  if (writer !== 'operator') return { clocks: [], nearMisses: [] };
  const volume = options.volume.look();
  return {
    clocks: clocksOf(options),
    nearMisses: options.clocks.nearMisses(),
    ...(volume === undefined ? {} : { volume }),
  };
}

/** Names that a gateway told; what is none is left out. */
function namesOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter(isName).slice(0, mostNearMisses) : [];
}

function clocksOf({ clocks, clockOffsetMs }: RecordsHttpOptions): readonly ProgramClock[] {
  const offsetMs = clockOffsetMs();
  return [...clocks.all(), ...(offsetMs === undefined ? [] : [{ program: 'webhook', offsetMs } as const])];
}

async function appendGroup(
  { store, leases, restored }: RecordsHttpOptions,
  writer: Writer,
  group: unknown,
): Promise<GroupResult> {
  const accepted = validateAppend(writer, group);
  if (!accepted.ok) return { code: accepted.code, detail: accepted.detail };
  // Before it is in the log: an intent whose instance has no lease would stay open for good.
  for (const { record } of accepted.records) if (record.instance !== undefined) leases.renew(record.instance);
  const appended = await store.append({ writer, records: accepted.records });
  if (appended.ok) return { receipts: appended.receipts };
  return appended.older === undefined
    ? { code: appended.code, detail: appended.detail }
    : restored.judge(appended.older);
}
