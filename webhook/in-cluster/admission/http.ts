/**
 * Admission over HTTP: a path for each entry of the registrations, below a secret one. A refusal here has no words, so that a caller that is no API server
 * learns nothing.
 */
import type { RequestListener } from 'node:http';
import express, { type ErrorRequestHandler, type Request, type Response } from 'express';
import { type EntryPath, registrations } from '../../../crds/rules/registration.ts';
import type { ProvesCaller } from './client-certificate.ts';
import { type AdmissionDeps, respondToReview } from './handler.ts';
import { observeReview, outcomeOf, type ReviewObserver } from './observed-review.ts';

export interface AdmissionHttpOptions {
  /** The secret path as of now; it may change with the certificates. */
  readonly path: () => string;
  readonly deps: AdmissionDeps;
  /** Whether a connection is the API server's, by its client certificate. */
  readonly provesCaller: ProvesCaller;
  readonly observer?: ReviewObserver | undefined;
}

/** Most bytes of an AdmissionReview: two objects of the largest size that etcd takes, and room. */
const maxReviewBytes = 8 * 1024 * 1024;

const readText = express.text({ type: () => true, limit: maxReviewBytes, inflate: false });

const entryPaths: readonly EntryPath[] = Object.values(registrations).flat();

/** A route for each entry of the registrations. */
export function createAdmissionHttp({
  path,
  deps,
  provesCaller,
  observer,
}: AdmissionHttpOptions): RequestListener {
  const app = express();
  app.disable('x-powered-by').disable('etag');
  // The path first: the body of a caller that does not know it is not read.
  app.use((request, response, next) => {
    const route = routeOf(request, path());
    if (route === undefined) return end(response, 404);
    response.locals['route'] = route;
    if (observer !== undefined) observeReview(observer, route, response);
    next();
  });
  app.use(readText, (request, response) => {
    response.locals['proved'] = provesCaller(request.socket);
    return respond({ deps, observer }, request, response);
  });
  app.use(failing(observer));
  // A target that express cannot parse passes all of the above, and its own answer would be a page with words.
  return (request, response) =>
    app(request as Request, response as Response, () => end(response as Response, 404));
}

async function respond(
  { deps, observer }: Pick<AdmissionHttpOptions, 'deps' | 'observer'>,
  request: Request,
  response: Response,
): Promise<void> {
  const body: unknown = request.body;
  const posted = {
    path: response.locals['route'] as EntryPath,
    body: typeof body === 'string' ? body : '',
    proved: response.locals['proved'] === true,
    peer: request.socket.remoteAddress ?? '',
  };
  const reviewed = await respondToReview(posted, deps);
  observer?.reviewed(posted.path, outcomeOf(reviewed));
  if (reviewed === undefined) end(response, 400);
  else response.json(reviewed);
}

function routeOf({ method, url }: Request, path: string): EntryPath | undefined {
  if (method !== 'POST') return undefined;
  const [target] = url.split('?');
  return entryPaths.find((each) => target === `${path}/${each}`);
}

function end(response: Response, status: number): void {
  response.status(status).set('content-length', '0').end();
}

function failing(observer: ReviewObserver | undefined): ErrorRequestHandler {
  // oxlint-disable-next-line max-params -- express knows an error handler by its four parameters
  return (error: unknown, _request, response, _next) => {
    const status = error instanceof Error && 'status' in error ? Number(error.status) : 0;
    // Too large, or sent in a way that no API server does. Anything else must end the connection, and never the process.
    if (status >= 400 && status < 500) return end(response, status);
    observer?.failed();
    response.destroy();
  };
}
