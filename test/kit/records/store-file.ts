/** Files of records for tests: a folder that goes away, reading everything back, a disk that is small. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { canonicalRecord, type NewRecord } from '../../../crds/audit/record.ts';
import { type Verification, verifyChain } from '../../../crds/audit/verify.ts';
import type { Appended, RecordStore } from '../../../webhook/in-cluster/records/store.ts';
import { noteNotRun } from '../machine/not-run.ts';

/** A new folder that is removed after the test. */
export function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'support-access-records-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A folder on a disk of its own with so many kilobytes, or undefined where this machine does not allow mounting. */
export function aSmallDisk(kilobytes: number): string | undefined {
  const folder = aFolder();
  const unmount = mountSmallDisk(folder, kilobytes);
  if (unmount === undefined) return undefined;
  onTestFinished(unmount);
  return folder;
}

/** Puts a small disk on this folder; the returned function takes it away. Undefined where this machine does not allow it. */
export function mountSmallDisk(folder: string, kilobytes: number): (() => void) | undefined {
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder]);
  if (mounted.status === 0) return () => void spawnSync('umount', ['-l', folder]);
  noteNotRun({ what: 'records on a full disk', why: 'this machine does not allow mounting a small disk' });
  return undefined;
}

/** Appends as the gateway does. */
export function appendTo(store: RecordStore, ...records: readonly NewRecord[]): Promise<Appended> {
  return store.append({ writer: 'gateway', records: records.map(canonicalRecord) });
}

/** All lines of a store, by pages as any reader would. */
export async function linesOf(store: RecordStore): Promise<string[]> {
  const lines: string[] = [];
  for (;;) {
    const page = await store.read({ after: lines.length, limit: 500 });
    if (page.length === 0) return lines;
    lines.push(...page);
  }
}

/** What the verifier says of a store against its own head. */
export async function verificationOf(store: RecordStore): Promise<Verification> {
  const head = await store.head();
  return verifyChain(await linesOf(store), head);
}
