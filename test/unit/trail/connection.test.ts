import { expect, it, onTestFinished } from 'vitest';
import { openConnection } from '../../../trail/connection.ts';
import { serveRecords } from '../../kit/records/served-records.ts';

it('trusts no server while its CA is not known, and the known one from then on', async () => {
  const served = await serveRecords();
  let ca = '';
  const connection = openConnection({
    url: served.url,
    ca: () => ca,
    token: () => Promise.resolve('gateway'),
  });
  onTestFinished(() => connection.close());
  const head = () => connection.call({ method: 'GET', path: '/v1/head', signal: AbortSignal.timeout(2000) });
  await expect(head()).rejects.toThrow('their CA is not known yet');
  ca = served.ca;
  expect((await head()).status).not.toBe(0);
});
