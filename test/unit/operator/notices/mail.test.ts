/** Mails over real SMTP: what arrives, and what is said of a server that is not as it should be. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { languages } from '../../../../crds/notices/languages/index.ts';
import type { Notice } from '../../../../crds/notices/notice.ts';
import { toldOfGrant } from '../../../../crds/notices/told.ts';
import { createMailer, type MailLogin } from '../../../../operator/notices/mail.ts';
import type { MailServer as MailSettings } from '../../../../operator/notices/settings.ts';
import { clockFaces } from '../../../../process/clock-face.ts';
import { createAuthority } from '../../../kit/control-plane/pki.ts';
import { type MailServer, type MailServerWish, startMailServer } from '../../../kit/mail/mail-server.ts';
import { aGrant } from '../../../kit/objects/grant.ts';
import { withSpec } from '../../../kit/objects/object.ts';

const login = { username: 'support-access', password: 'p:ä ss' };
const saying = { language: languages.de, faceOf: clockFaces('Europe/Berlin') };
const notice = (reason = 'Mails hängen seit Montag'): Notice => ({
  event: 'GrantOpened',
  at: Date.parse('2026-12-01T08:00:00Z'),
  who: { certainty: 'proved', username: 'grace@example.com' },
  installation: { host: 'support.example.com' },
  ...toldOfGrant(aGrant(withSpec({ reason }))),
});

async function aServer(wish: MailServerWish = {}): Promise<MailServer> {
  const server = await startMailServer(wish);
  onTestFinished(() => server.close());
  return server;
}

const mailer = (
  server: MailServer,
  { credentials, timeoutMs, ...change }: Partial<MailSettings> & Sent = {},
) => {
  const settings = {
    host: '127.0.0.1',
    port: server.port,
    tls: 'StartTLS',
    ca: server.ca,
    from: 'support-access@example.com',
    secretName: undefined,
    ...change,
  } as const;
  const made = createMailer({ server: settings, credentials, saying }, timeoutMs);
  onTestFinished(() => made.close());
  return made;
};

interface Sent {
  readonly credentials?: MailLogin;
  readonly timeoutMs?: number;
}

const entry = (address: string, key = `k/${address}`, told = notice()) => ({ key, address, notice: told });

describe('C42-5 a mail', () => {
  it.each(['StartTLS', 'Implicit'] as const)(
    'arrives over %s, signed in, with both parts, headers and umlauts whole',
    async (tls) => {
      const server = await aServer({ tls, login });
      const sent = await mailer(server, { tls, credentials: login }).send(entry('grace@example.com'));
      expect(sent).toEqual({ outcome: 'delivered' });
      const [first] = server.received;
      expect(first).toMatchObject({
        from: 'support-access@example.com',
        to: ['grace@example.com'],
        user: login.username,
        encrypted: true,
      });
      const { subject, text, html, messageId, headers } = first?.mail ?? ({} as never);
      expect(subject).toBe('[support access] Der Supportzugang ist offen: ecase/case-4711');
      expect(text).toContain('Grund: Mails hängen seit Montag');
      expect(text).toContain('Wer es war: grace@example.com (bewiesen:');
      expect(html).toContain('<td>Mails hängen seit Montag</td>');
      expect(messageId).toMatch(/^<[0-9a-f]{40}@example\.com>$/);
      expect(headers).toContainEqual(
        expect.objectContaining({ key: 'auto-submitted', value: 'auto-generated' }),
      );
      expect(first?.raw).not.toContain(login.password);
    },
  );

  it('many go over one connection', async () => {
    const server = await aServer();
    const one = mailer(server);
    for (const name of ['a', 'b', 'c'])
      expect(await one.send(entry(`${name}@example.com`))).toEqual({ outcome: 'delivered' });
    expect(server.connections()).toBe(1);
    expect(server.received).toHaveLength(3);
  });

  it('never goes out in the clear where TLS is asked for', async () => {
    const server = await aServer({ tls: 'Disabled' });
    const sent = await mailer(server).send(entry('grace@example.com'));
    expect(sent).toMatchObject({ outcome: 'failed' });
    expect(server.received).toEqual([]);
  });

  it('goes out in the clear where the policy says so', async () => {
    const server = await aServer({ tls: 'Disabled' });
    expect(await mailer(server, { tls: 'Disabled' }).send(entry('grace@example.com'))).toEqual({
      outcome: 'delivered',
    });
    expect(server.received[0]?.encrypted).toBe(false);
  });

  it('is not given to a server whose certificate is of another authority, or of another name', async () => {
    const { certificate } = await createAuthority('another');
    const server = await aServer();
    const other = await mailer(server, { ca: certificate }).send(entry('grace@example.com'));
    expect(other).toMatchObject({ outcome: 'failed', why: expect.stringMatching(/certificate/i) });
    const elsewhere = await aServer({ names: ['mail.example.com'] });
    const wrongName = await mailer(elsewhere).send(entry('grace@example.com'));
    expect(wrongName).toMatchObject({ outcome: 'failed', why: expect.stringContaining('127.0.0.1') });
    expect([...server.received, ...elsewhere.received]).toEqual([]);
  });

  it('a server that hangs is given up at that step, and so is one that is away', async () => {
    const server = await aServer();
    server.mood.isSilent = true;
    expect(await mailer(server, { timeoutMs: 100 }).send(entry('a@example.com'))).toMatchObject({
      outcome: 'failed',
    });
    await server.close();
    expect(await mailer(server).send(entry('a@example.com'))).toMatchObject({ outcome: 'failed' });
  });

  it('a wrong password fails and is in no text', async () => {
    const server = await aServer({ login });
    const sent = await mailer(server, { credentials: { username: 'x', password: 'hunter2-wrong' } }).send(
      entry('grace@example.com'),
    );
    expect(sent).toMatchObject({ outcome: 'failed', why: expect.not.stringContaining('hunter2') });
  });

  it('one recipient of three who is refused keeps no other from getting it', async () => {
    const server = await aServer();
    server.mood.refused = ['b@example.com'];
    const one = mailer(server);
    const outcomes = [];
    for (const name of ['a', 'b', 'c']) outcomes.push((await one.send(entry(`${name}@example.com`))).outcome);
    expect(outcomes).toEqual(['delivered', 'refused', 'delivered']);
    expect(server.received.map(({ to }) => to).flat()).toEqual(['a@example.com', 'c@example.com']);
  });

  it('a server that is busy is tried again; one that breaks off after DATA gets the same Message-ID', async () => {
    const server = await aServer();
    const one = mailer(server);
    server.mood.isBusy = true;
    expect(await one.send(entry('a@example.com'))).toMatchObject({ outcome: 'failed' });
    server.mood.isBusy = false;
    server.mood.dropsAfterData = true;
    expect(await one.send(entry('a@example.com'))).toMatchObject({ outcome: 'failed' });
    expect(await one.send(entry('a@example.com'))).toEqual({ outcome: 'delivered' });
    const ids = server.received.map(({ mail }) => mail.messageId);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  it('what an object says adds no header and no recipient', async () => {
    const server = await aServer();
    const told = {
      ...notice('x\r\nBcc: eve@example.com\r\n\r\n.\r\nRCPT TO:<eve@example.com>'),
      what: { kind: 'SupportAccessGrant', name: 'a\r\nBcc: eve@example.com' },
    };
    await mailer(server).send(entry('grace@example.com', 'k', told));
    const [first] = server.received;
    expect(first?.to).toEqual(['grace@example.com']);
    expect(first?.mail.headers.map(({ key }) => key)).not.toContain('bcc');
    expect(first?.mail.to?.map(({ address }) => address)).toEqual(['grace@example.com']);
  });

  it('an umlaut in the domain of an address becomes what DNS has', async () => {
    const server = await aServer();
    expect(await mailer(server).send(entry('grace@müller.example'))).toEqual({ outcome: 'delivered' });
    expect(server.received[0]?.raw).toMatch(/^To: .*grace@xn--mller-kva\.example/m);
  });
});
