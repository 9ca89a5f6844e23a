/** Reading more than a person may at once: the plugin says so, and reads on when it may. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { call } from '../../../kit/cli/call.ts';
import { type Reply, scriptedServer } from '../../../kit/cli/scripted-server.ts';

const detail = 'a person may read so many pages';
const refused = (headers: Record<string, string>): Reply => [
  429,
  { code: 'records_unavailable', detail },
  headers,
];

/** Prints the head of records that reply so, one after the other. */
async function heads(...replies: readonly Reply[]) {
  const left = [...replies];
  const { reached, calls } = await scriptedServer(
    () => left.shift() ?? [200, { log: 'l', seq: 4, hash: 'f'.repeat(64) }],
  );
  const folder = mkdtempSync(join(tmpdir(), 'records-'));
  writeFileSync(join(folder, 'ca'), reached.ca);
  const words = ['records', 'head', '--url', reached.url, '--ca-file', join(folder, 'ca')];
  const called = await call(words, { environment: { SUPPORT_ACCESS_TOKEN: 'abc' } });
  return { ...called, calls: calls.length };
}

it('waits as long as the records say, and tells it once', async () => {
  const { code, out, err, calls } = await heads(
    refused({ 'retry-after': '0' }),
    refused({ 'retry-after': '0' }),
  );
  expect({ code, calls }).toEqual({ code: 0, calls: 3 });
  expect(out).toBe(`4:${'f'.repeat(64)}\n`);
  expect(err).toBe(`The records let you read on in 0 s: ${detail}. Ctrl-C ends it.\n`);
});

it('does not wait where they do not say how long', async () => {
  const { code, err, calls } = await heads(refused({}));
  expect({ code, calls }).toEqual({ code: 3, calls: 1 });
  expect(err).toContain(`the records gave nothing (429): ${detail}`);
});
