/** Notices from record to mailbox: a real store, real SMTP, and a clock that is stepped through the days. */
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { canonicalRecord, type NewRecord } from '../../../../crds/audit/record.ts';
import { deliverOnce, pauseAfter, type RoundResult } from '../../../../operator/notices/deliver.ts';
import { createFolding, toldSingly, windowMs } from '../../../../operator/notices/folding.ts';
import { createMailer } from '../../../../operator/notices/mail.ts';
import type { Delivery, NoticeSender } from '../../../../operator/notices/sender.ts';
import { noticeSettings } from '../../../../operator/notices/settings.ts';
import { createRecordWriter } from '../../../../operator/writes/write-records.ts';
import { openSqliteStore } from '../../../../webhook/in-cluster/records/sqlite/store.ts';
import type { RecordStore } from '../../../../webhook/in-cluster/records/store.ts';
import { type MailServer, startMailServer } from '../../../kit/mail/mail-server.ts';
import { aGrant } from '../../../kit/objects/grant.ts';
import { withSpec } from '../../../kit/objects/object.ts';
import { aPolicy } from '../../../kit/objects/policy.ts';
import { aRecord, withFields } from '../../../kit/objects/record.ts';
import { aFolder } from '../../../kit/records/store-file.ts';

const start = Date.parse('2026-12-01T08:00:00Z');
const grant = aGrant();
const { uid } = grant.metadata;
const who = { certainty: 'proved', username: 'grace@example.com' } as const;

const activated = (fields: Partial<NewRecord> = {}): NewRecord =>
  aRecord(
    withFields({
      type: 'grant.activated',
      actor: { kind: 'system', name: 'operator' },
      grant: { namespace: 'ecase', name: 'case-4711', uid },
      requester: who,
      ...fields,
    }),
  );

interface Setting {
  now: number;
  store: RecordStore;
  readonly server: MailServer;
  /** Everything starts anew from the same file. */
  restart(): Promise<void>;
  append(...records: NewRecord[]): Promise<void>;
  round(
    notices?: object,
    administrators?: readonly object[],
    by?: Readonly<Record<string, NoticeSender>>,
  ): Promise<RoundResult>;
  recorded(type: string): Promise<readonly NewRecord[]>;
}

async function aSetting(): Promise<Setting> {
  const server = await startMailServer();
  const path = join(aFolder(), 'records.db');
  const open = () => openSqliteStore({ path, origin: 'test/notices' });
  let folding = createFolding();
  const setting: Setting = {
    now: start,
    store: await open(),
    server,
    async restart() {
      await setting.store.close();
      setting.store = await open();
      folding = createFolding();
    },
    async append(...records) {
      const appended = await setting.store.append({
        writer: 'operator',
        records: records.map(canonicalRecord),
      });
      expect(appended.ok).toBe(true);
    },
    round(notices = {}, administrators = [{ name: 'grace', email: 'grace@example.com' }], by = {}) {
      const mail = { host: '127.0.0.1', port: server.port, ca: server.ca, from: 'support@example.com' };
      const policy = aPolicy(withSpec({ administrators, notices: { mail, ...notices } } as never));
      const settings = noticeSettings(policy);
      if (settings?.mail === undefined) throw new Error('the policy of this test tells no one');
      const mailer = createMailer({ server: settings.mail, credentials: undefined, saying: settings.saying });
      return deliverOnce({
        queue: { ask: (ask) => setting.store.notices(ask) },
        records: writerOf(setting),
        folding,
        world: { installation: { host: 'support.example.com' }, grant: () => grant },
        settings,
        isUnsaid: false,
        senderFor: (recipient) => Promise.resolve(by[recipient] ?? mailer),
        now: () => setting.now,
        signal: new AbortController().signal,
      }).finally(() => mailer.close());
    },
    async recorded(type) {
      const lines = await setting.store.read({ after: 0, limit: 1000 });
      return lines.map((line) => JSON.parse(line) as NewRecord).filter((record) => record.type === type);
    },
  };
  // The queue begins at the end of what was there when it was first asked.
  await setting.round();
  onTestFinished(async () => {
    await server.close();
    await setting.store.close();
  });
  return setting;
}

function writerOf(setting: Setting) {
  const trail = {
    append: async (records: readonly NewRecord[]) => {
      await setting.append(...records);
      return [];
    },
    requestersOf: () => Promise.resolve([]),
    checkWorld: () => Promise.resolve(),
  };
  return createRecordWriter(trail, () => setting.now);
}

describe('C42-5 notices from record to mailbox', () => {
  it('what happens is told to each administrator and recipient once, and each result is recorded', async () => {
    const setting = await aSetting();
    const record = activated();
    await setting.append(record);
    const recipients = ['security@example.com', 'grace@example.com'];
    await setting.round({ recipients });
    expect(setting.server.received).toEqual([]);
    await setting.round({ recipients });
    await setting.round({ recipients });
    const { received } = setting.server;
    expect(new Set(received.map(({ to }) => to[0]))).toEqual(
      new Set(['grace@example.com', 'security@example.com']),
    );
    expect(received).toHaveLength(2);
    expect(received[0]?.mail.text).toContain('Who did it: grace@example.com (proved:');
    expect(received[0]?.mail.text).toContain('Until: Thursday, 3 December 2026, 08:00:00 UTC');
    expect(received[0]?.mail.text).toContain(`Record: ${record.id}`);
    const delivered = await setting.recorded('notice.delivered');
    expect(delivered.map(({ cause, target }) => [cause, target?.name])).toEqual(
      received.map(({ to }) => [record.id, to[0]]),
    );
  });

  it('is tried again with longer pauses, across restarts, until the server is there', async () => {
    const setting = await aSetting();
    setting.server.mood.isBusy = true;
    await setting.append(activated());
    await setting.round();
    expect((await setting.round()).problem).toContain('451');
    await setting.restart();
    // Not before its time.
    expect((await setting.round()).outcomes).toEqual([]);
    setting.now += pauseAfter(0);
    expect((await setting.round()).outcomes).toEqual(['failed']);
    setting.now += pauseAfter(0);
    expect((await setting.round()).outcomes).toEqual([]);
    setting.server.mood.isBusy = false;
    await setting.restart();
    setting.now += pauseAfter(1);
    expect(await setting.round()).toMatchObject({ outcomes: ['delivered'], problem: undefined });
    expect((await setting.round()).answer.waiting).toBe(0);
    expect(setting.server.received).toHaveLength(1);
    expect((await setting.recorded('notice.failed')).map(({ message }) => message)).toEqual([
      expect.stringMatching(/^GrantOpened to grace@example.com, try 1: .*451/),
    ]);
  });

  it('a channel that does not answer holds up no other', async () => {
    const setting = await aSetting();
    const webhooks = ['a', 'b'].map((name) => ({ name, url: `https://${name}.example.com/` }));
    await setting.append(activated());
    await setting.round({ webhooks });
    const answered = Promise.withResolvers<Delivery>();
    const tried: string[] = [];
    const sender = (name: string, delivery: Promise<Delivery>): NoticeSender => ({
      send: () => {
        tried.push(name);
        return delivery;
      },
      close: () => undefined,
    });
    const delivered = Promise.resolve({ outcome: 'delivered' } as const);
    const round = setting.round({ webhooks }, undefined, {
      'grace@example.com': sender('mail', answered.promise),
      'webhook:a': sender('a', answered.promise),
      'webhook:b': sender('b', delivered),
    });
    await vi.waitFor(() => expect(tried.toSorted()).toEqual(['a', 'b', 'mail']));
    await vi.waitFor(async () => expect(await setting.recorded('notice.delivered')).toHaveLength(1));
    answered.resolve({ outcome: 'delivered' });
    expect((await round).outcomes).toEqual(['delivered', 'delivered', 'delivered']);
  });

  it('is given up after the time of the policy, and that is recorded', async () => {
    const setting = await aSetting();
    setting.server.mood.isBusy = true;
    await setting.append(activated());
    await setting.round();
    const giveUpAfterSeconds = 24 * 3600;
    let tries = 0;
    for (; setting.now < start + 2 * giveUpAfterSeconds * 1000; setting.now += 15 * 60_000)
      tries += (await setting.round({ giveUpAfterSeconds })).outcomes.length;
    // A day of half-hour pauses, and the first ones shorter.
    expect(tries).toBeGreaterThan(40);
    expect(tries).toBeLessThan(70);
    const [last] = await setting.recorded('notice.given_up');
    expect(last?.message).toContain(`GrantOpened to grace@example.com, try ${tries}: `);
    const failed = (await setting.recorded('notice.failed')).map(({ message }) => message);
    expect(failed.map((message) => /, try (\d+): /.exec(message ?? '')?.[1])).toEqual(
      ['1', '8', '64'].filter((at) => Number(at) < tries),
    );
    expect((await setting.round()).answer.waiting).toBe(0);
  });

  it('10,000 transitions in a minute are told in a handful of messages, the last with their number', async () => {
    const setting = await aSetting();
    for (let part = 0; part < 20; part += 1)
      await setting.append(...Array.from({ length: 500 }, () => activated()));
    for (let more = true; more; ) more = (await setting.round()).answer.more;
    await setting.round();
    await setting.round();
    expect(setting.server.received).toHaveLength(toldSingly);
    setting.now += windowMs;
    await setting.round();
    expect(setting.server.received).toHaveLength(toldSingly + 1);
    expect(setting.server.received.at(-1)?.mail.text).toContain(`How often: ${10_000 - toldSingly} times`);
  }, 30_000);

  it('what happened before anyone was to be told, and what the policy does not list, is told to no one', async () => {
    const setting = await aSetting();
    const events = ['AccessEnabled'];
    await setting.append(activated());
    await setting.round({ events });
    await setting.round({ events });
    await setting.round();
    expect(setting.server.received).toEqual([]);
  });

  it('who is not named any more gets nothing, and it does not wait', async () => {
    const setting = await aSetting();
    await setting.append(activated());
    await setting.round();
    expect(await setting.round({}, [{ name: 'bob', email: 'bob@example.com' }])).toMatchObject({
      outcomes: ['given_up'],
    });
    expect(setting.server.received).toEqual([]);
  });

  it('an address of an administrator with which a second one could be named is not written to', () => {
    const administrators = [
      { name: 'a', email: 'a@example.com,eve@example.com' },
      { name: 'b', email: '"b"@example.com' },
      { name: 'c', email: 'c@example.com' },
    ];
    const notices = { mail: { host: 'smtp', from: 's@example.com' } };
    const settings = noticeSettings(aPolicy(withSpec({ administrators, notices })));
    expect(settings?.recipients).toEqual(['c@example.com']);
    expect(settings?.unusable).toHaveLength(2);
    expect(settings?.mail).toMatchObject({ port: 587, tls: 'StartTLS' });
  });

  it('a token in a reason is in no mail', async () => {
    const setting = await aSetting();
    const message = 'Authorization: Bearer abc.def.ghi and password=hunter2';
    await setting.append(activated({ type: 'grant.closed', message }));
    await setting.round();
    await setting.round();
    const text = setting.server.received[0]?.mail.text ?? '';
    expect(text).toContain('[redacted]');
    expect(text).not.toMatch(/abc\.def|hunter2/);
  });
});
