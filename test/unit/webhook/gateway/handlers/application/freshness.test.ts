import { afterEach, describe, expect, it } from 'vitest';
import { anApplication } from '../../../../../kit/objects/application.ts';
import { withMetadata, withSpec } from '../../../../../kit/objects/object.ts';
import { aServedGateway } from '../../../../../kit/objects/served-gateway.ts';

let served: Awaited<ReturnType<typeof aServedGateway>>;

afterEach(() => served.close());

async function aGateway(maxStalenessSeconds: number) {
  served = await aServedGateway((_request, response) => response.end('ok'));
  served.objects.put(
    anApplication(withSpec({ freshness: { maxStalenessSeconds } }), withMetadata({ resourceVersion: '2' })),
  );
  /** How old the reading of each request was, as its intent says. */
  const ages = () =>
    served.trail.records
      .filter(({ phase }) => phase === 'intent')
      .map(({ decision }) => decision?.readingAgeMs ?? 'its own');
  return { ...served, ages };
}

describe('an application that lets one reading serve more than one request', () => {
  it('is asked again without reads, and each record says how old the reading was', async () => {
    const { ask, clock, objects, ages } = await aGateway(1);
    await ask('/jobs');
    const reads = objects.gets.length;
    await clock.step(700);
    await ask('/jobs/7');
    expect(objects.gets.length).toBe(reads);
    await clock.step(300);
    await ask('/jobs');
    await ask('/jobs/7/run', { method: 'POST' });
    expect(ages()).toEqual(['its own', 700, 'its own', 'its own']);
  });

  it('reads for each that asks for events, and for each where it says nothing', async () => {
    const { ask, ages } = await aGateway(5);
    await ask('/jobs');
    await ask('/jobs', { headers: { accept: 'text/event-stream' } });
    expect(ages()).toEqual(['its own', 'its own']);
    await served.close();
    const strict = await aGateway(0);
    await strict.ask('/jobs');
    await strict.ask('/jobs');
    expect(strict.ages()).toEqual(['its own', 'its own']);
  });
});
