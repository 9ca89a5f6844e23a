/** The main job with every part as a pod: in through the gateway's Service, masked, refused, locked, cut, over. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../kit/clock/eventually.ts';
import { hiddenAddress } from '../../kit/masking/hidden.ts';
import { applyGrant, ask, asProgram, reasonOf, signedIn, untilActive } from '../../kit/people/acts.ts';
import { liftLock, lock, uidOf } from '../../kit/people/customer.ts';
import type { Person } from '../../kit/people/http-person.ts';
import { type PodInstallation, useInstalled } from '../../kit/pods/installed.ts';
import { startLoad } from '../../kit/pods/load.ts';
import { apply } from '../../kit/pods/prerequisites.ts';
import { recordsInPod, verifyInPod } from '../../kit/pods/records.ts';
import { useNode } from '../../kit/vitest/use-node.ts';

const anAddress = /@(customer|agency)\.example/;

let installation: PodInstallation;
let ada: Person;

beforeAll(async () => {
  installation = await useInstalled(await useNode());
  await applyGrant(installation, { name: 'main-job' });
  await untilActive(installation, 'main-job');
  ada = await signedIn(installation, 'main-job');
});

afterAll(async () => {
  ada?.leave();
  await installation?.kubectl(['delete', '-n', 'ecase', 'sag', 'main-job', '--ignore-not-found']);
});

describe('a person of support, with every part as a pod', () => {
  it('sees the application masked, as page, as text and as an event of a stream', async () => {
    for (const path of ['/email-log', '/email-log.txt', '/api/email-log']) {
      const { status, body } = await ask(installation, ada, path);
      expect([path, status, anAddress.test(body)]).toEqual([path, 200, false]);
      expect(body).toMatch(hiddenAddress);
    }
    const stream = await ada.open(`${installation.applicationOrigin}/api/events`);
    await eventually(() =>
      expect(stream.text()).toMatch(new RegExp(`mail to ${hiddenAddress.source} queued`)),
    );
    stream.close();
  });

  it('is refused with the reason what the matrix does not allow, and the application does not get it', async () => {
    const runs = async () =>
      JSON.parse((await ask(installation, ada, '/api/jobs/1')).body) as { runs: number };
    const before = await runs();
    const refused = await ada.visit(`${installation.applicationOrigin}/api/jobs/1/run`, {
      method: 'POST',
      headers: { ...asProgram, origin: installation.applicationOrigin },
      stay: true,
    });
    expect([refused.status, refused.body]).toEqual([403, expect.stringContaining('ActionNotAllowed')]);
    expect(await runs()).toEqual(before);
  });

  it('is served by both gateways with one session', async () => {
    // Each connection is new: the Service picks a pod for it.
    const load = startLoad(installation, ada, { kept: 0, fresh: 2 });
    await eventually(
      async () => {
        const records = await recordsInPod(installation);
        const session = records.find(
          ({ type, grant }) => type === 'session.authorized' && grant?.name === 'main-job',
        )?.session;
        const served = records.filter((one) => one.session === session && one.phase === 'intent');
        expect(new Set(served.map(({ instance }) => instance)).size).toBe(2);
      },
      { within: 20_000, every: 500 },
    );
    const { all } = await load.end();
    expect(all.some(({ status }) => status === 200)).toBe(true);
  });
});

describe('taking it back, with every part as a pod', () => {
  it('a lock refuses the next request and cuts an open stream within a second; lifted, it lets in anew', async () => {
    await applyGrant(installation, { name: 'locked' });
    await untilActive(installation, 'locked');
    const charles = await signedIn(installation, 'locked');
    const stream = await charles.open(`${installation.applicationOrigin}/api/events`);
    await eventually(() => expect(stream.lastByteAt()).toBeGreaterThan(0));
    const name = `grant.${await uidOf(installation, ['-n', 'ecase', 'sag/locked'])}`;
    await lock(installation, name);
    const acknowledged = performance.now();
    expect((await ask(installation, charles)).status).toBe(401);
    await stream.ended;
    expect(stream.lastByteAt() - acknowledged).toBeLessThan(1000);
    await untilActive(installation, 'locked', false);
    expect(await reasonOf(installation, 'locked')).toBe('Locked');
    await liftLock(installation, name);
    await untilActive(installation, 'locked');
    charles.leave();
    const again = await signedIn(installation, 'locked');
    expect((await ask(installation, again)).status).toBe(200);
    again.leave();
  });

  it('a grant ends at its hour, for a request and for an open stream', async () => {
    const end = new Date(Math.ceil(Date.now() / 1000) * 1000 + 8_000);
    await applyGrant(installation, { name: 'short', spec: { expirationTime: end.toISOString() } });
    await untilActive(installation, 'short');
    const person = await signedIn(installation, 'short');
    const stream = await person.open(`${installation.applicationOrigin}/api/events`);
    await eventually(() => expect(stream.lastByteAt()).toBeGreaterThan(0));
    await stream.ended;
    expect(Date.now() - end.getTime()).toBeLessThan(1000);
    expect((await ask(installation, person)).status).toBe(401);
    await untilActive(installation, 'short', false);
    expect(await reasonOf(installation, 'short')).toBe('Expired');
    person.leave();
  });

  it('addresses behind the Service that are no pods of its namespace are not dialled', async () => {
    await applyGrant(installation, { name: 'lured' });
    await untilActive(installation, 'lured');
    const person = await signedIn(installation, 'lured');
    try {
      await apply(installation.node, 'ecase', [await aSliceOfTheProvider()]);
      // Were it dialled, half of the connections would end at the provider. Some end at the network, which closes as well.
      const pages = await Promise.allSettled(
        Array.from({ length: 20 }, async () => ask(installation, person, '/')),
      );
      const seen = pages.flatMap((page) => (page.status === 'fulfilled' ? [page.value.status] : []));
      expect(seen.filter((status) => status < 400 || status === 404)).toEqual([]);
      await untilActive(installation, 'lured', false);
      expect(await reasonOf(installation, 'lured')).toBe('ExternalService');
    } finally {
      await installation.kubectl([
        'delete',
        '-n',
        'ecase',
        'endpointslice',
        'ecase-mine',
        '--ignore-not-found',
      ]);
    }
    await untilActive(installation, 'lured');
    person.leave();
  });

  it('is all on record, and the records verify', async () => {
    expect(await verifyInPod(installation)).toContain('Intact');
  });
});

/** As an editor of the application's namespace may make it: it leads into the namespace of another. */
async function aSliceOfTheProvider(): Promise<object> {
  const { stdout: address } = await installation.kubectl([
    'get',
    'pods',
    '-n',
    'vendor',
    '-l',
    'app.kubernetes.io/name=idp',
    '-o',
    'jsonpath={.items[0].status.podIP}',
  ]);
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'ecase-mine', labels: { 'kubernetes.io/service-name': 'ecase' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [address], conditions: { ready: true } }],
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
  };
}
