/** What the customer's administrator does in a story, by kubectl: locks, switches, and the way back. */
import type { Stage } from '../installation/stage.ts';

/** Merges `spec` into an object, named as for kubectl: `['-n', 'ecase', 'sag/case-4711']`. */
export async function patchSpec(stage: Stage, target: readonly string[], spec: object): Promise<void> {
  await stage.kubectl(['patch', ...target, '--type=merge', '-p', JSON.stringify({ spec })]);
}

/** The UID of an object. */
export async function uidOf(stage: Stage, target: readonly string[]): Promise<string> {
  const { stdout } = await stage.kubectl(['get', ...target, '-o', 'jsonpath={.metadata.uid}']);
  return stdout;
}

/** What kubectl creates a lock from. */
export function aLock(name: string): string {
  return JSON.stringify({
    apiVersion: 'supportaccess.dev/v1beta1',
    kind: 'SupportAccessLock',
    metadata: { name },
    spec: { reason: 'Something looks wrong' },
  });
}

export async function lock(stage: Stage, name: string): Promise<void> {
  await stage.kubectl(['create', '-f', '-'], aLock(name));
}

/** The two writes that lift a lock. */
export async function liftLock(stage: Stage, name: string): Promise<void> {
  await stage.kubectl(['annotate', 'salock', name, 'supportaccess.dev/unlock-reason=It was a false alarm']);
  await stage.kubectl(['delete', 'salock', name]);
}

/** Asks for what must be refused, and returns what kubectl says about it. */
export async function refusalOf(stage: Stage, args: readonly string[], input?: string): Promise<string> {
  const { stderr } = await stage.controlPlane.kubectl(args, {
    expectFailure: true,
    ...(input === undefined ? {} : { input }),
  });
  return stderr;
}
