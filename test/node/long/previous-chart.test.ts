/**
 * `helm upgrade` of an installation that an earlier chart and image made, `helm rollback` to them and the upgrade again, as
 * pods, with a grant open, its person at work, and a person from whom access was taken back.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { eventually } from '../../kit/clock/eventually.ts';
import { chartFolder } from '../../kit/installation/chart.ts';
import { previousChart, previousOrWhyNot, previousTag } from '../../kit/installation/previous.ts';
import { noteNotRun } from '../../kit/machine/not-run.ts';
import { applyGrant, ask, reasonOf, signedIn, untilActive } from '../../kit/people/acts.ts';
import { patchSpec } from '../../kit/people/customer.ts';
import type { Person } from '../../kit/people/http-person.ts';
import { type Load, startLoad, type Tally } from '../../kit/pods/load.ts';
import { throughNodePort, untilAdmitted } from '../../kit/pods/pod-site.ts';
import { headInPod, recordsInPod, verifyInPod } from '../../kit/pods/records.ts';
import { useRelease } from '../../kit/vitest/use-release.ts';

const previous = previousOrWhyNot();
if ('why' in previous) noteNotRun({ what: 'helm upgrade from an earlier build, as pods', why: previous.why });

describe.skipIf('why' in previous)('an installation of an earlier build', () => {
  const release = useRelease({
    release: async (node) => {
      if ('why' in previous) return {};
      await node.importImage(inject('previousImage'));
      const chart = previousChart(previous, join(node.directory, 'previous'));
      return { chart, settings: [`--set=image.tag=${previousTag}`] };
    },
  });

  let ada: Person;
  let refused: Person;
  let never: Load;
  let head: string;
  let opening: string;

  const openingOf = async (): Promise<string> => {
    const target = ['-n', 'ecase', 'sag', 'kept', '-o', 'jsonpath={.status.opening.id}'];
    return (await release.site().kubectl(['get', ...target])).stdout;
  };

  beforeAll(async () => {
    const site = release.site();
    for (const name of ['kept', 'taken-back']) {
      await applyGrant(site, { name });
      await untilActive(site, name);
    }
    await untilAdmitted(site);
    [ada, refused] = await Promise.all([signedIn(site, 'kept'), signedIn(site, 'taken-back')]);
    await patchSpec(site, ['-n', 'ecase', 'sag/taken-back'], { access: 'Disabled' });
    await untilActive(site, 'taken-back', false);
    never = startLoad(site, refused, { kept: 1, fresh: 1 });
    head = await headInPod(site);
    opening = await openingOf();
  });

  afterAll(async () => {
    await never?.end();
    ada?.leave();
    refused?.leave();
  });

  /** Ada's requests while Helm is at work, until a request passes after it. */
  async function during(what: string, ...args: readonly string[]): Promise<Tally> {
    const site = release.site();
    const load = startLoad(site, ada, { kept: 1, fresh: 1 });
    await site.helm(...args, '--namespace=support-access', '--wait', '--timeout=4m');
    await eventually(async () => expect((await ask(site, ada)).status).toBe(200), { within: 30_000 });
    const tally = await load.end();
    process.stderr.write(
      `node: ${what}: ${tally.failed.length} of ${tally.all.length} failed ${JSON.stringify(tally.kinds)} over ${tally.failingFor.toFixed(1)} s\n`,
    );
    return tally;
  }

  const upgrade = ['upgrade', 'support-access', chartFolder, ...throughNodePort, '--reset-values'];

  /** The same installation, the same opening, the same session; and the records on from the first head. */
  async function expectItGoesOn(): Promise<void> {
    const site = release.site();
    expect(await reasonOf(site, 'kept')).toBe('Open');
    expect(await openingOf()).toBe(opening);
    expect(await verifyInPod(site, head)).toContain('Intact');
  }

  it('is upgraded by helm upgrade: the grant stays open, her session lives, and the records go on', async () => {
    const { kinds } = await during('upgrade from the earlier build', ...upgrade);
    expect(Object.keys(kinds).filter((kind) => kind !== '503 RecordsUnavailable')).toEqual([]);
    await expectItGoesOn();
    const image = 'jsonpath={.items[*].spec.template.spec.containers[*].image}';
    const deployments = ['get', 'deployments', '-n', 'support-access', '-o', image];
    const { stdout } = await release.site().kubectl(deployments);
    expect(stdout.split(' ')).toHaveLength(3);
    expect(stdout).not.toContain(previousTag);
  });

  it('is had back by helm rollback: what is refused meanwhile is refused for want of a state or of records', async () => {
    const { kinds } = await during('rollback to the earlier build', 'rollback', 'support-access', '1');
    // docs/upgrade.md: Helm takes the rights of the later build away before its pods.
    const known = ['503 StateUnavailable', '503 RecordsUnavailable'];
    expect(Object.keys(kinds).filter((kind) => !known.includes(kind))).toEqual([]);
    await expectItGoesOn();
  });

  it('is upgraded again', async () => {
    const { kinds } = await during('the second upgrade', ...upgrade);
    expect(Object.keys(kinds).filter((kind) => kind !== '503 RecordsUnavailable')).toEqual([]);
    await expectItGoesOn();
    await applyGrant(release.site(), { name: 'next' });
    await untilActive(release.site(), 'next');
  });

  it('has let no request through, at any moment, of whom access was taken back from', async () => {
    const { all } = await never.end();
    expect(all.length).toBeGreaterThan(100);
    expect(all.filter(({ status }) => status === 200)).toEqual([]);
    const opened = (await recordsInPod(release.site())).filter(
      ({ type, grant }) => type === 'grant.activated' && grant?.name === 'kept',
    );
    expect(opened).toHaveLength(1);
  });
});
