/**
 * `can-i` and the gateway are one decision. Over generated worlds, as the operator has just reported them: what `can-i`
 * answers about a person, an address and a request is what the gateway answers when that person comes; and what its caller
 * may not read never makes it a yes.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Cluster } from '../../../../cli/cluster/cluster.ts';
import type { AskedAccess } from '../../../../cli/status/asks.ts';
import { judgeAccess } from '../../../../cli/status/can-i.ts';
import { grantReport } from '../../../../cli/status/grant-report.ts';
import { seeInstallation } from '../../../../cli/status/installation-report.ts';
import type { JudgedAccess } from '../../../../cli/status/judge.ts';
import { objectionText, wayOut } from '../../../../cli/status/words.ts';
import { seePerson, seeWorld, withPerson } from '../../../../cli/status/world.ts';
import type { SupportAccessGrant } from '../../../../crds/generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../../../../crds/generated/support-access-policy.ts';
import type { SupportApplication } from '../../../../crds/generated/support-application.ts';
import type { SupportUser } from '../../../../crds/generated/support-user.ts';
import { kinds } from '../../../../crds/kinds.ts';
import { parseAddress } from '../../../../crds/rules/address/address.ts';
import type { Decision } from '../../../../crds/rules/ask.ts';
import { KubeError } from '../../../../kube/errors.ts';
import { servedAt } from '../../../../webhook/gateway/listener/served-hosts.ts';
import {
  aDecidedWorld,
  type Behind,
  type DecidedWorld,
  grantRef,
  hop,
  type Rival,
} from '../../../kit/cli/decided-worlds.ts';
import { describedWorlds, fineWorld } from '../../../kit/objects/described-worlds.ts';

const listed = '203.0.113.7';
const requests = [
  undefined,
  { method: 'GET', path: '/jobs', host: 'ecase.apps.example.com' },
  { method: 'POST', path: '/jobs/7/run', host: 'ecase.apps.example.com' },
  { method: 'DELETE', path: '/jobs/7', host: 'ecase.apps.example.com' },
  { method: 'GET', path: '/JOBS', host: 'ecase.apps.example.com' },
  { method: 'GET', path: '/jobs', host: 'other.apps.example.com' },
] as const;

const questions = fc.record({
  description: fc.oneof(
    { weight: 3, arbitrary: describedWorlds },
    { weight: 1, arbitrary: fc.constant(fineWorld) },
  ),
  behind: fc.oneof(
    { weight: 6, arbitrary: fc.constant<Behind>('its pod') },
    fc.constantFrom<Behind>('a pod that it does not select', 'nothing'),
  ),
  person: fc.oneof({ weight: 4, arbitrary: fc.constant('ada') }, fc.constant('bob')),
  address: fc.oneof({ weight: 5, arbitrary: fc.constant(listed) }, fc.constantFrom('198.51.100.1', hop)),
  isBehindProxy: fc.boolean(),
  request: fc.constantFrom(...requests),
  rival: fc.oneof(
    { weight: 4, arbitrary: fc.constant<Rival>('none') },
    fc.constantFrom<Rival>('an older one', 'a younger one'),
  ),
});

type Generated = typeof questions extends fc.Arbitrary<infer T> ? T : never;

const clusterOf = ({ known, now }: DecidedWorld): Cluster =>
  ({ client: known.client, namespace: grantRef.namespace, now: () => now }) as unknown as Cluster;

const grantIn = async ({ known }: DecidedWorld): Promise<SupportAccessGrant | undefined> =>
  known.client.get<SupportAccessGrant>(kinds.SupportAccessGrant, grantRef).catch(() => undefined);

/** What `can-i` answers, from the first read to the last. */
async function answered(decided: DecidedWorld, { person: name, address, request }: Generated) {
  const cluster = clusterOf(decided);
  const grant = await grantIn(decided);
  if (grant === undefined) return undefined;
  const person = await seePerson(cluster, name);
  const seen = await seeWorld(cluster, grant, {
    identitiesNamespace: 'support-access-identities',
    forRequest: request !== undefined,
  });
  const world = await withPerson(cluster, seen, person);
  const question: AskedAccess = {
    person,
    address: parseAddress(address),
    now: decided.now,
    ...(request === undefined ? {} : { request }),
  };
  return { world, answer: judgeAccess(world, question) };
}

/** What the gateway answers, from the sign-in to the request. */
async function asTheGateway(
  decided: DecidedWorld,
  { person, address, request, isBehindProxy }: Generated,
): Promise<(Decision & { readonly lasts?: number }) | 'no one'> {
  const user = await decided.known.client
    .get<SupportUser>(kinds.SupportUser, { name: person })
    .catch(() => undefined);
  if (user === undefined) return 'no one';
  const origin = isBehindProxy ? { peer: hop, forwardedFor: [address] } : { peer: address, forwardedFor: [] };
  const signIn = (await decided.signIn(user, origin)).decision;
  if (!signIn.allow || request === undefined)
    return signIn.allow ? { ...signIn, lasts: signIn.until } : signIn;
  const { items: applications } = await decided.known.client.list<SupportApplication>(
    kinds.SupportApplication,
  );
  const policy = await decided.known.client.get<SupportAccessPolicy>(kinds.SupportAccessPolicy, {
    name: 'default',
  });
  const served = servedAt({ policy, applications }, request.host);
  const application = served?.kind === 'application' ? served.application : { namespace: '', name: '' };
  const sent = { ...request, application };
  const { decision, session } = await decided.request(user, origin, sent);
  // A session that is used goes on beyond its idle deadline: to its own end, or to that of what lets its person in.
  return { ...decision, lasts: Math.min(signIn.until, Date.parse(session.spec.absoluteExpirationTime)) };
}

const short = (answer: JudgedAccess): string =>
  answer.answer === 'no' ? `no: ${answer.objection.reason}` : answer.answer;

const counts = new Map<string, number>();

describe('can-i', () => {
  it('answers as the gateway does, for the same reason and until the same moment', async () => {
    await fc.assert(
      fc.asyncProperty(questions, async (asked) => {
        const decided = aDecidedWorld(asked.description, asked.behind, asked);
        const own = await answered(decided, asked);
        const gateway = await asTheGateway(decided, asked);
        if (own === undefined) return;
        const { answer, world } = own;
        counts.set(short(answer), (counts.get(short(answer)) ?? 0) + 1);
        expect(answer.answer).not.toBe('cannot tell');
        if (gateway === 'no one') {
          expect(answer.answer).toBe('no');
          return;
        }
        expect(short(answer)).toBe(gateway.allow ? 'yes' : `no: ${gateway.reason}`);
        if (gateway.allow && answer.answer === 'yes') expect(answer.until).toBe(gateway.lasts);
        if (answer.answer !== 'no') return;
        // What it says leads on: a way out of its own, or words that have one.
        const said = objectionText(answer.objection, world);
        const leadsOn =
          wayOut(answer.objection, world) !== '' || /; |\. (Make|Choose|Raise|Write) |by itself/.test(said);
        expect(leadsOn, said).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it('was asked what is a yes, and what is a no for most of the reasons there are', () => {
    expect(counts.get('yes') ?? 0).toBeGreaterThan(100);
    expect(counts.size).toBeGreaterThan(15);
  });
});

/** What a caller may be kept from, each by itself. */
const hidden = [
  ['SupportAccessPolicy', 'default'],
  ['SupportUser', 'ada'],
  ['SupportPermissionMatrix', 'ecase-1'],
  ['SupportApplication', 'ecase'],
  ['SupportApplication', '*'],
  ['SupportAccessLock', 'all'],
  ['SupportAccessLock', 'ns.ecase'],
  ['Service', 'ecase'],
  ['EndpointSlice', '*'],
  ['Pod', 'ecase-0'],
  ['Namespace', 'support-access-identities'],
] as const;

const forbidden = async (): Promise<never> =>
  Promise.reject(
    new KubeError({ method: 'GET', path: '/', status: 403, body: '{"kind":"Status","reason":"Forbidden"}' }),
  );

describe('status', () => {
  it('calls a grant open exactly while the gateway lets one of its people in from a listed address', async () => {
    let open = 0;
    await fc.assert(
      fc.asyncProperty(questions, async ({ description, behind }) => {
        const decided = aDecidedWorld(description, behind);
        const grant = await grantIn(decided);
        if (grant === undefined) return;
        const wish = { identitiesNamespace: 'support-access-identities', forRequest: false };
        const world = await seeWorld(clusterOf(decided), grant, wish);
        const report = grantReport(world, {
          now: decided.now,
          sessions: {},
          lastActions: { notRead: 'not asked' },
        });
        const users = world.people.flatMap(({ user }) => user.object ?? []);
        const decisions = await Promise.all(
          users.map(async (user) => decided.signIn(user, { peer: listed, forwardedFor: [] })),
        );
        const admitted = users.filter((_, at) => decisions[at]?.decision.allow === true);
        if (report.open) open += 1;
        expect(
          report.people
            .filter(({ mayComeIn }) => mayComeIn)
            .map(({ name }) => name)
            .toSorted(),
        ).toEqual(admitted.map(({ metadata }) => metadata.name).toSorted());
        expect(report.open).toBe(admitted.length > 0);
        const { lines } = await seeInstallation(clusterOf(decided), grantRef.namespace);
        expect(lines.map((line) => line.open)).toEqual([report.open]);
        // Who is kept out is told why: by what keeps the grant closed, or by their own.
        if (!report.open)
          expect([report, ...report.people].flatMap(({ closings }) => closings)).not.toEqual([]);
      }),
      { numRuns: 1500 },
    );
    expect(open).toBeGreaterThan(100);
  });
});

describe('what may not be read', () => {
  it.each(hidden)('never turns into a yes, and never changes a no into one: %s %s', async (kind, name) => {
    let seenYes = 0;
    await fc.assert(
      fc.asyncProperty(questions, async (asked) => {
        const full = await answered(aDecidedWorld(asked.description, asked.behind, asked), asked);
        const decided = aDecidedWorld(asked.description, asked.behind, asked);
        decided.known.answer(kind, name, forbidden);
        const part = await answered(decided, asked);
        if (full === undefined || part === undefined) return;
        if (full.answer.answer === 'yes') {
          seenYes += 1;
          if (matters([kind, name], asked, part.world.grant)) expect(part.answer.answer).toBe('cannot tell');
        } else {
          expect(part.answer.answer).not.toBe('yes');
        }
        if (part.answer.answer === 'cannot tell')
          expect(part.answer.lacks.join()).toMatch(/you may not (get|list) /);
      }),
      { numRuns: 150 },
    );
    expect(seenYes).toBeGreaterThan(3);
  });
});

/** Whether the gateway reads it for that question at all. */
function matters(
  [kind, name]: readonly [kind: (typeof hidden)[number][0], name: string],
  { person, request, behind }: Generated,
  grant: SupportAccessGrant,
): boolean {
  if (kind === 'SupportUser') return person === 'ada';
  if (kind === 'Pod') return request !== undefined && behind !== 'nothing';
  if (kind === 'SupportApplication' && name === '*' && request === undefined) return false;
  if (kind === 'SupportApplication' || kind === 'Service' || kind === 'EndpointSlice')
    return grant.spec.applicationRef !== undefined;
  return true;
}
