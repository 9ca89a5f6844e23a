/** The volume of the records is full, and has space again: nothing passes or opens meanwhile, and nothing has to be restarted. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../kit/clock/eventually.ts';
import { applyGrant, ask, signedIn, untilActive } from '../../kit/people/acts.ts';
import type { Person } from '../../kit/people/http-person.ts';
import { type PodInstallation, useInstalled } from '../../kit/pods/installed.ts';
import { volumeFolder } from '../../kit/pods/prerequisites.ts';
import { headInPod, recordsInPod, verifyInPod } from '../../kit/pods/records.ts';
import { useNode } from '../../kit/vitest/use-node.ts';

const aside = `${volumeFolder}-aside`;
const ballast = `${volumeFolder}/ballast`;

let installation: PodInstallation;
let ada: Person;
let head: string;
let restarts: string;

const onNode = async (script: string) => installation.node.insideNode(['sh', '-ec', script]);
const webhook = ['-n', 'support-access', '-l', 'app.kubernetes.io/component=webhook'];

/** Does something to the volume while no process has its file. */
async function withoutWebhook(script: string): Promise<void> {
  const target = ['-n', 'support-access', 'deployment/support-access-webhook'];
  await installation.kubectl(['scale', ...target, '--replicas=0']);
  await installation.kubectl(['wait', 'pod', ...webhook, '--for=delete', '--timeout=60s']);
  await onNode(script);
  await installation.kubectl(['scale', ...target, '--replicas=1']);
  await installation.kubectl(['rollout', 'status', ...target, '--timeout=90s']);
}

const restartsOfWebhook = async (): Promise<string> => {
  const path = 'jsonpath={.items[*].metadata.uid} {.items[*].status.containerStatuses[0].restartCount}';
  return (await installation.kubectl(['get', 'pods', ...webhook, '-o', path])).stdout;
};

beforeAll(async () => {
  installation = await useInstalled(await useNode());
  await applyGrant(installation, { name: 'full' });
  await untilActive(installation, 'full');
  ada = await signedIn(installation, 'full');
  head = await headInPod(installation);
  // The same file on a small volume: what is on the node's disk would take long to fill, and hurt others.
  await withoutWebhook(`
    size=$(( $(du -sm ${volumeFolder} | cut -f1) + 16 ))
    cp -a ${volumeFolder} ${aside}
    mount -t tmpfs -o size=\${size}m,uid=65532,gid=65532 tmpfs ${volumeFolder}
    cp -a ${aside}/. ${volumeFolder}/`);
  await eventually(async () => expect((await ask(installation, ada)).status).toBe(200), { within: 30_000 });
  restarts = await restartsOfWebhook();
});

afterAll(async () => {
  ada?.leave();
  await withoutWebhook(`
    rm -rf ${aside} ${ballast}
    cp -a ${volumeFolder} ${aside}
    umount ${volumeFolder}
    cp -a ${aside}/. ${volumeFolder}/
    rm -r ${aside}`);
  await installation?.kubectl(['delete', '-n', 'ecase', 'sag', 'full', 'waits', '--ignore-not-found']);
});

describe('a full volume of the records', () => {
  it('has every request and each write that would open access refused, in words', async () => {
    // The last line of it always fails: that is how it is known to be full.
    await onNode(`cat /dev/zero > ${ballast} && exit 1 || true`);
    await eventually(
      async () => {
        const { status, body } = await ask(installation, ada);
        expect([status, body]).toEqual([503, expect.stringContaining('RecordsUnavailable')]);
      },
      { within: 20_000, every: 50 },
    );
    await expect(applyGrant(installation, { name: 'waits' })).rejects.toThrow(
      /cannot record this write, so it does not allow it; disabling, locking and deleting still work/,
    );
    expect((await ask(installation, ada)).status).toBe(503);
  });

  it('is told in the status of the policy, with the cause', async () => {
    await installation.kubectl([
      'wait',
      'sapol/default',
      '--for=condition=RecordsUnavailable',
      '--timeout=30s',
    ]);
    const path = 'jsonpath={.status.conditions[?(@.type=="RecordsUnavailable")].message}';
    expect((await installation.kubectl(['get', 'sapol', 'default', '-o', path])).stdout).toMatch(/full/);
  });

  it('that has space again is used again within seconds, by the same process', async () => {
    await onNode(`rm ${ballast}`);
    await eventually(async () => expect((await ask(installation, ada)).status).toBe(200), {
      within: 20_000,
      every: 200,
    });
    await applyGrant(installation, { name: 'waits' });
    await untilActive(installation, 'waits');
    expect(await restartsOfWebhook()).toBe(restarts);
  });

  it('has lost nothing: the records go on from before, with the halt and its end', async () => {
    expect(await verifyInPod(installation, head)).toContain('Intact');
    const types = (await recordsInPod(installation)).map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['audit.halted', 'audit.recovered']));
    await installation.kubectl(['wait', 'sapol/default', '--for=condition=Ready', '--timeout=30s']);
  });
});
