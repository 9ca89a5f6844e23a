/** What `can-i` is asked, as it is typed, and what it says of a later moment. That it agrees with the gateway is a law. */
import { describe, expect, it } from 'vitest';
import type { CommandInput } from '../../../../cli/command.ts';
import { requestAsked } from '../../../../cli/status/asked-access.ts';
import { judgeAccess } from '../../../../cli/status/can-i.ts';
import { judgedText } from '../../../../cli/status/can-i-words.ts';
import type { SeenWorld } from '../../../../cli/status/world.ts';
import { parseAddress } from '../../../../crds/rules/address/address.ts';
import { call } from '../../../kit/cli/call.ts';
import { failure, type Reply, scriptedServer } from '../../../kit/cli/scripted-server.ts';
import { aSeenWorld } from '../../../kit/cli/seen-worlds.ts';
import { anApplication } from '../../../kit/objects/application.ts';
import { noon } from '../../../kit/objects/ask.ts';
import { aGrant, from, opened, until } from '../../../kit/objects/grant.ts';
import { createdAt, inNamespace, withMetadata } from '../../../kit/objects/object.ts';
import { aUser } from '../../../kit/objects/user.ts';

const typed = (options: Readonly<Record<string, string>>): CommandInput => ({
  arguments: [],
  option: (name) => options[name],
  flag: () => false,
  list: () => [],
});

describe('a request as it is typed', () => {
  it.each<[Record<string, string>, object | undefined]>([
    [{}, undefined],
    [
      { url: 'https://ecase.apps.example.com/jobs/7?a=b#c', method: 'post' },
      { method: 'POST', path: '/jobs/7', query: 'a=b', host: 'ecase.apps.example.com' },
    ],
    [
      { url: 'https://ECASE.apps.example.com:8443' },
      { method: 'GET', path: '/', host: 'ecase.apps.example.com' },
    ],
    [{ url: 'https://x.example.com?q' }, { method: 'GET', path: '/', query: 'q', host: 'x.example.com' }],
    [{ path: '/jobs' }, { method: 'GET', path: '/jobs' }],
    [
      { module: 'Administration', subModule: 'Job Log', action: 'Clear' },
      { target: { module: 'Administration', subModule: 'Job Log', action: 'Clear' } },
    ],
  ])('%j is understood', (options, request) => {
    const asked = requestAsked(typed(options));
    if (request === undefined) expect(asked).toBeUndefined();
    else expect(asked).toMatchObject(request);
  });

  it.each<[Record<string, string>, string]>([
    [{ url: 'http://ecase.apps.example.com/' }, 'such as https://'],
    [{ url: 'jobs' }, 'such as https://'],
    [{ url: 'https://ecase.apps.example.com/a/../b' }, 'must not have a "." or ".." segment'],
    [{ path: 'jobs' }, 'must begin with "/"'],
    [{ path: '/jobs', method: 'BREW' }, '--method must be one of GET'],
    [{ method: 'GET' }, '--method needs --url or --path'],
    [{ module: 'Jobs' }, 'both must be named'],
    [{ path: '/jobs', module: 'Jobs', action: 'Run' }, 'only one request can be asked about'],
  ])('%j is refused with the way out', (options, words) => {
    expect(() => requestAsked(typed(options))).toThrow(words);
  });
});

const ada = { name: 'ada', user: aSeenWorld().people[0]?.user ?? {} };
const asked = { person: ada, address: parseAddress('203.0.113.7'), now: noon };

describe('a later moment', () => {
  const tomorrow = Date.parse('2026-12-02T12:00:00Z');
  const { opening: _none, ...notYet } = aGrant(opened()).status ?? {};
  const waiting = aSeenWorld({
    grant: {
      ...aGrant(opened(), from('2026-12-02T08:00:00Z')),
      status: { ...notYet, activeReason: 'NotStarted' },
    },
  });

  it('ZH-1 is no yes where the operator has still to open the grant by then', () => {
    expect(judgeAccess(waiting, asked)).toMatchObject({ answer: 'no', objection: { reason: 'NotStarted' } });
    const later = judgeAccess(waiting, { ...asked, now: tomorrow }, true);
    expect(later).toMatchObject({ answer: 'cannot tell', lacks: [expect.stringContaining('by then')] });
  });

  it('is a yes where all that is there now suffices', () => {
    expect(judgeAccess(aSeenWorld(), { ...asked, now: tomorrow }, true).answer).toBe('yes');
  });
});

describe('a request to a host that two applications name', () => {
  const request = { method: 'GET', path: '/jobs' };
  const older = anApplication(
    inNamespace('other'),
    withMetadata({ uid: 'b' }),
    createdAt('2026-11-01T07:00:00Z'),
  );
  const asksBy = (applications: SeenWorld['applications']) =>
    judgeAccess(aSeenWorld({ applications }), { ...asked, request });

  it('EC-6 is a no where the gateway serves the other one there, which is named', () => {
    expect(asksBy({ object: [anApplication(), older] })).toMatchObject({
      answer: 'no',
      objection: {
        reason: 'NoApplication',
        detail: expect.stringContaining('is served for SupportApplication other/ecase') as string,
      },
    });
    expect(asksBy({ object: [anApplication()] }).answer).toBe('yes');
  });

  it('cannot be told where the applications of all namespaces may not be listed', () => {
    const lacks = 'you may not list supportapplications.supportaccess.dev';
    expect(asksBy({ lacks })).toMatchObject({ answer: 'cannot tell', lacks: [lacks] });
    expect(judgeAccess(aSeenWorld({ applications: { lacks } }), asked).answer).toBe('yes');
  });
});

describe('until when a request would be let through', () => {
  const request = { method: 'GET', path: '/jobs' };
  const untilOf = (end: string): unknown =>
    judgeAccess(aSeenWorld({ grant: aGrant(opened(), until(end)) }), { ...asked, request });

  it('is the end of a session in use, and not half an hour after the sign-in', () => {
    expect(untilOf('2026-12-03T08:00:00Z')).toMatchObject({ until: Date.parse('2026-12-01T20:00:00Z') });
  });

  it('is the end of the grant, where that is earlier', () => {
    expect(untilOf('2026-12-01T14:00:00Z')).toMatchObject({ until: Date.parse('2026-12-01T14:00:00Z') });
  });
});

it('the words fit a screen of 80 columns, and of 50', () => {
  const world = aSeenWorld({
    policy: { lacks: 'you may not get supportaccesspolicies.supportaccess.dev default' },
  });
  for (const width of [80, 50]) {
    const text = judgedText({ world, question: asked, isLater: false }, judgeAccess(world, asked), {
      width,
      zone: 'UTC',
    });
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(width);
    expect(text).toMatch(/^cannot tell: /);
  }
});

it.each([['status'], ['status', 'case-1'], ['sessions'], ['can-i', 'ada', '--from', '203.0.113.7']])(
  '%s %s says that the product is not installed where it is not',
  async (...words) => {
    const { options } = await scriptedServer(() => failure(404, '404 page not found'));
    const { code, out, err } = await call([...words, ...options]);
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toContain('support-access is not installed in the cluster of');
  },
);

it.each<[string, Reply]>([
  ['may not be asked', failure(403, 'not for you')],
  ['fails', failure(500, 'etcd')],
  ['is cut off', 'lost'],
])(
  'says that it cannot tell whether the product is there where the list of what is served %s',
  async (_, reply) => {
    const { options } = await scriptedServer((said) =>
      said === 'GET /apis/supportaccess.dev' ? reply : failure(404, '404 page not found'),
    );
    const { code, err } = await call(['sessions', ...options]);
    expect(code).toBe(3);
    expect(err).toContain('it could not be told whether support-access is installed there');
    expect(err).not.toContain('is not installed');
  },
);

it('asks which grant is meant where several name the person', async () => {
  const grants = [aGrant(), { ...aGrant(), metadata: { ...aGrant().metadata, name: 'case-2' } }];
  const { options } = await scriptedServer((wanted) =>
    wanted.endsWith('/supportaccessgrants')
      ? [200, { kind: 'List', metadata: { resourceVersion: '1' }, items: grants }]
      : [200, aUser()],
  );
  const { code, err } = await call(['can-i', 'ada', '--from', '203.0.113.7', ...options]);
  expect(err).toMatch(/these grants in namespace ecase name ada: [\w-]+, case-2; say which: --grant [\w-]+/);
  expect(code).toBe(3);
});
