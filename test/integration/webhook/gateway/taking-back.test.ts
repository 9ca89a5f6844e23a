/** Every way of taking access back, against a gateway that is asked without pause, and the last byte of open streams. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { kinds } from '../../../../crds/kinds.ts';
import type { KubeObject } from '../../../../kube/objects.ts';
import { EndpointSlices, type Resource, Services } from '../../../../kube/resources.ts';
import { eventually } from '../../../kit/clock/eventually.ts';
import { aGatewayInProcess, type GatewayInProcess } from '../../../kit/installation/gateway-in-process.ts';
import { unlock } from '../../../kit/installation/grant-setting.ts';
import { applicationHost } from '../../../kit/installation/installation.ts';
import { hiddenAddress } from '../../../kit/masking/hidden.ts';
import { anApplication } from '../../../kit/objects/application.ts';
import type { Person } from '../../../kit/people/http-person.ts';
import { openWebSocket, speakWebSocket } from '../../../kit/people/web-socket.ts';
import { dedicatedControlPlane } from '../../../kit/vitest/use-control-plane.ts';

let installation: GatewayInProcess;

beforeAll(async () => {
  const controlPlane = await dedicatedControlPlane();
  installation = await aGatewayInProcess(controlPlane, (request, response) => {
    if (request.url === '/static/live') return speakWebSocket(request, 'to ada@x.com');
    if (request.url === '/static/stream') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const timer = setInterval(() => response.write(`data: ${Date.now()} ada@x.com\n\n`), 20);
      response.once('close', () => clearInterval(timer));
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"mail":"ada@x.com"}');
  });
  const routes = anApplication().spec.routes.map((route) => ({ ...route, upgrade: 'WebSocket' }));
  await installation.admin.mergePatch(kinds.SupportApplication, inEcase, { patch: { spec: { routes } } });
});

afterAll(() => installation.stop());

beforeEach(async () => {
  await installation.reopen();
  await eventually(async () => expect((await ask(await installation.withSession())).status).toBe(200));
});

const asProgram = { accept: 'application/json' };
const ask = (person: Person, path = '/jobs') =>
  person.visit(`${installation.application}${path}`, { headers: asProgram, stay: true });

const grantRef = { namespace: 'ecase', name: 'case-4711' };

/** Each way as the customer would do it; and how the test puts it right again. */
const ways: readonly { name: string; take: () => Promise<unknown>; mend?: () => Promise<unknown> }[] = [
  {
    name: 'a lock on the grant',
    take: async () => {
      const { grant } = await installation.read();
      const lock = { metadata: { name: `grant.${grant.metadata.uid}` }, spec: { reason: 'stop' } };
      return installation.admin.create(kinds.SupportAccessLock, lock);
    },
  },
  {
    name: 'disabling the grant',
    take: () =>
      installation.admin.mergePatch(kinds.SupportAccessGrant, grantRef, {
        patch: { spec: { access: 'Disabled' } },
      }),
  },
  { name: 'deleting the grant', take: () => installation.admin.delete(kinds.SupportAccessGrant, grantRef) },
  {
    name: 'shortening the grant to the past',
    take: () => {
      const expirationTime = new Date(Date.now() - 1000).toISOString();
      return installation.admin.mergePatch(kinds.SupportAccessGrant, grantRef, {
        patch: { spec: { expirationTime } },
      });
    },
  },
  {
    name: 'switching the policy off',
    take: () => policyAccess('Disabled'),
    mend: () => policyAccess('Enabled'),
  },
  {
    name: 'disabling the person',
    take: () => userAccess('Disabled'),
    mend: () => userAccess('Enabled'),
  },
];

/** What an editor of the namespace does to the backend. None of it is given back by undoing it. */
const inEcase = { namespace: 'ecase', name: 'ecase' };
const aSlice = { namespace: 'ecase', name: 'ecase-mine' };
const serviceSpec = (spec: Record<string, unknown>) => async () => {
  await installation.admin.mergePatch(Services, inEcase, { patch: { spec } });
};
const anew = (resource: Resource) => async () => {
  type Whole = KubeObject & { readonly spec: Readonly<Record<string, unknown>> };
  const { spec: seen } = await installation.admin.get<Whole>(resource, inEcase);
  const { clusterIP: _c, clusterIPs: _i, ...spec } = seen;
  await installation.admin.delete(resource, inEcase);
  await installation.admin.create(resource, { metadata: inEcase, spec });
};
const backends: typeof ways = [
  {
    name: 'pointing the Service at other pods',
    take: serviceSpec({ selector: { app: 'mine' } }),
    mend: serviceSpec({ selector: { app: 'ecase' } }),
  },
  {
    name: 'pointing the port at another port of the pods',
    take: serviceSpec({ ports: [{ port: 80, targetPort: 9229 }] }),
    mend: serviceSpec({ ports: [{ port: 80, targetPort: 80 }] }),
  },
  {
    name: 'adding an EndpointSlice by hand',
    take: async () => {
      await installation.admin.create(EndpointSlices, {
        metadata: { ...aSlice, labels: { 'kubernetes.io/service-name': 'ecase' } },
        addressType: 'IPv4',
        endpoints: [{ addresses: ['198.51.100.7'] }],
      });
      // The one way that a watch tells: kube-proxy learns of it no earlier.
      await eventually(async () => expect((await ask(await installation.withSession())).status).toBe(502));
    },
    mend: () => installation.admin.delete(EndpointSlices, aSlice),
  },
  { name: 'making the Service anew', take: anew(Services) },
  { name: 'making the application anew', take: anew(kinds.SupportApplication) },
];

const policyAccess = (access: string) =>
  installation.admin.mergePatch(
    kinds.SupportAccessPolicy,
    { name: 'default' },
    { patch: { spec: { access } } },
  );
const userAccess = (access: string) =>
  installation.admin.mergePatch(kinds.SupportUser, { name: 'ada' }, { patch: { spec: { access } } });

describe('taking access back', () => {
  it.each([...ways, ...backends])(
    'by $name: no request that begins afterwards gets through',
    async ({ take, mend }) => {
      const people = await Promise.all([1, 2, 3, 4].map(() => installation.withSession()));
      const answers: { beganAt: number; status: number }[] = [];
      const stop = new AbortController();
      const asking = people.map(async (person) => {
        while (!stop.signal.aborted) {
          const beganAt = performance.now();
          answers.push({ beganAt, status: (await ask(person)).status });
        }
      });
      await eventually(() => expect(answers.length).toBeGreaterThan(20));
      await take();
      const acknowledgedAt = performance.now();
      await eventually(() =>
        expect(answers.filter(({ beganAt }) => beganAt > acknowledgedAt).length).toBeGreaterThan(40),
      );
      stop.abort();
      await Promise.all(asking);
      await mend?.();
      const late = answers.filter(({ beganAt, status }) => beganAt > acknowledgedAt && status === 200);
      expect(late).toEqual([]);
      expect(answers.some(({ status }) => status === 200)).toBe(true);
    },
  );

  it('by deleting the session ends it, and the end is recorded', async () => {
    const session = await installation.aSession();
    const ada = await installation.withSession(session);
    expect((await ask(ada)).status).toBe(200);
    await installation.admin.delete(kinds.SupportSession, session.metadata);
    expect((await ask(ada)).status).toBe(401);
    await eventually(async () => {
      const lines = await installation.store.read({ after: 0, limit: 10_000 });
      const ended = lines.filter((line) => line.includes('"session.ended"'));
      expect(ended.some((line) => line.includes(session.spec.handle))).toBe(true);
    });
  });

  it.each([...ways.slice(0, 2), ...backends.filter(({ name }) => name.includes('the Service'))])(
    'by $name cuts an open stream within a second',
    async ({ take, mend }) => {
      const ada = await installation.withSession();
      const stream = await ada.open(`${installation.application}/static/stream`);
      expect(stream.status).toBe(200);
      await eventually(() => expect(stream.text()).toMatch(hiddenAddress));
      expect(stream.text()).not.toContain('ada@');
      await take();
      const acknowledgedAt = performance.now();
      await stream.ended;
      await mend?.();
      expect(stream.lastByteAt() - acknowledgedAt).toBeLessThan(1000);
    },
  );

  it.each([...ways, ...backends.slice(0, 1)])(
    'by $name closes an open WebSocket within a second, and says why',
    async ({ take, mend }) => {
      const { cookies } = await installation.withSession();
      const socket = await openWebSocket('/static/live', { ...installation, cookies });
      await eventually(() => expect(socket.texts[0]).toMatch(hiddenAddress));
      await take();
      const acknowledgedAt = performance.now();
      const { code, reason, at } = await socket.closed;
      await mend?.();
      expect({ code, reason }).toEqual({ code: 1008, reason: expect.stringMatching(/^[A-Z]\w+: .+/) });
      expect(Math.max(at, socket.lastAt()) - acknowledgedAt).toBeLessThan(1000);
    },
  );
});

const admin = () => installation.admin;
const grantSpec = (spec: object) =>
  admin().mergePatch(kinds.SupportAccessGrant, grantRef, { patch: { spec } });

/** Taken back and given again in one breath, while no operator runs that could tell one opening from another. */
const inOneBreath: readonly { name: string; reason: string; act: () => Promise<unknown> }[] = [
  {
    name: 'a lock on everything that is lifted',
    reason: 'Locked',
    act: async () => {
      await admin().create(kinds.SupportAccessLock, { metadata: { name: 'all' }, spec: { reason: 'stop' } });
      await unlock(admin(), 'all');
    },
  },
  {
    name: 'the policy',
    reason: 'PolicyDisabled',
    act: () => policyAccess('Disabled').then(() => policyAccess('Enabled')),
  },
  {
    name: 'the grant',
    reason: 'Disabled',
    act: () => grantSpec({ access: 'Disabled' }).then(() => grantSpec({ access: 'Enabled' })),
  },
  {
    name: 'the person',
    reason: 'UserDisabled',
    act: () => userAccess('Disabled').then(() => userAccess('Enabled')),
  },
  {
    name: 'the person’s name in the grant',
    reason: 'UserNotNamed',
    act: async () => {
      await grantSpec({ userRefs: [{ name: 'bob' }] });
      await grantSpec({ userRefs: [{ name: 'ada' }] });
    },
  },
  {
    name: 'the pods behind the Service',
    reason: 'ServiceChanged',
    act: async () => {
      await serviceSpec({ selector: { app: 'mine' } })();
      await serviceSpec({ selector: { app: 'ecase' } })();
    },
  },
  {
    name: 'the end of the grant',
    reason: 'Expired',
    act: async () => {
      const at = (ms: number) => ({ expirationTime: new Date(Date.now() + ms).toISOString() });
      await grantSpec(at(-1000));
      await grantSpec(at(3_600_000));
    },
  },
];

const sessionsLeft = async () =>
  (await admin().list(kinds.SupportSession, { namespace: 'ecase' })).items.map(
    ({ metadata }) => metadata.name,
  );

async function endOf(handle: string): Promise<string | undefined> {
  const lines = await installation.store.read({ after: 0, limit: 100_000 });
  const ends = lines.filter((line) => line.includes('"session.ended"') && line.includes(handle));
  expect(ends.length).toBeLessThanOrEqual(1);
  return ends.map((line) => (JSON.parse(line) as { outcome: { reason: string } }).outcome.reason)[0];
}

describe('CC-1: a session whose person keeps still', () => {
  it.each(inOneBreath)(
    'is over, deleted and told: $name, taken back and given again',
    async ({ reason, act }) => {
      const sessions = await Promise.all([1, 2, 3].map(() => installation.aSession()));
      const busy = await installation.withSession();
      expect((await ask(busy)).status).toBe(200);
      await act();
      await eventually(async () => expect(await sessionsLeft()).toEqual([]));
      for (const session of sessions) {
        expect((await ask(await installation.withSession(session))).status).toBe(401);
        await eventually(async () => expect(await endOf(session.spec.handle)).toBe(reason));
      }
      expect((await ask(busy)).status).toBe(401);
    },
  );
});

it('serves the application only under its own host', async () => {
  expect(applicationHost).toBe(new URL(installation.application).hostname);
  const ada = await installation.withSession();
  const wrong = await ada.visit(`${installation.support}/jobs`, { headers: asProgram, stay: true });
  expect(wrong.status).toBe(421);
});
