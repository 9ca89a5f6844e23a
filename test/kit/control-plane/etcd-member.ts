/**
 * The database of a control plane, which tests save and put back as an administrator would with a backup of the cluster: the
 * data directory of a member that was stopped. The API server must be stopped by the caller.
 */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { BinaryPaths } from './binary-source.ts';
import { etcdFlags, type Layout } from './program-flags.ts';
import type { Supervisor } from './supervisor.ts';

export interface EtcdMember {
  readonly pid: () => number;
  /** Keeps its data as they are now, under a name. */
  save(name: string): Promise<void>;
  /** Puts the data of that name in the place of today's. */
  putBack(name: string): Promise<void>;
}

/** Starts it on the data directory of the layout. */
export async function startEtcd(
  { directory, ...layout }: Layout,
  { supervisor, binaries }: { readonly supervisor: Supervisor; readonly binaries: BinaryPaths },
): Promise<EtcdMember> {
  const launch = async () => supervisor.start('etcd', binaries.etcd, etcdFlags({ directory, ...layout }));
  const data = join(directory, 'etcd');
  const saved = (name: string): string => join(directory, `etcd-saved-${name}`);
  let running = await launch();
  const whileStopped = async (act: () => void): Promise<void> => {
    running.signal('SIGTERM');
    await running.exited;
    act();
    running = await launch();
  };
  return {
    pid: () => running.pid,
    save: (name) => whileStopped(() => cpSync(data, saved(name), { recursive: true })),
    putBack: (name) =>
      whileStopped(() => {
        rmSync(data, { recursive: true });
        cpSync(saved(name), data, { recursive: true });
      }),
  };
}
