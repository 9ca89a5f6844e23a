/** The product on clusters of other families of addresses: IPv6 alone, and both. */

import { afterAll, describe, expect, it } from 'vitest';
import { eventually } from '../../kit/clock/eventually.ts';
import { hiddenAddress } from '../../kit/masking/hidden.ts';
import { applyGrant, ask, personAt, signedIn, signInUrlOf, untilActive } from '../../kit/people/acts.ts';
import { liftLock, lock, uidOf } from '../../kit/people/customer.ts';
import type { Person } from '../../kit/people/http-person.ts';
import { type PodSite, untilAdmitted } from '../../kit/pods/pod-site.ts';
import { recordsInPod, verifyInPod } from '../../kit/pods/records.ts';
import { useRelease } from '../../kit/vitest/use-release.ts';

/** Of the nodes of these tests, and of this machine's ends of their links. */
const linked = { IPv4: '10.200.0.0/16', IPv6: 'fd00:10:200::/48' } as const;

const people: Person[] = [];
afterAll(() => people.forEach((person) => person.leave()));

/** From sign-in to masked data, a lock, and in again; the address that the records say she came from. */
async function mainJob(site: PodSite, grant: string): Promise<string | undefined> {
  await untilAdmitted(site);
  const ada = await signedIn(site, grant);
  people.push(ada);
  const { status, body } = await ask(site, ada, '/api/email-log');
  expect([status, body]).toEqual([200, expect.stringMatching(hiddenAddress)]);
  const stream = await ada.open(`${site.applicationOrigin}/api/events`);
  await eventually(() => expect(stream.lastByteAt()).toBeGreaterThan(0));
  const name = `grant.${await uidOf(site, ['-n', 'ecase', `sag/${grant}`])}`;
  await lock(site, name);
  const acknowledged = performance.now();
  expect((await ask(site, ada)).status).toBe(401);
  await stream.ended;
  expect(stream.lastByteAt() - acknowledged).toBeLessThan(1000);
  await liftLock(site, name);
  await untilActive(site, grant);
  const records = await recordsInPod(site);
  return records.findLast((one) => one.type === 'session.authorized' && one.grant?.name === grant)?.source
    ?.ip;
}

describe('a cluster of IPv6 alone', () => {
  const release = useRelease({ node: { families: ['IPv6'] } });

  it('has every part Ready, and helm test pass', async () => {
    const said = await release.site().helm('test', 'support-access', '--namespace=support-access', '--logs');
    expect(said).toMatch(/Phase:\s+Succeeded/);
  });

  it('does the main job, from an address of IPv6 that lists and records know', async () => {
    const site = release.site();
    await applyGrant(site, { name: 'six' });
    await untilActive(site, 'six');
    expect(await mainJob(site, 'six')).toBe(site.node.machineAddress);
    expect(await verifyInPod(site)).toContain('Intact');
  });
});

describe('a dual-stack cluster', () => {
  const release = useRelease({
    node: { families: ['IPv4', 'IPv6'] },
    release: () => ({ settings: ['--set=gateway.service.ipFamilyPolicy=PreferDualStack'] }),
  });

  /** The same site, entered by the node's other address. */
  const bySix = async (): Promise<PodSite> => {
    const show = ['ip', '-6', '-o', 'address', 'show', 'dev', 'eth0', 'scope', 'global'];
    const { stdout } = await release.site().node.insideNode(show);
    const at = /inet6 ([0-9a-f:]+)\//.exec(stdout)?.[1];
    if (at === undefined) throw new Error(`the node has no address of IPv6: ${stdout}`);
    return { ...release.site(), at };
  };

  it('serves people of both families, each by its own address', async () => {
    const site = release.site();
    await applyGrant(site, { name: 'both', spec: { allowedCIDRs: Object.values(linked) } });
    await untilActive(site, 'both');
    expect(await mainJob(site, 'both')).toBe(site.node.machineAddress);
    expect(await mainJob(await bySix(), 'both')).toMatch(/^fd00:10:200:/);
  });

  it('refuses who comes by a family that the grant does not list', async () => {
    const site = release.site();
    await applyGrant(site, { name: 'four', spec: { allowedCIDRs: [linked.IPv4] } });
    await untilActive(site, 'four');
    const statusAt = async (where: PodSite): Promise<number> => {
      await untilAdmitted(where);
      const person = personAt(where);
      people.push(person);
      return (await person.visit(signInUrlOf(site, 'four'), { stay: true })).status;
    };
    expect(await statusAt(site)).toBe(303);
    expect(await statusAt(await bySix())).toBe(403);
  });
});
