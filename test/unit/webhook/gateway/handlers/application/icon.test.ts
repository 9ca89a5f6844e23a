import { afterEach, expect, it } from 'vitest';
import { iconDetail } from '../../../../../../webhook/gateway/records/icon-refusals.ts';
import { aServedGateway } from '../../../../../kit/objects/served-gateway.ts';

let served: Awaited<ReturnType<typeof aServedGateway>>;

afterEach(() => served.close());

it('the icon that browsers ask for beside each page is recorded once a session, where it has no route', async () => {
  served = await aServedGateway((_request, response) => response.end());
  const { trail } = served;
  const icon = { headers: { 'sec-fetch-dest': 'image' } };
  for (let page = 0; page < 5; page++) {
    const answer = await served.ask('/favicon.ico', icon);
    expect([answer.status, JSON.parse(answer.body).reason]).toEqual([403, 'NoRoute']);
  }
  expect(trail.records).toMatchObject([{ decision: { reason: 'NoRoute' }, message: iconDetail }]);
  // Asked for as a page, or with more in it, it was asked for by someone.
  await served.ask('/favicon.ico', { headers: { 'sec-fetch-dest': 'document' } });
  await served.ask('/favicon.ico?a=1', icon);
  expect(trail.records).toHaveLength(3);
});
