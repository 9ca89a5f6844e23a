/** Records from the records' HTTPS server, page by page, with the reader's own token. */
import { readFileSync } from 'node:fs';
import { isSupportAccessError } from '../../crds/errors.ts';
import { printable } from '../../crds/rules/problem.ts';
import { errorWithCauses } from '../../process/redaction.ts';
import { type CallResponse, type Connection, openConnection, tokenFromFile } from '../../trail/connection.ts';
import {
  detailIn,
  type ExportResponse,
  type HeadResponse,
  mostExportedLines,
  type SearchResponse,
} from '../../trail/wire.ts';
import { CannotTell, type CommandInput, type Terminal, UsageError } from '../command.ts';
import type { RecordSource, SearchWish } from './record-source.ts';

const pageLines = 1000;
const deadlineMs = 30_000;
const urlExample = 'for example https://127.0.0.1:8445';

/** Prepares a connection to `url`; sends nothing yet. */
export function openHttpSource(url: string, input: CommandInput, terminal: Terminal): RecordSource {
  if (!URL.canParse(url) || new URL(url).protocol !== 'https:')
    throw new UsageError(`--url is "${printable(url)}" and must begin with https://, ${urlExample}`);
  const [caFile, serverName] = [input.option('caFile'), input.option('serverName')];
  const token = givenToken(input, terminal);
  if (token === undefined) {
    throw new UsageError(
      '--url needs a token: give --token-file or SUPPORT_ACCESS_TOKEN, made by kubectl create token NAME --audience support-access',
    );
  }
  const connection = openConnection({
    url: new URL(url).origin,
    ca: () => (caFile === undefined ? undefined : authoritiesIn(caFile)),
    token,
    ...(serverName === undefined ? {} : { serverName }),
  });
  return sourceOver(connection, terminal);
}

/** The records behind a connection, as its caller may read them. */
export function sourceOver(connection: Connection, terminal: Pick<Terminal, 'say'>): RecordSource {
  const ask = patiently(connection, terminal);
  const get: Get = async (path, body) => {
    const response = await ask(path, body);
    if (response.status !== 200) throw refusalIn(response);
    return response.text;
  };
  const head = async (): Promise<HeadResponse> => JSON.parse(await get('/v1/head')) as HeadResponse;
  return {
    head,
    async *lines(after) {
      // Up to the end as it was at the beginning: a busy log would never end.
      const { seq } = await head();
      for (let last = after; last < seq; ) {
        const page = (await get(`/v1/records?after=${last}&limit=${pageLines}`)).split('\n');
        const lines = page.filter((line) => line !== '');
        yield* lines;
        if (lines.length === 0) return;
        last += lines.length;
      }
    },
    async export(wish) {
      const part = JSON.parse(await get('/v1/exports', wish)) as ExportResponse;
      return { ...part, lines: () => exportedLines(part, get) };
    },
    async search(wish) {
      const response = await ask(`/v1/search?${searchParameters(wish)}`);
      // An earlier release has no such path.
      if (response.status === 404) return undefined;
      if (response.status !== 200) throw refusalIn(response);
      return JSON.parse(response.text) as SearchResponse;
    },
    grows: true,
    close: () => connection.close(),
  };
}

async function* exportedLines({ id, after, until }: ExportResponse, get: Get): AsyncIterable<string> {
  for (let last = after; last < until; ) {
    const page = await get(`/v1/exports/${id}?after=${last}&limit=${mostExportedLines}`);
    const lines = page.split('\n').filter((line) => line !== '');
    yield* lines;
    if (lines.length === 0) return;
    last += lines.length;
  }
}

/** Asks, and sends what is given along. */
type Get = (path: string, body?: object) => Promise<string>;

function searchParameters(wish: SearchWish): string {
  const { wanted, since, until, newestFirst, after, before, limit } = wish;
  const parameters = {
    ...wanted,
    since: since === undefined ? undefined : new Date(since).toISOString(),
    until: until === undefined ? undefined : new Date(until).toISOString(),
    order: newestFirst ? 'newest' : 'oldest',
    after,
    before,
    limit,
  };
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
  return new URLSearchParams(
    given.map(([name, value]): [string, string] => [name, String(value)]),
  ).toString();
}

/** The token that was given, if there is one. */
export function givenToken(
  input: CommandInput,
  { environment }: Terminal,
): (() => Promise<string>) | undefined {
  const [tokenFile, token] = [input.option('tokenFile'), environment['SUPPORT_ACCESS_TOKEN']];
  if (tokenFile !== undefined) return tokenFromFile(tokenFile);
  return token === undefined || token === '' ? undefined : () => Promise.resolve(token);
}

/** Asks; and asks again when it may, where a person has read as much as they may at once. */
function patiently(
  connection: Connection,
  { say }: Pick<Terminal, 'say'>,
): (path: string, body?: object) => Promise<CallResponse> {
  let isTold = false;
  return async (path, body) => {
    const asked =
      body === undefined
        ? { method: 'GET' as const }
        : { method: 'POST' as const, body: JSON.stringify(body) };
    for (;;) {
      const signal = AbortSignal.timeout(deadlineMs);
      const response = await connection.call({ ...asked, path, signal }).catch((error: unknown) => {
        throw new CannotTell(whyNot(error));
      });
      const { status, retryAfterSeconds: seconds } = response;
      // Too much at once, or an index that is being made.
      if ((status !== 429 && status !== 503) || seconds === undefined) return response;
      if (!isTold)
        say(`The records let you read on in ${seconds} s: ${detailIn(response.text)}. Ctrl-C ends it.`);
      isTold = true;
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    }
  };
}

/** Read at each new connection, as it is rotated. */
function authoritiesIn(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new CannotTell(`--ca-file cannot be read: ${errorWithCauses(cause)}`);
  }
}

/** A file that is not there is no server that is away. */
function whyNot(error: unknown): string {
  if (error instanceof CannotTell) return error.message;
  if (isSupportAccessError(error, 'records_unavailable')) return errorWithCauses(error);
  return `the records cannot be reached: ${errorWithCauses(error)} (see --url, --ca-file and --server-name)`;
}

const notKnown =
  'the records do not know who you are: the token must be for the audience support-access and not have expired; make one with kubectl create token NAME --audience support-access';
const noRight =
  'you must have get on auditrecords.supportaccess.dev; ask for the ClusterRole support-access-auditor, which gives it';

const noExport =
  'you must have export on auditrecords.supportaccess.dev; ask for the ClusterRole support-access-auditor, which gives it';

/** What a refusal of the records' server means to its reader. */
export function refusalIn({ status, text }: CallResponse): CannotTell {
  const detail = detailIn(text);
  if (status === 401) return new CannotTell(notKnown);
  if (status === 403 && detail?.includes('must have the right export') === true)
    return new CannotTell(noExport);
  if (status === 403 && detail?.includes('must have the right') === true) return new CannotTell(noRight);
  return new CannotTell(
    `the records gave nothing (${status}): ${detail ?? 'it gave no reason'}; look at the log of the webhook for more`,
  );
}
