/** Webhooks over real TLS: how they are signed, where they never go, and what each receiver reads. */
import { createHmac, randomBytes } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { english } from '../../../../crds/notices/languages/english.ts';
import type { Notice } from '../../../../crds/notices/notice.ts';
import { toldOfGrant } from '../../../../crds/notices/told.ts';
import { outsideJudge } from '../../../../operator/notices/outside.ts';
import { type Calling, createWebhookSender } from '../../../../operator/notices/webhook.ts';
import { type WebhookFormat, webhookBody } from '../../../../operator/notices/webhook-bodies.ts';
import { clockFaces } from '../../../../process/clock-face.ts';
import { aGrant } from '../../../kit/objects/grant.ts';
import { withSpec } from '../../../kit/objects/object.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../../../kit/webhook/receiver.ts';

const now = Date.parse('2026-12-01T08:00:00Z');
const host = 'hooks.example.com';
const saying = { language: english, faceOf: clockFaces('UTC') };
const notice = (reason = 'stuck'): Notice => ({
  event: 'GrantOpened',
  at: now,
  who: { certainty: 'proved', username: 'grace@example.com' },
  installation: { host: 'support.example.com' },
  ...toldOfGrant(aGrant(withSpec({ reason }))),
});
const entry = { key: 'GrantOpened/1/webhook:tickets', address: 'webhook:tickets', notice: notice() };
const loopback = { allowed: ['127.0.0.1/32'], apiServer: [] };
const nothingAllowed = { allowed: [], apiServer: [] };

async function aReceiver(): Promise<WebhookReceiver> {
  const receiver = await startWebhookReceiver(host);
  onTestFinished(() => receiver.close());
  return receiver;
}

function sender(receiver: WebhookReceiver, change: Partial<Calling> & { url?: string; key?: Buffer } = {}) {
  const { url = `https://${host}:${receiver.port}/hook?token=s3cret`, key, ...rest } = change;
  const made = createWebhookSender({
    target: { name: 'tickets', format: 'Standard', url, key },
    rule: loopback,
    saying,
    now: () => now,
    resolve: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]),
    ca: receiver.ca,
    ...rest,
  });
  onTestFinished(() => made.close());
  return made;
}

describe('C42-5 a webhook', () => {
  it('is signed as Standard Webhooks says, under one id for each try', async () => {
    const receiver = await aReceiver();
    const key = randomBytes(32);
    const one = sender(receiver, { key });
    receiver.answer = { status: 500 };
    expect(await one.send(entry)).toEqual({ outcome: 'failed', why: 'it answered 500' });
    receiver.answer = { status: 204 };
    expect(await one.send(entry)).toEqual({ outcome: 'delivered' });
    const [first, second] = receiver.received;
    const {
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': signature,
    } = second?.headers ?? {};
    expect(timestamp).toBe(String(now / 1000));
    const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${second?.body}`).digest('base64');
    expect(signature).toBe(`v1,${expected}`);
    expect(first?.headers['webhook-id']).toBe(id);
    expect(JSON.parse(second?.body ?? '')).toMatchObject({
      type: 'supportaccess.GrantOpened',
      timestamp: '2026-12-01T08:00:00.000Z',
      data: { who: { certainty: 'proved' }, what: { name: 'case-4711' }, until: '2026-12-03T08:00:00.000Z' },
    });
  });

  it.each([301, 302, 307, 308])('a redirect (%i) is followed nowhere', async (status) => {
    const receiver = await aReceiver();
    const location = `https://${host}:${receiver.port}/inner`;
    receiver.answer = { status, headers: { location } };
    expect(await sender(receiver).send(entry)).toEqual({
      outcome: 'failed',
      why: `it answered ${status}, and a redirect is not followed`,
    });
    expect(receiver.received.map(({ path }) => path)).toEqual(['/hook?token=s3cret']);
  });

  it('is not called where its name stands for an address inside, be it one of several', async () => {
    const receiver = await aReceiver();
    const resolve = () =>
      Promise.resolve([
        { address: '93.184.215.14', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ]);
    const sent = await sender(receiver, { rule: nothingAllowed, resolve }).send(entry);
    expect(sent).toMatchObject({ outcome: 'failed' });
    expect(JSON.stringify(sent)).toContain('spec.notices.allowedInnerCIDRs');
    expect(receiver.received).toEqual([]);
  });

  it('a name is looked up once a connection, and what was judged is what is dialled', async () => {
    const receiver = await aReceiver();
    let asked = 0;
    const resolve = () => {
      asked += 1;
      return Promise.resolve([{ address: asked === 1 ? '127.0.0.1' : '169.254.169.254', family: 4 }]);
    };
    expect(await sender(receiver, { resolve }).send(entry)).toEqual({ outcome: 'delivered' });
    expect(asked).toBe(1);
  });

  it.each(['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1', '169.254.169.254'])(
    'an address in the url itself is judged as well: %s',
    async (address) => {
      const receiver = await aReceiver();
      const url = `https://${address}:${receiver.port}/`;
      expect(await sender(receiver, { url, rule: nothingAllowed }).send(entry)).toMatchObject({
        outcome: 'failed',
        why: expect.stringContaining('not of the internet'),
      });
      expect(receiver.received).toEqual([]);
    },
  );

  it('says 410 for good, and in no message its url, which may be a secret', async () => {
    const receiver = await aReceiver();
    receiver.answer = { status: 410 };
    expect(await sender(receiver).send(entry)).toMatchObject({ outcome: 'refused' });
    await receiver.close();
    const sent = await sender(receiver).send(entry);
    expect(sent).toMatchObject({
      outcome: 'failed',
      why: expect.stringContaining('nothing listens at its address'),
    });
    expect(JSON.stringify(sent)).not.toContain('s3cret');
  });

  it.each([
    [
      'a name that no one knows',
      (name: string) => Promise.reject(new Error(`getaddrinfo ENOTFOUND ${name}`)),
    ],
    ['a name for nothing', () => Promise.resolve([])],
    ['a name for an address inside', () => Promise.resolve([{ address: '127.0.0.1', family: 4 }])],
    ['a server that does not listen', () => Promise.resolve([{ address: '::1', family: 6 }])],
  ])('says its host in no message: %s', async (_, resolve) => {
    const receiver = await aReceiver();
    const allowed = { allowed: ['::1/128'], apiServer: [] };
    const sent = await sender(receiver, { rule: allowed, resolve }).send(entry);
    expect(sent).toMatchObject({ outcome: 'failed', why: expect.stringMatching(/its (host|address)/) });
    expect(JSON.stringify(sent)).not.toMatch(/hooks|example|127\.0|::1/);
  });

  it('says no words of ours otherwise where its host is a short one', async () => {
    const receiver = await aReceiver();
    const resolve = () => Promise.resolve([]);
    const sent = await sender(receiver, { url: `https://a:${receiver.port}/`, resolve }).send(entry);
    expect(sent).toEqual({
      outcome: 'failed',
      why: expect.stringContaining('its host stands for no address'),
    });
  });

  it('that answers drop by drop is waited for no longer than for one that does not answer', async () => {
    const receiver = await aReceiver();
    receiver.answer = { status: 200, drips: true };
    const sent = await sender(receiver, { withinMs: 200 }).send(entry);
    expect(sent).toEqual({ outcome: 'failed', why: expect.stringContaining('timeout') });
    expect(receiver.received).toHaveLength(1);
  });

  it('is not given to a server whose certificate is of another authority', async () => {
    const receiver = await aReceiver();
    expect(await sender(receiver, { ca: undefined }).send(entry)).toMatchObject({ outcome: 'failed' });
    expect(receiver.received).toEqual([]);
  });
});

describe('C42-5 where a webhook may be', () => {
  const mayCall = outsideJudge({ allowed: ['10.1.2.0/24', 'fd00:7::/32'], apiServer: ['203.0.113.10'] });

  it.each(
    '127.0.0.1 127.9.9.9 0.0.0.0 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1 224.0.0.1 255.255.255.255 ::1 :: fe80::1 fd00::1 ff02::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::a00:1 2002:7f00:1:: 203.0.113.10 x'.split(
      ' ',
    ),
  )('not %s', (address) => expect(mayCall(address)).toBe(false));

  it.each('93.184.215.14 172.32.0.1 192.169.0.1 2606:4700::1 10.1.2.3 fd00:7::1 203.0.113.11'.split(' '))(
    'but %s',
    (address) => expect(mayCall(address)).toBe(true),
  );
});

describe('C42-5 what a receiver reads', () => {
  const nasty = '<!channel> <https://evil.example|click> [click](https://evil.example) *x* \r\n@here';
  const said = (format: WebhookFormat) => JSON.stringify(webhookBody(format, notice(nasty), saying));

  it('in Slack, what an object says is no markup', () => {
    const body = webhookBody('Slack', notice(nasty), saying) as {
      readonly blocks: readonly { readonly text: { readonly text: string } }[];
    };
    expect(body.blocks[0]?.text.text).toBe('[support access] Support access is open: ecase/case-4711');
    expect(body.blocks[1]?.text.text).toContain('*Who did it:* grace@example.com (proved:');
    expect(said('Slack')).toContain('&lt;!channel&gt; &lt;https://evil.example|click&gt;');
    expect(said('Slack')).not.toContain('<!channel>');
  });

  it('in Teams, what an object says is no link', () => {
    expect(said('Teams')).toContain('\\\\[click\\\\](https://evil.example)');
    expect(said('Teams')).toContain('"version":"1.4"');
  });

  it.each(['Standard', 'Slack', 'Teams'] as const)('in %s all of it, each time as an instant', (format) => {
    for (const part of ['2026-12-03T08:00:00Z', 'case-4711', 'If you did not expect this'])
      expect(said(format)).toContain(part);
  });
});
