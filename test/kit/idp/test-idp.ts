/**
 * A SAML identity provider for tests and the demo: a real HTTP server on loopback with a login form, which speaks the
 * real protocol with real keys. Not for anything else: its people and passwords are written in the clear.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loginPage, postingPage, problemPage } from './pages.ts';
import {
  type Misbehaviour,
  type Person,
  type ProviderSettings,
  providerMetadata,
  type ReceivedRequest,
  readRequest,
  type ServiceProviderSettings,
  writeResponse,
} from './provider.ts';
import { aSigningKey, type KeyPair } from './signing-key.ts';

export interface TestIdpWish {
  readonly serviceProvider: ServiceProviderSettings;
  readonly people: readonly Person[];
  /** The assertion alone (default), or assertion and response. */
  readonly signs?: 'assertion' | 'both';
  readonly port?: number;
  /** Where it listens; loopback unless said. */
  readonly address?: string;
  /** How a browser reaches it, where that is not the address itself. */
  readonly origin?: string;
  /** A new one unless said. */
  readonly key?: KeyPair;
}

export interface TestIdp {
  readonly entityID: string;
  readonly metadataURL: string;
  readonly signInURL: string;
  /** XML, ready for the policy's `sso.identityProvider.metadata`. */
  readonly metadata: string;
  readonly certificate: string;
  readonly people: readonly Person[];
  /** The requests that arrived, as they were. */
  readonly received: readonly ReceivedRequest[];
  /** From the next answer on; `{}` makes it honest again. */
  misbehave(misbehaviour: Misbehaviour): void;
  /** Another service provider, or the same one under another address. */
  serve(serviceProvider: ServiceProviderSettings): void;
  stop(): Promise<void>;
}

interface State {
  readonly facts: ProviderSettings;
  readonly people: readonly Person[];
  readonly waiting: Map<string, ReceivedRequest>;
  readonly received: ReceivedRequest[];
  serviceProvider: ServiceProviderSettings;
  misbehaviour: Misbehaviour;
}

const mostWaiting = 1000;
const largestForm = 16 * 1024;

/** Starts the provider; it listens when the promise resolves. */
export async function startTestIdp(wish: TestIdpWish): Promise<TestIdp> {
  const server = createServer();
  const { address = '127.0.0.1' } = wish;
  await new Promise<void>((listening) => server.listen(wish.port ?? 0, address, listening));
  const origin = wish.origin ?? `http://${address}:${(server.address() as AddressInfo).port}`;
  const key = wish.key ?? (await aSigningKey({ commonName: 'Test identity provider' }));
  const state = newState(wish, origin, key);
  server.on('request', (request, response) => {
    respond(state, request, response).catch((error: unknown) => {
      send(response, 400, problemPage(error instanceof Error ? error.message : 'That did not work.'));
    });
  });
  return {
    entityID: state.facts.entityID,
    metadataURL: `${origin}/metadata`,
    signInURL: state.facts.signInURL,
    metadata: metadataOf(state),
    certificate: key.certificate,
    people: wish.people,
    received: state.received,
    misbehave(misbehaviour) {
      state.misbehaviour = misbehaviour;
    },
    serve(serviceProvider) {
      state.serviceProvider = serviceProvider;
    },
    stop: () => stopped(server),
  };
}

function newState(wish: TestIdpWish, origin: string, key: KeyPair): State {
  const { signs = 'assertion', people, serviceProvider } = wish;
  return {
    facts: { entityID: `${origin}/metadata`, signInURL: `${origin}/sso`, key, signs },
    people,
    serviceProvider,
    waiting: new Map(),
    received: [],
    misbehaviour: {},
  };
}

function metadataOf(state: State): string {
  return providerMetadata(state.facts, state.serviceProvider.certificate !== undefined);
}

function stopped(server: Server): Promise<void> {
  return new Promise((done) => {
    server.close(() => done());
    server.closeAllConnections();
  });
}

async function respond(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://idp');
  switch (`${request.method} ${url.pathname}`) {
    case 'GET /metadata':
      response.writeHead(200, { 'content-type': 'application/samlmetadata+xml' }).end(metadataOf(state));
      return;
    case 'GET /sso':
      send(response, 200, await askToSignIn(state, url.search.slice(1)));
      return;
    case 'POST /login':
      await signIn(state, await formOf(request), response);
      return;
    default:
      send(response, 404, problemPage('There is nothing here.'));
  }
}

/** Always asks, so ForceAuthn is always heeded. */
async function askToSignIn(state: State, rawQuery: string): Promise<string> {
  const received = await readRequest(state.facts, state.serviceProvider, rawQuery);
  const ticket = randomUUID();
  const oldest = state.waiting.size >= mostWaiting ? state.waiting.keys().next().value : undefined;
  if (oldest !== undefined) state.waiting.delete(oldest);

  state.waiting.set(ticket, received);
  state.received.push(received);
  return loginPage(ticket);
}

async function signIn(state: State, form: URLSearchParams, response: ServerResponse): Promise<void> {
  const ticket = form.get('request') ?? '';
  const request = state.waiting.get(ticket);
  if (request === undefined) {
    send(response, 400, problemPage('This sign-in was not asked for, or it was answered already.'));
    return;
  }
  const person = state.people.find(
    ({ user, password }) => user === form.get('username') && password === form.get('password'),
  );
  if (person === undefined) {
    send(response, 200, loginPage(ticket, 'User or password is wrong.'));
    return;
  }
  state.waiting.delete(ticket);
  const { facts, serviceProvider, misbehaviour } = state;
  const answer = await writeResponse(facts, serviceProvider, { person, request, misbehaviour });
  send(response, 200, postingPage(serviceProvider.acsURL, answer, request.relayState));
}

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  let body = '';
  for await (const chunk of request) {
    body += String(chunk);
    if (body.length > largestForm) throw new Error('The form is too large.');
  }
  return new URLSearchParams(body);
}

function send(response: ServerResponse, status: number, html: string): void {
  const headers = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' };
  response.writeHead(status, headers).end(html);
}
