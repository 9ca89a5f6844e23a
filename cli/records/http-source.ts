/** Records from the records' HTTPS server, page by page, with the reader's own token. */
import { readFileSync } from 'node:fs';
import { errorText } from '../../process/redaction.ts';
import { type Connection, openConnection, tokenFromFile } from '../../trail/connection.ts';
import type { HeadResponse } from '../../trail/wire.ts';
import { CannotTell, type CommandInput, type Terminal, UsageError } from '../command.ts';
import type { RecordSource } from './record-source.ts';

const pageLines = 1000;
const deadlineMs = 30_000;

/** Prepares a connection to `url`; sends nothing yet. */
export function openHttpSource(url: string, input: CommandInput, { environment }: Terminal): RecordSource {
  if (!URL.canParse(url) || new URL(url).protocol !== 'https:')
    throw new UsageError('--url must begin with https://');
  const [caFile, serverName] = [input.option('caFile'), input.option('serverName')];
  const connection = openConnection({
    url: new URL(url).origin,
    ca: () => (caFile === undefined ? undefined : readFileSync(caFile)),
    token: tokenOf(input.option('tokenFile'), environment),
    ...(serverName === undefined ? {} : { serverName }),
  });
  const head = async (): Promise<HeadResponse> =>
    JSON.parse(await get(connection, '/v1/head')) as HeadResponse;
  return {
    head,
    async *lines(after) {
      // Up to the end as it was at the beginning: a busy log would never end.
      const { seq } = await head();
      for (let last = after; last < seq; ) {
        const page = (await get(connection, `/v1/records?after=${last}&limit=${pageLines}`)).split('\n');
        const lines = page.filter((line) => line !== '');
        yield* lines;
        if (lines.length === 0) return;
        last += lines.length;
      }
    },
    close: () => connection.close(),
  };
}

function tokenOf(tokenFile: string | undefined, environment: Terminal['environment']): () => Promise<string> {
  const token = environment['SUPPORT_ACCESS_TOKEN'];
  if (tokenFile !== undefined) return tokenFromFile(tokenFile);
  if (token !== undefined && token !== '') return () => Promise.resolve(token);
  throw new UsageError('--url needs --token-file or SUPPORT_ACCESS_TOKEN');
}

async function get(connection: Connection, path: string): Promise<string> {
  const signal = AbortSignal.timeout(deadlineMs);
  const response = await connection.call({ method: 'GET', path, signal }).catch((error: unknown) => {
    throw new CannotTell(`the records cannot be reached: ${errorText(error)}`);
  });
  if (response.status === 200) return response.text;
  if (response.status === 401)
    throw new CannotTell('the records do not accept this token (audience support-access?)');
  if (response.status === 403) throw new CannotTell('you must have get on auditrecords.supportaccess.dev');
  throw new CannotTell(`the records responded with ${response.status}`);
}
