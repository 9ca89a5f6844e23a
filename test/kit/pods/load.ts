/**
 * People at work while a cluster does something to the pods: requests without a pause between them, on connections that are
 * kept and on new ones. Counts; judges nothing.
 */
import { Agent, request } from 'node:https';
import { isIP } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Site } from '../installation/example-installation.ts';
import { asProgram } from '../people/acts.ts';
import type { Person } from '../people/http-person.ts';

/** What became of one request. */
export interface LoadRequest {
  /** performance.now() when it began, and when its answer was whole. */
  readonly began: number;
  readonly ended: number;
  /** 0 when no answer came. */
  readonly status: number;
  /** The reason that the gateway told, or the error of the connection. */
  readonly said: string;
  readonly kept: boolean;
}

export interface Tally {
  readonly all: readonly LoadRequest[];
  readonly failed: readonly LoadRequest[];
  /** `503 RecordsUnavailable` and how often, for whatever was not 200. */
  readonly kinds: Readonly<Record<string, number>>;
  /** Seconds between the first and the last that failed. */
  readonly failingFor: number;
}

export interface Load {
  /** Lets every loop finish its request. */
  end(): Promise<Tally>;
}

interface LoadWish {
  readonly path?: string;
  /** Loops that keep their connection, and loops that make a new one for each request. */
  readonly kept?: number;
  readonly fresh?: number;
}

/** Starts the loops. */
export function startLoad(site: Site, person: Person, wish: LoadWish = {}): Load {
  const { path = '/api/jobs', kept = 3, fresh = 3 } = wish;
  const url = new URL(`${site.applicationOrigin}${path}`);
  const headers = { ...asProgram, cookie: person.cookies.headerFor(url) ?? '' };
  const all: LoadRequest[] = [];
  const over = new AbortController();
  const loop = async (keepAlive: boolean): Promise<void> => {
    const agent = agentOf(site, keepAlive);
    while (!over.signal.aborted) {
      const began = performance.now();
      const answer = await ask(url, { agent, headers });
      all.push({ began, ended: performance.now(), kept: keepAlive, ...answer });
      // Two cores also run the cluster: without a breath the load would starve what it watches.
      await delay(30);
    }
    agent.destroy();
  };
  const loops = [
    ...Array.from({ length: kept }, async () => loop(true)),
    ...Array.from({ length: fresh }, async () => loop(false)),
  ];
  return {
    end: async () => {
      over.abort();
      await Promise.all(loops);
      return tallyOf(all);
    },
  };
}

function agentOf({ product, at = '127.0.0.1' }: Site, keepAlive: boolean): Agent {
  return new Agent({
    ca: product.ca,
    keepAlive,
    maxSockets: 1,
    lookup: (_host, { all }, found) => {
      if (all) found(null, [{ address: at, family: isIP(at) }]);
      else found(null, at, isIP(at));
    },
  });
}

async function ask(
  url: URL,
  options: { readonly agent: Agent; readonly headers: Readonly<Record<string, string>> },
): Promise<Pick<LoadRequest, 'status' | 'said'>> {
  return new Promise((resolve) => {
    const sent = request(url, { ...options, timeout: 15_000 }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('error', (error) => resolve({ status: 0, said: error.message }));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          said: /"reason"\s*:\s*"(\w+)"/.exec(body)?.[1] ?? '',
        }),
      );
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer within 15 s')));
    sent.on('error', (error: NodeJS.ErrnoException) =>
      resolve({ status: 0, said: error.code ?? error.message }),
    );
    sent.end();
  });
}

/** `503 RecordsUnavailable`, `none ECONNRESET (kept)`. */
export function kindOf({ status, said, kept }: LoadRequest): string {
  return `${status || 'none'} ${said}${status ? '' : kept ? ' (kept)' : ' (new)'}`.trim();
}

function tallyOf(all: readonly LoadRequest[]): Tally {
  const failed = all.filter(({ status }) => status !== 200);
  const kinds: Record<string, number> = {};
  for (const answer of failed) kinds[kindOf(answer)] = (kinds[kindOf(answer)] ?? 0) + 1;
  const times = failed.map(({ began }) => began);
  const failingFor = times.length === 0 ? 0 : (Math.max(...times) - Math.min(...times)) / 1000;
  return { all, failed, kinds, failingFor };
}
