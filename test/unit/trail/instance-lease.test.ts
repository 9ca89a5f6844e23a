import { describe, expect, it, onTestFinished } from 'vitest';
import { createInstanceLease, type InstanceLeaseOptions } from '../../../trail/instance-lease.ts';
import type { ProgramClock } from '../../../trail/wire.ts';
import { createToldClocks } from '../../../webhook/in-cluster/records/told-clocks.ts';
import type { RecordsServer } from '../../kit/records/records-server.ts';
import { serveRecords } from '../../kit/records/served-records.ts';

function aLease(
  { url, ca }: Pick<RecordsServer, 'url' | 'ca'>,
  {
    token,
    instance,
    offsetMs,
    nearMisses = [],
  }: {
    readonly token: string;
    readonly instance: string;
    readonly offsetMs?: number;
    readonly nearMisses?: readonly string[];
  },
) {
  const options: InstanceLeaseOptions = {
    url,
    ca: () => ca,
    token: () => Promise.resolve(token),
    instance,
    clockOffsetMs: () => offsetMs,
    nearMisses: () => nearMisses,
  };
  const lease = createInstanceLease(options);
  onTestFinished(() => lease.close());
  return lease;
}

describe('a renewal at the records', () => {
  it('tells the operator the clocks of the gateways and of the records, and others nothing', async () => {
    const served = await serveRecords({ clockOffsetMs: () => -40 });
    const gateways = [95_000, 12].map((offsetMs, at) =>
      aLease(served, { token: 'gateway', instance: `gateway-${at}`, offsetMs }),
    );
    for (const gateway of gateways) expect(await gateway.renew()).toEqual([]);
    const operator = aLease(served, { token: 'operator', instance: 'operator-0', offsetMs: 3 });
    const clocks: ProgramClock[] = [
      { program: 'gateway', offsetMs: 95_000 },
      { program: 'gateway', offsetMs: 12 },
      { program: 'webhook', offsetMs: -40 },
    ];
    expect(await operator.renew()).toEqual(clocks);
    // An operator knows its own clock.
    expect(await operator.renew()).toEqual(clocks);
  });

  it('EC-16 tells the operator whom a provider named almost as they are on file, and believes names alone', async () => {
    const served = await serveRecords({ clockOffsetMs: () => 0 });
    const gateways = [
      ['ada', 'grace'],
      ['ada', 'no name', '', 'x'.repeat(300)],
    ].map((nearMisses, at) =>
      aLease(served, { token: 'gateway', instance: `gateway-${at}`, offsetMs: 0, nearMisses }),
    );
    for (const gateway of gateways) {
      await gateway.renew();
      expect(gateway.nearMisses()).toEqual([]);
    }
    const operator = aLease(served, { token: 'operator', instance: 'operator-0', offsetMs: 0 });
    await operator.renew();
    expect(operator.nearMisses()).toEqual(['ada', 'grace']);
  });

  it('tells the operator alone how full the volume of the records is', async () => {
    const volume = { bytes: 1000, freeBytes: 200, usedPercent: 80, level: 'filling' } as const;
    const served = await serveRecords({ volume: { look: () => volume } });
    const [gateway, operator] = ['gateway', 'operator'].map((token) =>
      aLease(served, { token, instance: token, offsetMs: 0 }),
    );
    await Promise.all([gateway?.renew(), operator?.renew()]);
    expect([gateway?.volume(), operator?.volume()]).toEqual([undefined, volume]);
  });

  it.each([
    { bytes: -1, freeBytes: 0, usedPercent: 80, level: 'filling' },
    { bytes: 1000, freeBytes: 200, usedPercent: 80, level: 'brimful' },
    { bytes: '1000', freeBytes: 200, usedPercent: 80, level: 'filling' },
    'a lot',
  ])('takes no figures of a volume such as %j', async (volume) => {
    const served = await serveRecords({ volume: { look: () => volume as never } });
    const operator = aLease(served, { token: 'operator', instance: 'operator-0', offsetMs: 0 });
    await operator.renew();
    expect(operator.volume()).toBeUndefined();
  });

  it('of one that does not know its clock yet, or of an older release, is taken as before', async () => {
    const served = await serveRecords({ clockOffsetMs: () => 0 });
    expect(await aLease(served, { token: 'gateway', instance: 'gateway-0' }).renew()).toEqual([]);
    const operator = aLease(served, { token: 'operator', instance: 'operator-0', offsetMs: 0 });
    expect(await operator.renew()).toEqual([{ program: 'webhook', offsetMs: 0 }]);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 1e99])(
    'takes no clock that is off by %s',
    async (offsetMs) => {
      const served = await serveRecords();
      const gateway = aLease(served, { token: 'gateway', instance: 'gateway-0', offsetMs });
      expect(await gateway.renew()).toEqual([]);
      const operator = aLease(served, { token: 'operator', instance: 'operator-0', offsetMs: 0 });
      expect(await operator.renew()).toEqual([]);
    },
  );
});

describe('what an instance said of its clock', () => {
  it('is what it said last, and is forgotten when it says nothing for thirty seconds', () => {
    let at = 0;
    const clocks = createToldClocks(() => at);
    const gateway = (offsetMs: number): ProgramClock => ({ program: 'gateway', offsetMs });
    clocks.note('one', gateway(95_000));
    clocks.note('two', gateway(1));
    at = 20_000;
    clocks.note('one', gateway(2));
    expect(clocks.all()).toEqual([gateway(1), gateway(2)]);
    at = 30_001;
    expect(clocks.all()).toEqual([gateway(2)]);
  });

  it('is forgotten, the oldest first, where a gateway says so under a thousand names', () => {
    const clocks = createToldClocks(() => 0);
    for (let name = 0; name < 1003; name += 1)
      clocks.note(String(name), { program: 'gateway', offsetMs: name });
    expect(clocks.all()).toHaveLength(1000);
    expect(clocks.all()[0]?.offsetMs).toBe(3);
  });
});
