/** A store whose process is killed with -9 again and again, at moments that chance chooses, always on the same file. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { StoredRecord } from '../../../crds/audit/record.ts';
import { openSqliteStore } from '../../../webhook/in-cluster/records/sqlite/store.ts';
import { linesOf, verificationOf } from './store-file.ts';

/** What became of a file whose processes were killed. */
export interface KilledStore {
  readonly kills: number;
  /** Records for which one of the processes had a receipt. */
  readonly acknowledged: number;
  /** Those of them that are not where the receipt says. */
  readonly lost: readonly string[];
  readonly verification: Awaited<ReturnType<typeof verificationOf>>;
}

/** Longer than an append takes with its commit: the kill comes at any point of it. */
const longestMs = 12;

/** Kills so many processes, each after a few receipts and a moment more, and then reads the file. */
export async function killedStore(path: string, kills: number): Promise<KilledStore> {
  const acknowledged = new Map<string, number>();
  for (let kill = 0; kill < kills; kill += 1)
    for (const [id, seq] of await appendUntilKilled(path)) acknowledged.set(id, seq);
  const store = await openSqliteStore({ path, origin: 'test/killed' });
  try {
    const records = (await linesOf(store)).map((line) => JSON.parse(line) as StoredRecord);
    const stored = new Map(records.map(({ id, seq }) => [id, Number(seq)]));
    const lost = [...acknowledged].filter(([id, seq]) => stored.get(id) !== seq).map(([id]) => id);
    return { kills, acknowledged: acknowledged.size, lost, verification: await verificationOf(store) };
  } finally {
    await store.close();
  }
}

const program = fileURLToPath(new URL('appending-child.ts', import.meta.url));

async function appendUntilKilled(path: string): Promise<Map<string, number>> {
  const child = spawn(process.execPath, [program, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const enough = 1 + Math.floor(Math.random() * 8);
  const receipts = new Map<string, number>();
  for await (const line of createInterface({ input: child.stdout })) {
    const [id = '', seq] = line.split(' ');
    if (seq !== undefined) receipts.set(id, Number(seq));
    if (receipts.size !== enough) continue;
    void pause(Math.random() * longestMs).then(() => child.kill('SIGKILL'));
  }
  await ended;
  return receipts;
}
