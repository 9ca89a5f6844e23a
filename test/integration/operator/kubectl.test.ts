/** Do the kinds behave in kubectl as people expect of a well-made API? Real kubectl, with the operator at work. */
import { describe, expect, it } from 'vitest';
import type { SupportAccessGrant } from '../../../crds/generated/support-access-grant.ts';
import { eventually } from '../../kit/clock/eventually.ts';
import { type GrantSetting, putAll, putGrant, untilActive } from '../../kit/installation/grant-setting.ts';
import {
  application,
  grant,
  type Kind,
  lock,
  matrix,
  policy,
  type Sent,
  user,
} from '../../kit/objects/valid-objects.ts';
import { useOperatedInstallation } from '../../kit/vitest/use-operated-installation.ts';

const operated = useOperatedInstallation({ running: true });

const kubectl = async (...args: readonly string[]) => operated.controlPlane.kubectl(args);
const fed = async (object: object, ...args: readonly string[]) =>
  operated.controlPlane.kubectl([...args, '-f', '-'], { input: JSON.stringify(object) });
const failing = async (object: object, ...args: readonly string[]) =>
  operated.controlPlane.kubectl([...args, '-f', '-'], {
    input: JSON.stringify(object),
    expectFailure: true,
  });

const columns = (stdout: string): string[] => (stdout.split('\n')[0] ?? '').trim().split(/\s+/);

/** An object of the kind under a name of its own, in the test's namespace. */
function anObject(kind: Kind, { namespace }: GrantSetting): Sent {
  const object = kind.base();
  if (kind.namespaced) object.metadata.namespace = namespace;
  if (kind.kind === 'SupportUser') object.metadata.name = `kubectl-${namespace}`;
  if (kind.kind === 'SupportAccessLock') object.metadata.name = 'ns.kubectl-locked';
  if (kind.kind === 'SupportPermissionMatrix') object.metadata.name = 'kubectl-1';
  return object;
}

const written: readonly Kind[] = [policy, application, grant, user, matrix, lock];

it.each([
  ['sapol', 'NAME ACCESS LOCKED READY SSO HOST AGE', 'NAME ACCESS LOCKED READY SSO HOST AGE'],
  [
    'sag',
    'NAME ACCESS ACTIVE REASON EXPIRES AGE',
    'NAME ACCESS ACTIVE REASON EXPIRES READY MATRIX APPLICATION STARTS RESTRICTED AGE',
  ],
  ['sapp', 'NAME HOST READY HOST-READY AGE', 'NAME HOST READY HOST-READY SERVICE VERSION EDITION AGE'],
  ['suser', 'NAME DISPLAY-NAME ACCESS READY ACTIVE AGE', 'NAME DISPLAY-NAME ACCESS READY ACTIVE USER-ID AGE'],
])('get %s prints its columns, and more of them with -o wide', async (short, few, all) => {
  const setting = await operated.aSetting();
  await putAll(setting);
  const where = ['-n', setting.namespace];
  expect(columns((await kubectl('get', short, ...where)).stdout)).toEqual(few.split(' '));
  const wide = await kubectl('get', short, ...where, '-o', 'wide');
  expect(columns(wide.stdout)).toEqual(all.split(' '));
  expect(wide.stdout).not.toContain('<invalid>');
});

it('describe tells a grant’s story by Events: what the customer planned is normal, what is wrong a warning', async () => {
  const setting = await operated.aSetting();
  await putAll(setting);
  await putGrant(setting, { access: 'Disabled' });
  await untilActive(setting, 'Disabled');
  await putGrant(setting, { startTime: new Date(Date.now() + 1_800_000).toISOString() });
  await untilActive(setting, 'NotStarted');
  await putGrant(setting, { userRefs: [{ name: 'no-such-person' }] });
  await untilActive(setting, 'NoUser');
  await eventually(async () => {
    const { stdout } = await kubectl('describe', 'sag', setting.grantRef.name, '-n', setting.namespace);
    const told = stdout.slice(stdout.indexOf('\nEvents:'));
    for (const line of [/Normal +Open /, /Normal +Disabled /, /Normal +NotStarted /, /Warning +NoUser /])
      expect(told).toMatch(line);
  });
});

it('wait returns when access opens, when it closes, and when what was written last is in force', async () => {
  const setting = await operated.aSetting();
  const waiting = (condition: string) =>
    kubectl(
      'wait',
      'sag',
      setting.grantRef.name,
      '-n',
      setting.namespace,
      `--for=${condition}`,
      '--timeout=30s',
    );
  await putAll(setting);
  await waiting('condition=Active');
  await putGrant(setting, { access: 'Disabled' });
  await waiting('condition=Active=False');
  await waiting('jsonpath={.status.activeReason}=Disabled');
  await waiting('condition=Ready');
});

it('--field-selector finds grants by what they name and by why they are closed', async () => {
  const setting = await operated.aSetting();
  await putAll(setting);
  const found = async (selector: string) =>
    (await kubectl('get', 'sag', '-n', setting.namespace, '-o', 'name', '--field-selector', selector)).stdout;
  expect(await found('status.activeReason=Open')).toContain('case-1');
  expect(await found('spec.matrixRef.name=ecase-1,spec.applicationRef.name=ecase')).toContain('case-1');
  expect(await found('status.activeReason=Expired')).toBe('');
});

describe.each(written.map((kind) => [kind.kind, kind] as const))('%s', (_, kind) => {
  it('can be applied twice, and diff shows exactly what would change', async () => {
    const object = anObject(kind, await operated.aSetting());
    await fed(object, 'apply');
    const again = await fed(object, 'apply');
    expect(again.stdout).toMatch(/ unchanged\n$/);
    expect((await fed(object, 'diff')).stdout).toBe('');
    const changed = { ...object, metadata: { ...object.metadata, labels: { team: 'platform' } } };
    if (kind !== lock) expect((await failing(changed, 'diff')).stdout).toMatch(/^\+ +team: platform$/m);
    await remove(object);
  });

  it('can be applied by the server twice, also when the operator has reported on it meanwhile', async () => {
    const object = anObject(kind, await operated.aSetting());
    const applied = async (): Promise<SupportAccessGrant> => {
      const { stdout } = await fed(object, 'apply', '--server-side', '--field-manager=git', '-o', 'json');
      return JSON.parse(stdout) as SupportAccessGrant;
    };
    const { metadata } = await applied();
    await eventually(async () => {
      const { namespace = 'default', name } = object.metadata;
      const seen = '{.status.observedGeneration}';
      const { stdout } = await kubectl('get', kind.plural, name, '-n', namespace, '-o', `jsonpath=${seen}`);
      expect(stdout).toBe(String(metadata.generation));
    });
    expect((await applied()).metadata.generation).toBe(metadata.generation);
    await remove(object);
  });
});

/** What a test made for the whole cluster goes with it, so that no other test meets it. */
async function remove({ kind, metadata: { name, namespace } }: Sent): Promise<void> {
  if (kind === 'SupportAccessLock')
    await kubectl('annotate', 'supportaccesslock', name, 'supportaccess.dev/unlock-reason=drill over');
  await kubectl('delete', kind, name, ...(namespace === undefined ? [] : ['-n', namespace]));
}
