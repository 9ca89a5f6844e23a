import { afterEach, describe, expect, it } from 'vitest';
import { aGrant, fromAddresses, opened } from '../../../../../kit/objects/grant.ts';
import { aMatrix, withKubernetesRules } from '../../../../../kit/objects/matrix.ts';
import { type Asked, aServedGateway } from '../../../../../kit/objects/served-gateway.ts';

const host = 'support.example.com';
const pods = '/support-access/kube/ecase/case-4711/api/v1/namespaces/ecase/pods';
let served: Awaited<ReturnType<typeof aServedGateway>> | undefined;

afterEach(() => served?.close());

/** A gateway whose rules allow what is asked, with a token for it; the API server itself does not answer. */
async function aGateway(token: string | undefined = 'ey.token') {
  const made = await aServedGateway(() => undefined);
  served = made;
  const rules = { apiGroups: [''], resources: ['pods'], verbs: ['list' as const] };
  const matrix = aMatrix(withKubernetesRules(rules));
  made.objects.put(matrix, aGrant(opened({ matrix }), fromAddresses('127.0.0.0/8')));
  if (token !== undefined) made.state.identityToken = token;
  const ask = async (path = pods, asked: Asked = {}) => {
    const { status, body } = await made.ask(path, { host, ...asked });
    return { status, told: JSON.parse(body) as { kind: string; code: number; message: string } };
  };
  return { ...made, ask };
}

const phases = (records: readonly { phase: string; outcome?: { status?: number; reason?: string } }[]) =>
  records.map(({ phase, outcome }) => [phase, outcome?.status ?? outcome?.reason]);

describe('a request to the Kubernetes API', () => {
  it('that is allowed is recorded before it is sent, and afterwards what came of it', async () => {
    const { ask, trail } = await aGateway();
    const { status, told } = await ask();
    expect([status, told.kind, told.code]).toEqual([502, 'Status', 502]);
    expect(told.message).toContain('support access: ServiceUnreachable');
    expect(phases(trail.records)).toEqual([
      ['intent', undefined],
      ['outcome', 502],
    ]);
    expect(trail.records[0]).toMatchObject({
      target: { area: 'kube-api', action: 'list', kind: 'pods', namespace: 'ecase' },
    });
    expect(JSON.stringify(trail.records)).not.toContain('ey.token');
  });

  it('is not sent where it cannot be recorded', async () => {
    const { ask, trail } = await aGateway();
    trail.state.away = true;
    const { status, told } = await ask();
    expect([status, told.kind]).toEqual([503, 'Status']);
    expect(told.message).toContain('support access: RecordsUnavailable');
    expect(trail.records).toEqual([]);
  });

  it('is not sent where the account under the grant is not there', async () => {
    const made = await aGateway();
    delete made.state.identityToken;
    const { status, told } = await made.ask();
    expect(status).toBe(503);
    expect(told.message).toContain('support access: StateUnavailable');
    expect(made.trail.records).toMatchObject([
      { phase: 'point', message: 'the ServiceAccount of this person under the grant is not there' },
    ]);
    expect(made.deleted).toEqual([]);
  });

  it('is refused without a session, and recorded where it claims one', async () => {
    const { ask, trail } = await aGateway();
    const { status, told } = await ask(pods, { anonymous: true });
    expect([status, told.kind, told.code]).toEqual([401, 'Status', 401]);
    expect(trail.records).toEqual([]);
    expect((await ask(pods, { anonymous: true, headers: { authorization: 'Bearer x' } })).status).toBe(401);
    expect(trail.records).toMatchObject([{ phase: 'point', decision: { reason: 'NoSession' } }]);
  });

  it('is refused as a Status also to a browser that goes there, and from a page of another origin', async () => {
    const { ask } = await aGateway();
    const browser = { accept: 'text/html', 'sec-fetch-mode': 'navigate' };
    expect((await ask(pods, { anonymous: true, headers: browser })).told.kind).toBe('Status');
    const foreign = { 'sec-fetch-site': 'same-site', origin: 'https://ecase.example.com' };
    const { status, told } = await ask(pods, { headers: foreign });
    expect(status).toBe(403);
    expect(told.message).toContain('support access: CrossSite');
  });

  it('is told to wait where its client has asked too often', async () => {
    const { ask, state } = await aGateway();
    state.mayJudge = false;
    expect((await ask()).status).toBe(429);
  });

  it('is refused where it names another grant than the session has, or none', async () => {
    const { ask } = await aGateway();
    const other = await ask('/support-access/kube/ecase/case-1/api');
    expect(other.status).toBe(403);
    expect(other.told.message).toContain(
      'The session is for the grant ecase/case-4711, and the address names another one: ask below /support-access/kube/ecase/case-4711/, or sign in under the other grant.',
    );
    const none = await ask('/support-access/kube/ecase');
    expect(none.status).toBe(421);
    expect(none.told.message).toContain(
      'The address must name a namespace and a grant, as in /support-access/kube/ecase/case-4711/api/v1/namespaces/ecase/pods.',
    );
  });
});

describe('a request for another protocol', () => {
  it('opens no WebSocket at the Kubernetes API, though the API server would', async () => {
    const { ask, trail } = await aGateway();
    const { status, told } = await ask(pods, { headers: { upgrade: 'foo', connection: 'keep-alive' } });
    expect(status).toBe(403);
    expect(told.message).toContain(
      'No WebSocket is opened here: ask by a plain request, as kubectl does for get and watch.',
    );
    expect(trail.records).toMatchObject([{ phase: 'point' }]);
  });
});
