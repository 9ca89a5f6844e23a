import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { referenceOf } from '../../../../../../crds/audit/reference.ts';
import { lockOnAll } from '../../../../../../crds/rules/locks.ts';
import { eventually } from '../../../../../kit/clock/eventually.ts';
import { aLock } from '../../../../../kit/objects/lock.ts';
import { sealedSession } from '../../../../../kit/objects/memory-gateway.ts';
import { aServedGateway, type SceneResponse } from '../../../../../kit/objects/served-gateway.ts';

type Scene = Awaited<ReturnType<typeof aServedGateway>>;
let served: Scene;

async function aScene(...upstream: Parameters<typeof aServedGateway>): Promise<Scene> {
  served = await aServedGateway(...upstream);
  return served;
}

afterEach(() => served.close());

const lock = aLock(lockOnAll);

/** Waits for the outcome, which follows the last byte. */
async function outcomeOf({ trail }: Scene) {
  return eventually(async () => {
    const outcome = trail.records.find(({ phase }) => phase === 'outcome');
    if (outcome === undefined) throw new Error('no outcome yet');
    return outcome;
  });
}

describe('an answer that cannot be looked into', () => {
  it.each([
    ['is packed', { 'content-type': 'text/html', 'content-encoding': 'gzip' }, gzipSync('ada@x.com')],
    [
      'is UTF-7 by its own word',
      { 'content-type': 'text/html; charset=utf-7' },
      Buffer.from('ada+AEA-x.com'),
    ],
    ['is packed by its first bytes', { 'content-type': 'text/html' }, gzipSync('ada@x.com')],
  ])('because it %s is refused whole', async (_, headers, body) => {
    const { ask, touched } = await aScene((_request, response) => {
      response.writeHead(200, headers);
      response.end(body);
    });
    const answer = await ask('/jobs');
    expect(answer.status).toBe(502);
    expect(JSON.parse(answer.body)).toMatchObject({ reason: 'NotMaskable' });
    // The session goes on, and it was used.
    expect(touched).toEqual(['ada-1']);
    const { outcome, message } = await outcomeOf(served);
    expect(outcome).toMatchObject({ reason: 'NotMaskable' });
    expect(message).toMatch(/^the response must (?:come|be|not be) /);
  });
});

describe('a refused request', () => {
  const neverReached = (): void => {
    throw new Error('a refused request reached the application');
  };

  async function refusal(path: string, asked: Parameters<Scene['ask']>[1] = {}): Promise<SceneResponse> {
    const answer = await served.ask(path, asked);
    expect(served.reached).toHaveLength(0);
    return answer;
  }

  it.each([
    ['without a route', 'GET /unknown', 403, 'NoRoute'],
    ['with an action that the matrix disables or lacks', 'DELETE /jobs/1/run?x=1', 403, 'NoRoute'],
    ['with a path that is not canonical', 'GET /jobs/../jobs', 400, 'BadRequest'],
    ['with an encoded slash', 'GET /jobs/%2e%2e/x', 400, 'BadRequest'],
  ])('%s gets a code and one record', async (_, request, status, reason) => {
    await aScene(neverReached);
    const [method = '', path = ''] = request.split(' ');
    const answer = await refusal(path, { method });
    expect(answer.status).toBe(status);
    const reference = referenceOf(served.trail.records[0]?.id ?? '');
    expect(JSON.parse(answer.body)).toMatchObject({ reason, reference });
    expect(served.trail.records).toHaveLength(1);
    expect(served.trail.records[0]).toMatchObject({
      type: 'app.request',
      phase: 'point',
      actor: { name: 'ada' },
      decision: { effect: 'deny', reason },
    });
  });

  it('of a locked grant ends the session: 401, recorded, deleted, cleared from the browser', async () => {
    const { objects, deleted, trail } = await aScene(neverReached);
    objects.put(lock);
    const answer = await refusal('/jobs');
    expect(answer.status).toBe(401);
    expect(JSON.stringify(answer.headers)).toMatch(/"__Host-support-access=;[^"]*Max-Age=0"/);
    expect(deleted).toEqual(['ada-1']);
    expect(trail.records.map(({ type }) => type)).toEqual(['app.request', 'session.ended']);
    expect(trail.records[1]).toMatchObject({ session: '5f1c9a7be2d04c11', outcome: { reason: 'Locked' } });
  });

  it('of a person with a browser leads to the sign-in page of the grant', async () => {
    const { objects } = await aScene(neverReached);
    objects.remove('SupportSession', 'ada-1');
    const answer = await refusal('/jobs', { headers: { accept: 'text/html', 'sec-fetch-mode': 'navigate' } });
    expect(answer.status).toBe(303);
    expect(answer.headers.location).toBe(
      'https://support.example.com/support-access/sign-in/ecase/case-4711',
    );
  });

  it('is one with a session object that was made by hand', async () => {
    const { objects, deleted } = await aScene(neverReached);
    const session = sealedSession();
    objects.put({ ...session, spec: { ...session.spec, absoluteExpirationTime: '2027-01-01T00:00:00Z' } });
    expect((await refusal('/jobs')).status).toBe(401);
    expect(deleted).toEqual([]);
  });

  it('is one by a lock that is told while its Service is looked up, though it was allowed and the lock is lifted', async () => {
    const { ask, state, told, openResponses, deleted, reached } = await aScene(neverReached);
    const [looking, found] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    state.beforeResolved = () => {
      looking.resolve();
      return found.promise;
    };
    const answered = ask('/jobs');
    await looking.promise;
    for (const type of ['added', 'deleted'] as const) {
      told.add({ type, object: lock });
      openResponses.changed({ type, object: lock });
    }
    found.resolve();
    const answer = await answered;
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.body)).toMatchObject({ reason: 'Locked' });
    expect(reached).toHaveLength(0);
    expect(deleted).toEqual(['ada-1']);
    expect(served.trail.records[0]).toMatchObject({ decision: { effect: 'deny', reason: 'Locked' } });
  });

  it('is one for a service worker’s script', async () => {
    await aScene(neverReached);
    expect((await refusal('/jobs', { headers: { 'service-worker': 'script' } })).status).toBe(403);
  });

  it('is one that cannot be recorded: 503, and nothing is sent', async () => {
    const { trail, failures } = await aScene(neverReached);
    trail.state.away = true;
    const answer = await refusal('/jobs');
    expect(answer.status).toBe(503);
    expect(failures).toEqual(['an intent was not recorded']);
    expect(JSON.parse(answer.body)).toMatchObject({ reason: 'RecordsUnavailable' });
  });

  it('is one by objects that are older than what was recorded: the session of a restored backup is ended', async () => {
    const { trail, deleted } = await aScene(neverReached);
    trail.state.refusing = 'records_rolled_back';
    const answer = await refusal('/jobs');
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.body)).toMatchObject({ reason: 'NotOpened' });
    expect(deleted).toEqual(['ada-1']);
    expect(
      trail.records.map(({ type, decision, outcome }) => [type, decision?.reason ?? outcome?.reason]),
    ).toEqual([
      ['app.request', 'RolledBack'],
      ['session.ended', 'RolledBack'],
    ]);
  });

  it('is one by objects that were changed while it was decided: 503, and the session lives', async () => {
    const { trail, deleted } = await aScene(neverReached);
    trail.state.refusing = 'records_older';
    const answer = await refusal('/jobs');
    expect(answer.status).toBe(503);
    expect(JSON.parse(answer.body)).toMatchObject({ reason: 'ChangesUnseen' });
    expect(deleted).toEqual([]);
  });

  it('is one that cannot be decided: 503, and nothing is sent', async () => {
    const { objects } = await aScene(neverReached);
    objects.answer('SupportAccessPolicy', 'default', () => Promise.reject(new Error('away')));
    const answer = await refusal('/jobs');
    expect(answer.status).toBe(503);
    expect(JSON.parse(answer.body)).toMatchObject({ reason: 'StateUnavailable' });
  });

  it('without any session is told so; credentials of another kind are recorded', async () => {
    const { trail } = await aScene(neverReached);
    expect((await refusal('/jobs', { anonymous: true })).status).toBe(401);
    expect(trail.records).toHaveLength(0);
    const basic = { anonymous: true, headers: { authorization: 'Basic YTpi' } } as const;
    expect((await refusal('/jobs', basic)).status).toBe(401);
    expect(trail.records).toHaveLength(1);
    expect(JSON.stringify(trail.records)).not.toContain('YTpi');
    const forged = { anonymous: true, headers: { cookie: 'a=1; __Host-support-access=v1.forged' } } as const;
    expect((await refusal('/jobs', forged)).status).toBe(401);
    expect(trail.records).toHaveLength(2);
    expect(JSON.stringify(trail.records)).not.toContain('forged');
    const onItsWay = {
      anonymous: true,
      headers: { cookie: '__Host-support-access-enter=nonce.Lw' },
    } as const;
    expect((await refusal('/jobs', onItsWay)).status).toBe(401);
    expect(trail.records).toHaveLength(2);
    const browser = { accept: 'text/html', 'sec-fetch-mode': 'navigate' };
    const way = await refusal('/jobs?a=1', { anonymous: true, headers: browser });
    expect(way.headers.location).toBe('/support-access/enter?to=%2Fjobs%3Fa%3D1');
  });
});

describe('an application that fails', () => {
  it('by not answering is a 504 with the outcome "timeout"', async () => {
    const { ask } = await aScene(() => undefined);
    expect((await ask('/jobs')).status).toBe(504);
    expect((await outcomeOf(served)).outcome).toMatchObject({ upstream: 'timeout' });
  });

  it('by hanging up is a 502 with the outcome "unknown"', async () => {
    const { ask } = await aScene((request) => request.socket.destroy());
    expect((await ask('/jobs')).status).toBe(502);
    expect((await outcomeOf(served)).outcome).toMatchObject({ upstream: 'unknown' });
  });

  it('in the middle of an answer leaves a broken answer, never one that looks whole', async () => {
    const { promise: passed, resolve: onFirstBytes } = Promise.withResolvers<void>();
    const { ask } = await aScene((_, response) => {
      // More than what masking holds back. Hung up only when some of it was passed on: before that, a refusal is right.
      response.writeHead(200, { 'content-type': 'text/plain' }).write('a line\n'.repeat(10_000));
      void passed.then(() => response.destroy());
    });
    expect(await ask('/jobs', { onFirstBytes })).toMatchObject({ status: 200, broken: true });
    expect((await outcomeOf(served)).outcome).toMatchObject({ reason: 'ResponseBroken' });
  });

  it('before anything of an answer was passed on is refused or broken, never whole', async () => {
    const { ask } = await aScene((_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' }).write('first line\n');
      setImmediate(() => response.destroy());
    });
    const answer = await ask('/jobs').catch(() => ({ broken: true, status: 0 }));
    expect(answer.broken || answer.status === 502).toBe(true);
    const told = answer.status === 502 ? { upstream: 'unknown' } : { reason: 'ResponseBroken' };
    expect((await outcomeOf(served)).outcome).toMatchObject(told);
  });
});

describe('an answer that lasts', () => {
  it('is cut when a lock comes, and its outcome says so', async () => {
    const { ask, objects, clock, openResponses } = await aScene((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: 1\n\n');
    });
    const answered = ask('/jobs');
    await eventually(async () => expect(openResponses.size).toBe(1));
    objects.put(lock);
    await clock.step(900);
    expect(await answered.catch(() => ({ broken: true }))).toMatchObject({ broken: true });
    expect((await outcomeOf(served)).outcome).toMatchObject({ upstream: 'cut', reason: 'Locked' });
  });

  it('is cut by a lock that a watch tells of, though nothing can be read and the lock is lifted already', async () => {
    const { ask, objects, openResponses } = await aScene((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: 1\n\n');
    });
    const answered = ask('/jobs');
    await eventually(async () => expect(openResponses.size).toBe(1));
    objects.answer('SupportAccessGrant', 'case-4711', () => new Promise(() => undefined));
    openResponses.changed({ type: 'added', object: lock });
    expect(openResponses.size).toBe(0);
    await answered;
    expect((await outcomeOf(served)).outcome).toMatchObject({ upstream: 'cut', reason: 'Locked' });
  });

  it('is refused with the reason when the lock comes before its head', async () => {
    const { ask, objects, clock, openResponses } = await aScene(() => undefined);
    const answered = ask('/jobs');
    await eventually(async () => expect(openResponses.size).toBe(1));
    objects.put(lock);
    await clock.step(900);
    const { status, body } = await answered;
    expect([status, JSON.parse(body).reason]).toEqual([401, 'Locked']);
    expect((await outcomeOf(served)).outcome).toMatchObject({ upstream: 'cut', reason: 'Locked' });
  });

  it('of events has sent its head before there is an event', async () => {
    const { ask } = await aScene((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    });
    expect(await ask('/jobs', { leaveAfterHead: true })).toMatchObject({ status: 200, body: '' });
  });

  it('is cut for good when its client goes', async () => {
    const { ask, openResponses } = await aScene((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: 1\n\n');
    });
    await ask('/jobs', { leaveAfterHead: true });
    expect((await outcomeOf(served)).outcome).toMatchObject({ upstream: 'answered', reason: 'ClientGone' });
    expect(openResponses.size).toBe(0);
  });
});
