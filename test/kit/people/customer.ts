/** What the customer's administrator does in a story, by kubectl: locks, switches, and the way back. */
import type { ExampleInstallation, Site } from '../installation/example-installation.ts';

/** Merges `spec` into an object, named as for kubectl: `['-n', 'ecase', 'sag/case-4711']`. */
export async function patchSpec(installation: Site, target: readonly string[], spec: object): Promise<void> {
  await installation.kubectl(['patch', ...target, '--type=merge', '-p', JSON.stringify({ spec })]);
}

/** The UID of an object. */
export async function uidOf(installation: Site, target: readonly string[]): Promise<string> {
  const { stdout } = await installation.kubectl(['get', ...target, '-o', 'jsonpath={.metadata.uid}']);
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

export async function lock(installation: Site, name: string): Promise<void> {
  await installation.kubectl(['create', '-f', '-'], aLock(name));
}

/** The two writes that lift a lock. */
export async function liftLock(installation: Site, name: string): Promise<void> {
  await installation.kubectl([
    'annotate',
    'salock',
    name,
    'supportaccess.dev/unlock-reason=It was a false alarm',
  ]);
  await installation.kubectl(['delete', 'salock', name]);
}

/** Asks for what must be refused, and returns what kubectl says about it. */
export async function refusalOf(
  installation: ExampleInstallation,
  args: readonly string[],
  input?: string,
): Promise<string> {
  const { stderr } = await installation.controlPlane.kubectl(args, {
    expectFailure: true,
    ...(input === undefined ? {} : { input }),
  });
  return stderr;
}
