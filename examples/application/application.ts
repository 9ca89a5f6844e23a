/**
 * A small real application that plays the customer's: pages, a JSON API, a stream and a database. It trusts its
 * network and has no sign-in of its own, as many applications behind a gateway. Where support access is installed it asks
 * what a person of support may see, offers none of them for an assignment, and counts no license for them.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Database, openDatabase } from './database.ts';
import {
  emailLogPage,
  homePage,
  jobsPage,
  type MenuEntry,
  menu,
  peoplePage,
  settingsPage,
  type View,
} from './pages.ts';
import { knownPeople } from './people.ts';
import type { SupportAccess } from './support-access.ts';

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly id: number;
}

/** What the handlers work with. */
interface Parts {
  readonly database: Database;
  /** Undefined where support access is not installed. */
  readonly support: SupportAccess | undefined;
}

type Handler = (exchange: Exchange, parts: Parts) => void | Promise<void>;

const html = ({ response }: Exchange, text: string): void => {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(text);
};
const json = ({ response }: Exchange, value: unknown, status = 200): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(value)}\n`);
};
const plain = ({ response }: Exchange, text: string): void => {
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
};

/** All requests that the application serves; `:id` is a number. The SupportApplication's routes mirror this list. */
const routes: readonly (readonly [method: string, path: string, handler: Handler])[] = [
  ['GET', '/', async (exchange, parts) => html(exchange, homePage(await viewOf(exchange, parts)))],
  ['GET', '/scheduled-jobs', jobs],
  ['POST', '/scheduled-jobs/:id/assign', assign],
  ['GET', '/people', people],
  ['POST', '/scheduled-jobs/:id/run', run],
  [
    'GET',
    '/email-log',
    async (exchange, parts) =>
      html(exchange, emailLogPage(parts.database.emails(), await viewOf(exchange, parts))),
  ],
  ['GET', '/email-log.txt', (exchange, { database }) => plain(exchange, emailsAsText(database))],
  [
    'GET',
    '/system-settings',
    async (exchange, parts) =>
      html(exchange, settingsPage(parts.database.settings(), await viewOf(exchange, parts))),
  ],
  ['GET', '/api/jobs', (exchange, { database }) => json(exchange, { items: database.jobs() })],
  ['GET', '/api/jobs/:id', job],
  ['POST', '/api/jobs/:id/run', run],
  ['POST', '/api/jobs/:id/cancel', cancel],
  ['GET', '/api/email-log', (exchange, { database }) => json(exchange, { items: database.emails() })],
  ['PUT', '/api/settings', saveSetting],
  ['GET', '/api/events', events],
  ['GET', '/healthz', (exchange) => plain(exchange, 'ok\n')],
];

function emailsAsText(database: Database): string {
  return database
    .emails()
    .map((email) => `${email.state}: "${email.subject}" to <${email.recipient}>\n`)
    .join('');
}

function job(exchange: Exchange, { database }: Parts): void {
  const found = database.job(exchange.id);
  json(exchange, found ?? { error: 'no such job' }, found ? 200 : 404);
}

function run(exchange: Exchange, { database }: Parts): void {
  const done = database.run(exchange.id);
  json(exchange, done ? database.job(exchange.id) : { error: 'no such job' }, done ? 200 : 404);
}

function cancel(exchange: Exchange, { database }: Parts): void {
  const done = database.cancel(exchange.id);
  json(exchange, done ? database.job(exchange.id) : { error: 'no such job' }, done ? 200 : 404);
}

/** What this person may see and do. Who is not of support sees all of it; where it is not known, the least. */
async function viewOf({ request }: Exchange, { support }: Parts): Promise<View> {
  const wishes = [
    ...menu,
    { module: 'Scheduled Jobs', action: 'Run' },
    { module: 'Scheduled Jobs', action: 'Assign' },
  ] as const;
  const allowed = await may(support, request, wishes).catch(() => wishes.map(() => false));
  const [mayRun = false, mayAssign = false] = allowed.slice(menu.length);
  return { menu: menu.filter((_: MenuEntry, at) => allowed[at]), mayRun, mayAssign };
}

async function may(
  support: SupportAccess | undefined,
  request: IncomingMessage,
  wishes: Parameters<SupportAccess['may']>[1],
): Promise<readonly boolean[]> {
  return support === undefined ? wishes.map(() => true) : support.may(request, wishes);
}

async function jobs(exchange: Exchange, parts: Parts): Promise<void> {
  const view = await viewOf(exchange, parts);
  const known = view.mayAssign
    ? await knownPeople(parts.database, parts.support).catch(() => undefined)
    : undefined;
  html(exchange, jobsPage(parts.database.jobs(), view, known?.assignable ?? []));
}

/** What was not offered is not accepted either: the form is only one way to send this. */
async function assign(exchange: Exchange, { database, support }: Parts): Promise<void> {
  const person = Number(new URLSearchParams(await bodyOf(exchange)).get('person'));
  const known = await knownPeople(database, support).catch(() => undefined);
  if (known === undefined) return notKnown(exchange);
  if (!known.assignable.some(({ id }) => id === person)) {
    json(exchange, { error: 'a job must be assigned to one of the people that are offered' }, 422);
    return;
  }
  const done = database.assign(exchange.id, person);
  json(exchange, done ? database.job(exchange.id) : { error: 'no such job' }, done ? 200 : 404);
}

async function people(exchange: Exchange, { database, support }: Parts): Promise<void> {
  const known = await knownPeople(database, support).catch(() => undefined);
  if (known === undefined) notKnown(exchange);
  else html(exchange, peoplePage(known.shown, known));
}

function notKnown(exchange: Exchange): void {
  json(exchange, { error: 'who is of support is not known at the moment; try again in a minute' }, 503);
}

async function bodyOf({ request }: Exchange): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

async function saveSetting(exchange: Exchange, { database }: Parts): Promise<void> {
  const setting = JSON.parse(await bodyOf(exchange)) as Partial<Record<'name' | 'value', unknown>>;
  const done = database.save({ name: String(setting.name), value: String(setting.value) });
  json(exchange, { saved: done }, done ? 200 : 404);
}

/** Server-sent events without end: one line each 100 ms, now and then with an address in it. */
function events({ request, response }: Exchange): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  let count = 0;
  const timer = setInterval(() => {
    count += 1;
    const text = count % 5 === 0 ? 'mail to grace.hopper@customer.example queued' : 'still working';
    response.write(`id: ${count}\ndata: ${text}\n\n`);
  }, 100);
  request.on('close', () => clearInterval(timer));
  response.on('close', () => clearInterval(timer));
}

/** The handler of a request and the id in its path, or undefined. */
function find(method: string, path: string): { handler: Handler; id: number } | undefined {
  for (const [wanted, pattern, handler] of routes) {
    const expression = new RegExp(`^${pattern.replace(':id', '(\\d{1,9})').replaceAll('.', '\\.')}$`);
    const found = wanted === method ? expression.exec(path) : null;
    if (found) return { handler, id: Number(found[1] ?? 0) };
  }
  return undefined;
}

async function respond(exchange: Omit<Exchange, 'id'>, parts: Parts): Promise<void> {
  const { request, response } = exchange;
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  const method = request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET');
  const found = find(method, path);
  if (!found) {
    json({ ...exchange, id: 0 }, { error: 'not found' }, 404);
    return;
  }
  try {
    await found.handler({ ...exchange, id: found.id }, parts);
  } catch {
    if (!response.headersSent) json({ ...exchange, id: 0 }, { error: 'bad request' }, 400);
    else response.destroy();
  }
}

export interface RunningApplication {
  readonly port: number;
  /** Requests that reached the application so far, newest last, as `METHOD path`. */
  readonly seen: readonly string[];
  /** The `Audit-ID` that came with each of them, empty where none did. */
  readonly auditIds: readonly string[];
  /** Headers of the newest request, as they arrived. */
  readonly lastHeaders: () => IncomingMessage['headers'];
  /** Serves a request that came to another port. */
  serve(request: IncomingMessage, response: ServerResponse): void;
  stop(): Promise<void>;
}

export interface ApplicationOptions {
  readonly port?: number;
  readonly database?: string;
  readonly address?: string;
  /** Where support access is installed. */
  readonly support?: SupportAccess | undefined;
}

/** Starts the application, on loopback unless said. `port` 0 takes a free one. */
export async function startApplication({
  port = 0,
  database = ':memory:',
  address = '127.0.0.1',
  support,
}: ApplicationOptions = {}): Promise<RunningApplication> {
  const store = openDatabase(database);
  const seen: string[] = [];
  const auditIds: string[] = [];
  let headers: IncomingMessage['headers'] = {};
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    seen.push(`${request.method ?? ''} ${request.url ?? ''}`);
    headers = request.headers;
    auditIds.push(String(headers['audit-id'] ?? ''));
    void respond({ request, response }, { database: store, support });
  };
  const server: Server = createServer(serve);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, address, resolve);
  });
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the application has no port');
  return {
    port: bound.port,
    seen,
    auditIds,
    lastHeaders: () => headers,
    serve,
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      store.close();
    },
  };
}
