/** From the policy and its Secrets to a channel: what is missing is said, and a receiver that fails for a day gets it all the same. */
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { canonicalRecord } from '../../../../crds/audit/record.ts';
import { KubeError } from '../../../../kube/errors.ts';
import { deliverOnce } from '../../../../operator/notices/deliver.ts';
import { createFolding } from '../../../../operator/notices/folding.ts';
import { sendersOf } from '../../../../operator/notices/senders.ts';
import { noticeSettings } from '../../../../operator/notices/settings.ts';
import { openSqliteStore } from '../../../../webhook/in-cluster/records/sqlite/store.ts';
import { withSpec } from '../../../kit/objects/object.ts';
import { aPolicy } from '../../../kit/objects/policy.ts';
import { aRecord, withFields } from '../../../kit/objects/record.ts';
import { aFolder } from '../../../kit/records/store-file.ts';
import { startWebhookReceiver } from '../../../kit/webhook/receiver.ts';

const start = Date.parse('2026-12-01T08:00:00Z');
const secretRef = { name: 'support-access-tickets' };
const base64 = (text: string): string => Buffer.from(text).toString('base64');

type Data = Readonly<Record<string, string>> | Error;

function parts(notices: object, data: Data = {}, now = () => start) {
  const settings = noticeSettings(aPolicy(withSpec({ notices })));
  const get = () =>
    data instanceof Error ? Promise.reject(data) : Promise.resolve({ metadata: { name: '' }, data } as never);
  const caches = { apiServerSlices: { list: () => [] }, services: { list: () => [] } } as never;
  return { client: { get }, caches, releaseNamespace: 'support-access', settings, now };
}

const refused = (status: number) => {
  const reason = status === 403 ? 'Forbidden' : 'NotFound';
  const body = JSON.stringify({ kind: 'Status', status: 'Failure', message: 'no', reason, code: status });
  return new KubeError({ method: 'GET', path: '/secrets', status, body });
};

describe('C42-5 a channel that cannot be made says what is missing', () => {
  const tickets = { name: 'tickets', secretRef };
  it.each([
    [
      'a Secret that is not there',
      refused(404),
      'there is no Secret support-access-tickets in support-access; create it',
    ],
    [
      'a Secret that may not be read',
      refused(403),
      "add its name to the chart's value operator.noticeSecretNames",
    ],
    [
      'no url at all',
      {},
      'webhook tickets must have an https url, in the policy or as url in its Secret; add it',
    ],
    ['a url that is not https', { url: base64('http://x.example') }, 'must have an https url'],
    [
      'a key that is too short',
      { url: base64('https://x.example'), secret: base64('whsec_c2hvcnQ=') },
      'must be whsec_ and the base64 of 24 to 64 bytes',
    ],
  ])('%s', async (_what, data, says) => {
    const senders = sendersOf(parts({ webhooks: [tickets] }, data));
    await expect(senders.of('webhook:tickets')).rejects.toThrow(says);
    await senders.close();
  });

  it('a mail server whose Secret has no password', async () => {
    const mail = { host: 'smtp', from: 's@example.com', credentialsSecretRef: { name: 'smtp' } };
    const senders = sendersOf(parts({ mail }, { username: base64('x') }));
    await expect(senders.of('a@example.com')).rejects.toThrow('Secret smtp must have username and password');
  });
});

it('C42-5 a webhook that answers 500 for a day gets the notice the day after, once', async () => {
  const receiver = await startWebhookReceiver();
  onTestFinished(() => receiver.close());
  const store = await openSqliteStore({ path: join(aFolder(), 'records.db'), origin: 'test/webhook' });
  onTestFinished(() => store.close());
  let now = start;
  const url = `https://localhost:${receiver.port}/`;
  const webhooks = [{ name: 'tickets', url, ca: receiver.ca, secretRef }];
  const data = { secret: base64(`whsec_${base64('0123456789abcdef0123456789abcdef')}`) };
  const given = parts({ webhooks, allowedInnerCIDRs: ['127.0.0.1', '::1'] }, data, () => now);
  const folding = createFolding();
  const round = async () => {
    const senders = sendersOf(given);
    const result = await deliverOnce({
      queue: { ask: (ask) => store.notices(ask) },
      records: { write: () => Promise.resolve('recorded') },
      folding,
      world: { installation: { host: 'support.example.com' }, grant: () => undefined },
      settings: given.settings,
      isUnsaid: false,
      senderFor: senders.of,
      now: () => now,
      signal: new AbortController().signal,
    });
    await senders.close();
    return result;
  };
  await round();
  const record = aRecord(withFields({ type: 'policy.enabled', actor: { kind: 'system', name: 'operator' } }));
  await store.append({ writer: 'operator', records: [canonicalRecord(record)] });
  receiver.answer = { status: 500 };
  await round();
  for (; now < start + 24 * 3_600_000; now += 15 * 60_000)
    expect((await round()).outcomes).not.toContain('delivered');
  receiver.answer = { status: 200 };
  now += 3_600_000;
  expect((await round()).outcomes).toEqual(['delivered']);
  expect((await round()).answer.waiting).toBe(0);
  const ids = receiver.received.map(({ headers }) => headers['webhook-id']);
  expect(new Set(ids).size).toBe(1);
  expect(ids.length).toBeGreaterThan(40);
}, 30_000);
