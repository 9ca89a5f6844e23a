import { describe, expect, it, onTestFinished } from 'vitest';
import { lockOnAll } from '../../../../../../crds/rules/locks.ts';
import { anApplication } from '../../../../../kit/objects/application.ts';
import {
  anInnerGateway,
  type Call,
  callingApplication,
  tokens,
} from '../../../../../kit/objects/inner-gateway.ts';
import { sealedSession } from '../../../../../kit/objects/memory-gateway.ts';
import { metadataOf, withMetadata, withSpec } from '../../../../../kit/objects/object.ts';
import { aSession } from '../../../../../kit/objects/session.ts';

const handle = aSession().spec.handle;
const read = { session: handle, module: 'Scheduled Jobs', action: 'Read' };
const clear = { session: handle, module: 'Scheduled Jobs', action: 'Clear' };

async function aGateway() {
  const gateway = await anInnerGateway();
  onTestFinished(async () => void (await gateway.close()));
  const ask = (review: object = read, call: Call = {}) =>
    gateway.call('/v1/reviews', { body: { application: 'ecase', ...review }, ...call });
  const askMany = (reviews: unknown, call: Call = {}) =>
    gateway.call('/v1/reviews/batch', { body: { application: 'ecase', reviews }, ...call });
  return { ...gateway, ask, askMany };
}

const aLock = { kind: 'SupportAccessLock', metadata: metadataOf('SupportAccessLock', lockOnAll) };

describe('a review', () => {
  it('says what the proxy would, until when, and has its yes recorded before', async () => {
    const { ask, trail } = await aGateway();
    const yes = await ask();
    expect(yes).toMatchObject({ status: 200, body: { allowed: true, until: expect.any(String) } });
    expect(await ask(clear)).toMatchObject({
      status: 200,
      body: { allowed: false, reason: 'ActionNotAllowed' },
    });
    expect(trail.records).toMatchObject([
      {
        type: 'app.review',
        actor: { kind: 'support', name: 'ada' },
        session: handle,
        grant: { name: 'case-4711' },
        target: {
          area: 'review',
          module: 'Scheduled Jobs',
          action: 'Read',
          kind: 'SupportApplication',
          name: 'ecase',
        },
        decision: { effect: 'allow', matrix: 'ecase-1' },
        message: 'asked by ServiceAccount ecase/ecase',
      },
      { decision: { effect: 'deny', reason: 'ActionNotAllowed' } },
    ]);
    expect(trail.records[0]?.cites).toHaveLength(6);
  });

  it('is no where the matrix names no such module, also for a sub-module and an invented action', async () => {
    const { ask } = await aGateway();
    for (const wish of [
      { module: 'Nothing' },
      { subModule: 'Nothing' },
      { action: 'read' },
      { action: 'Read ' },
    ]) {
      const { body } = await ask({ ...read, ...wish });
      expect(body).toMatchObject({ allowed: false, reason: 'ActionNotAllowed' });
    }
  });

  it('is no at once for a session that is gone, locked or changed, and reads nothing that is older than the call', async () => {
    const { ask, objects } = await aGateway();
    expect((await ask()).body).toMatchObject({ allowed: true });
    objects.remove('SupportSession', 'ada-1');
    expect((await ask()).body).toMatchObject({ allowed: false, reason: 'NoSession' });
    objects.put(sealedSession(withSpec({ handle: 'ffffffffffffffff' })));
    expect((await ask()).body).toMatchObject({ allowed: false });
    objects.put(sealedSession(), aLock);
    expect((await ask()).body).toMatchObject({ allowed: false, reason: 'Locked' });
  });

  it('is no when a lock is told while its yes is being recorded, and the records say both', async () => {
    const gateway = await aGateway();
    const { trail, told } = gateway;
    const { append } = trail;
    Object.assign(trail, {
      append: async (records: Parameters<typeof append>[0]) => {
        const receipts = await append(records);
        told.add({ kind: 'SupportAccessLock', type: 'added', object: aLock } as unknown as Parameters<
          typeof told.add
        >[0]);
        return receipts;
      },
    });
    const answered = await gateway.ask();
    expect(answered.body).toMatchObject({ allowed: false, reason: 'Locked' });
    expect(trail.records.map(({ decision }) => decision?.effect)).toEqual(['allow', 'deny']);
  });

  it('is refused where the records take nothing, or know a later state', async () => {
    const { ask, trail } = await aGateway();
    trail.state.away = true;
    expect(await ask()).toMatchObject({ status: 503, body: { reason: 'RecordsUnavailable' } });
    trail.state.away = false;
    trail.state.refusing = 'records_older';
    expect(await ask()).toMatchObject({ status: 503, body: { reason: 'RecordsUnavailable' } });
  });

  it('is no where the state cannot be read, and a call whose application cannot be read is 503', async () => {
    const { ask, objects } = await aGateway();
    objects.answer('SupportAccessGrant', 'case-4711', () => Promise.reject(new Error('away')));
    expect((await ask()).body).toMatchObject({ allowed: false, reason: 'StateUnavailable' });
    objects.answer('SupportApplication', 'ecase', () => Promise.reject(new Error('away')));
    expect(await ask()).toMatchObject({ status: 503, body: { reason: 'StateUnavailable' } });
  });

  it('knows a session that the watch has not told yet, and none that was made by hand under its handle', async () => {
    const { ask, seen, objects } = await aGateway();
    seen.sessions = [aSession(withMetadata({ name: 'by-hand' }))];
    expect((await ask()).body).toMatchObject({ allowed: true });
    objects.remove('SupportSession', 'ada-1');
    expect((await ask()).body).toMatchObject({ allowed: false, reason: 'NoSession' });
  });
});

describe('a batch', () => {
  it('of 1,000 is answered in its order by one reading, and one of 1,001 is refused', async () => {
    const { askMany, objects, trail } = await aGateway();
    const wishes = Array.from({ length: 1000 }, (_, at) =>
      at % 2 === 0 ? read : { ...clear, action: `Clear ${at}` },
    );
    const { status, body } = await askMany(wishes);
    expect(status).toBe(200);
    const { results } = body as { results: { allowed: boolean }[] };
    expect(results.map(({ allowed }) => allowed)).toEqual(wishes.map((wish) => wish === read));
    expect(objects.gets.filter((got) => got === 'SupportAccessGrant case-4711')).toHaveLength(1);
    // What is asked twice is recorded once.
    const allowed = trail.records.filter(({ decision }) => decision?.effect === 'allow');
    expect([allowed.length, trail.records.length]).toEqual([1, 501]);
    const tooMany = await askMany([...wishes, read]);
    expect(tooMany).toMatchObject({ status: 400, body: { reason: 'TooManyReviews' } });
    expect(JSON.stringify(tooMany.body)).toContain('1001');
  });

  it('mixes sessions: each is judged by itself', async () => {
    const { askMany } = await aGateway();
    const { body } = await askMany([read, { ...read, session: '0000000000000000' }, clear]);
    expect(body).toMatchObject({
      results: [{ allowed: true }, { allowed: false, reason: 'NoSession' }, { allowed: false }],
    });
  });
});

describe('who may call', () => {
  it.each([
    ['without a token', '', 401, 'NoToken'],
    [
      'with a token that the API server does not know, or of another audience',
      'unknown',
      401,
      'TokenUnknown',
    ],
    ['while too many come at once', tokens.busy, 429, 'TooManyCallers'],
    ['as a person', tokens.person, 401, 'TokenUnknown'],
    ['as an account that no application lists', tokens.other, 403, 'NotACaller'],
    ['from another namespace', tokens.foreign, 403, 'NotACaller'],
  ])('is no one %s', async (_, token, status, reason) => {
    const { ask, askMany, call, trail } = await aGateway();
    const refused = { status, body: { status, reason, type: 'about:blank', detail: expect.any(String) } };
    expect(await ask(read, { token })).toMatchObject(refused);
    expect(await askMany([read], { token })).toMatchObject(refused);
    expect(await call('/v1/directory', { method: 'GET', token })).toMatchObject(refused);
    expect(trail.records).toEqual([]);
  });

  it('is no one for an application that does not exist, with the same words, or that lists nobody', async () => {
    const { call, objects } = await aGateway();
    const asked = (application: string) => call('/v1/reviews', { body: { application, ...read } });
    const none = await asked('none');
    objects.put(anApplication(withMetadata({ name: 'silent', resourceVersion: '9' })));
    const silent = await asked('silent');
    expect(none.status).toBe(403);
    expect(JSON.stringify(none.body).replaceAll('none', 'silent')).toBe(
      JSON.stringify(silent.body).replaceAll('none', 'silent'),
    );
  });

  it('is refused for another application of its namespace although it may call for both', async () => {
    const { call, objects } = await aGateway();
    const callers = callingApplication().spec.callers ?? [];
    objects.put(
      anApplication(
        withMetadata({ name: 'second', uid: 'second' }),
        withSpec({ callers, host: 'second.apps.example.com' }),
      ),
    );
    const { body } = await call('/v1/reviews', { body: { application: 'second', ...read } });
    expect(body).toMatchObject({ allowed: false, reason: 'NoApplication' });
  });
});

describe('a call that is written wrongly', () => {
  it.each([
    ['that is no JSON', '{', 'Malformed'],
    ['that is a list', [], 'Malformed'],
    ['without a session', { application: 'ecase', module: 'Jobs', action: 'Read' }, 'session'],
    ['with a number', { application: 'ecase', ...read, action: 7 }, 'action'],
    ['with an empty text', { application: 'ecase', ...read, module: '' }, 'module'],
    ['with a name that is too long', { application: 'ecase', ...read, module: 'x'.repeat(101) }, 'module'],
    ['with a misspelled field', { application: 'ecase', ...read, submodule: 'Job Log' }, 'submodule'],
  ])('%s is told what to write', async (_, body, word) => {
    const { call } = await aGateway();
    const refused = await call('/v1/reviews', { body });
    expect(refused.status).toBe(400);
    expect(refused.headers.get('content-type')).toBe('application/problem+json');
    expect(JSON.stringify(refused.body)).toContain(word);
  });

  it('in a batch names the place', async () => {
    const { askMany } = await aGateway();
    const refused = await askMany([read, { ...read, action: null }]);
    expect(JSON.stringify(refused.body)).toContain('reviews[1].action');
    expect((await askMany([])).status).toBe(400);
  });

  it.each([
    ['of another type', { headers: { 'content-type': 'text/plain' } }, 415],
    ['that is larger than a megabyte', { body: ' '.repeat(1024 * 1024 + 1) }, 413],
    ['with another method', { method: 'PUT' }, 405],
  ])('%s is refused', async (_, call, status) => {
    const { ask } = await aGateway();
    expect(await ask(read, call)).toMatchObject({ status });
  });

  it('at another path is told which there are', async () => {
    const { call } = await aGateway();
    for (const path of ['/', '/v1/reviews/', '/v1/reviews?x=1', '/V1/reviews']) {
      const refused = await call(path, { body: {} });
      expect(refused).toMatchObject({ status: 404, body: { reason: 'NoSuchPath' } });
    }
  });
});

describe('the directory', () => {
  it('ZH-4 CC-4 CC-6 EC-13 EC-17 lists whom the grants of the namespace name, open or closed, with what they are', async () => {
    const { call, objects } = await aGateway();
    const get = () => call('/v1/directory', { method: 'GET' });
    const ada = {
      name: 'ada',
      userType: 'Support User',
      licensed: false,
      assignable: false,
      hidden: true,
      grants: ['case-4711'],
    };
    expect(await get()).toMatchObject({ status: 200, body: { items: [ada] } });
    objects.put(aLock);
    expect(await get()).toMatchObject({ status: 200, body: { items: [ada] } });
    objects.remove('SupportUser', 'ada');
    expect(await get()).toMatchObject({ status: 200, body: { items: [] } });
    objects.answer('SupportAccessGrant', '*', () => Promise.reject(new Error('away')));
    expect(await get()).toMatchObject({ status: 503, body: { reason: 'StateUnavailable' } });
  });
});
