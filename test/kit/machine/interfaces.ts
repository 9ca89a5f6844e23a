/** Network interfaces of this machine that the kit made. Must not touch any other. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Whether this machine has an interface of that name, be it up or down. */
export function hasInterface(name: string): boolean {
  return existsSync(`/sys/class/net/${name}`);
}

/** Removes an interface; both ends, where it is one of a pair. Having none of that name is no error. */
export function removeInterface(name: string): void {
  // A watchdog has no PATH, and Debian keeps the program where only root looks.
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };
  const { status, stderr } = spawnSync('ip', ['link', 'delete', name], { env, encoding: 'utf8' });
  if (status !== 0 && hasInterface(name))
    throw new Error(`the interface ${name} was not removed: ${stderr.trim()}`);
}
