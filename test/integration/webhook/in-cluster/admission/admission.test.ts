/** Admission with the chart's rights on a real API server: what is refused, what passes, and rotation. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NewRecord } from '../../../../../crds/audit/record.ts';
import type { KubeClient } from '../../../../../kube/api/client.ts';
import { createKubeClient } from '../../../../../kube/api/create-client.ts';
import { createAdvice } from '../../../../../webhook/in-cluster/admission/advice.ts';
import { authorityLifetime } from '../../../../../webhook/in-cluster/admission/authority.ts';
import { overlap } from '../../../../../webhook/in-cluster/admission/certificate-schedule.ts';
import { judgeWrite, readsAt } from '../../../../../webhook/in-cluster/admission/judge.ts';
import type { AdmissionRequest } from '../../../../../webhook/in-cluster/admission/review.ts';
import { type RunningAdmission, startAdmission } from '../../../../../webhook/in-cluster/admission/start.ts';
import type { ToldWrite } from '../../../../../webhook/in-cluster/requesters/told-writes.ts';
import { eventually } from '../../../../kit/clock/eventually.ts';
import type { OwnControlPlane } from '../../../../kit/control-plane/control-plane.ts';
import { freePort } from '../../../../kit/control-plane/free-port.ts';
import { installChart, releaseNamespace } from '../../../../kit/installation/install.ts';
import { noIdentities } from '../../../../kit/objects/no-identities.ts';
import { dedicatedControlPlane } from '../../../../kit/vitest/use-control-plane.ts';

interface Configuration {
  readonly metadata: {
    readonly resourceVersion: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly webhooks: readonly { readonly clientConfig: { readonly caBundle?: string } }[];
}

let controlPlane: OwnControlPlane;
let client: KubeClient;
let admission: RunningAdmission;
let durable: NewRecord[] = [];
let later: NewRecord[] = [];
const told: ToldWrite[] = [];
let recordsWork = true;
const minute = 60_000;
/** When the first authority is made so that its successor is due two overlaps before now: the API server's clock is real. */
const longAgo = -(authorityLifetime + overlap) * (2 / 3) + overlap - 2 * overlap;
/** How far the webhook's clock is from the API server's, milliseconds; never ahead of it. */
let ahead = longAgo;
let serial = 0;

beforeAll(async () => {
  controlPlane = await dedicatedControlPlane();
  const port = await freePort();
  const url = `https://127.0.0.1:${port}/${randomBytes(12).toString('hex')}`;
  await installChart(controlPlane, { webhook: { url } });
  const account = await controlPlane.serviceAccountKubeconfig(releaseNamespace, 'support-access-webhook');
  client = await createKubeClient({ kubeconfigPath: account.kubeconfig });
  const judge = async (request: AdmissionRequest) =>
    judgeWrite(request, { ...readsAt(client), now: Date.now() });
  const stamp = () => {
    const id = `019aa000-0000-7000-8000-${(++serial).toString(16).padStart(12, '0')}`;
    return { id, time: new Date().toISOString() };
  };
  admission = await startAdmission({
    client,
    namespace: releaseNamespace,
    bind: '127.0.0.1',
    port,
    serviceName: 'support-access-webhook',
    url,
    now: () => Date.now() + ahead,
    onCertificate: () => undefined,
    onProblem: (error) => {
      throw error;
    },
    deps: {
      ...noIdentities,
      judge,
      advise: createAdvice({ client, now: Date.now, withinMs: 5000 }),
      record: async (record) => {
        if (!recordsWork) throw new Error('the records are away');
        durable.push(record);
      },
      tell: (one) => void told.push(one),
      appendInBackground: (record) => void later.push(record),
      stamp,
    },
  });
  // Just before the successor is due, with a leaf that is valid today.
  ahead = -2 * overlap - minute;
  await admission.refresh();
  await controlPlane.kubectl(['create', 'namespace', 'ecase']);
});

afterAll(async () => {
  await admission?.stop();
  await client?.close();
});

const grant = (name: string, spec: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({
    apiVersion: 'supportaccess.dev/v1beta1',
    kind: 'SupportAccessGrant',
    metadata: { name, namespace: 'ecase' },
    spec: {
      access: 'Enabled',
      userRefs: [{ name: 'ada' }],
      matrixRef: { name: 'casepoint-ecase-1' },
      allowedCIDRs: ['203.0.113.0/24'],
      expirationTime: '2030-12-03T08:00:00Z',
      ...spec,
    },
  });

const apply = async (text: string, ...flags: string[]) =>
  controlPlane.kubectl(['apply', ...flags, '-f', '-'], { input: text });
const refused = async (text: string) =>
  controlPlane.kubectl(['apply', '-f', '-'], { input: text, expectFailure: true });

describe('a write that enables', () => {
  it('is told what it names that is not there yet, allowed, and on record with who asked', async () => {
    durable = [];
    const { stderr } = await apply(grant('early'));
    expect(stderr).toContain('SupportUser ada does not exist yet');
    expect(stderr).toContain('SupportPermissionMatrix casepoint-ecase-1 does not exist yet');
    expect(stderr).toContain('SupportAccessPolicy default does not exist yet');
    expect(durable).toHaveLength(1);
    expect(durable[0]).toMatchObject({
      type: 'admission.requested',
      target: {
        kind: 'SupportAccessGrant',
        namespace: 'ecase',
        name: 'early',
        action: 'CREATE',
        generation: 1,
      },
      requester: { certainty: 'unknown' },
    });
    expect(told.at(-1)).toMatchObject({
      requester: { username: 'admin' },
      write: { name: 'early', uid: durable[0]?.target?.uid },
    });
    const { stdout } = await controlPlane.kubectl([
      'get',
      '-n',
      'ecase',
      'sag',
      'early',
      '-o',
      'jsonpath={.metadata.uid}',
    ]);
    expect(durable[0]?.target?.uid).toBe(stdout);
  });

  it('leaves nothing behind when it is a dry run', async () => {
    durable = [];
    later = [];
    await apply(grant('dry'), '--dry-run=server');
    expect([...durable, ...later]).toEqual([]);
  });

  it('is refused while it cannot be recorded, and narrowing is not', async () => {
    await apply(grant('narrowed'));
    recordsWork = false;
    const { stderr } = await refused(grant('unrecorded'));
    expect(stderr).toContain('cannot record this write');
    await apply(grant('narrowed', { access: 'Disabled' }));
    await controlPlane.kubectl(['delete', '-n', 'ecase', 'sag', 'narrowed']);
    recordsWork = true;
  });

  it('has every problem of the layer told at once, with its field', async () => {
    const { stderr } = await refused(
      JSON.stringify({
        apiVersion: 'supportaccess.dev/v1beta1',
        kind: 'SupportApplication',
        metadata: { name: 'twice', namespace: 'ecase' },
        spec: {
          host: 'ecase.localhost',
          serviceRef: { name: 'ecase', port: 80 },
          routes: [
            { name: 'a', methods: ['GET'], path: '/jobs/{id}', module: 'Jobs', action: 'Read' },
            { name: 'b', methods: ['GET'], path: '/jobs/{other}', module: 'Jobs', action: 'Run' },
            { name: 'c', methods: ['POST'], path: '/x/{id}', module: 'Jobs', action: 'Run' },
            { name: 'd', methods: ['POST'], path: '/x/{name}', module: 'Jobs', action: 'Cancel' },
          ],
        },
      }),
    );
    expect(stderr).toContain('"twice" is invalid');
    expect(stderr).toContain('spec.routes[1]');
    expect(stderr).toContain('spec.routes[3]');
  });
});

describe('a write that narrows', () => {
  it('is warned of where it is hardly meant, and passes', async () => {
    const lock = { kind: 'SupportAccessLock', metadata: { name: 'ns.ecaes' }, spec: { reason: 'drill' } };
    const { stderr } = await apply(JSON.stringify({ apiVersion: 'supportaccess.dev/v1beta1', ...lock }));
    expect(stderr).toMatch(/^Warning: there is no grant in namespace ecaes/);
  });
  it('is noted with who did it, without being asked', async () => {
    await apply(grant('told'));
    later = [];
    await controlPlane.kubectl(['delete', '-n', 'ecase', 'sag', 'told']);
    await eventually(() => {
      expect(later.map((record) => record.target?.action)).toContain('DELETE');
    });
    expect(later.at(-1)).toMatchObject({ target: { name: 'told' } });
    expect(told.at(-1)).toMatchObject({
      requester: { username: 'admin' },
      write: { name: 'told', gone: true },
    });
  });
});

describe('certificates', () => {
  const bundle = async (): Promise<string> => {
    const { stdout } = await controlPlane.kubectl([
      'get',
      '-n',
      releaseNamespace,
      'cm',
      'support-access-ca',
      '-o',
      'jsonpath={.data.ca\\.crt}',
    ]);
    return stdout;
  };
  const authoritiesIn = (text: string): number => text.split('BEGIN CERTIFICATE').length - 1;

  it('are published again when the configuration is replaced by the text of the chart, beside what others added', async () => {
    const ref = ['validatingwebhookconfiguration', 'support-access'];
    const read = async (): Promise<Configuration> => {
      const { stdout } = await controlPlane.kubectl(['get', ...ref, '-o', 'json']);
      return JSON.parse(stdout) as Configuration;
    };
    const before = await read();
    const wiped = {
      ...before,
      metadata: { ...before.metadata, annotations: { 'example.com/mesh': 'seen' } },
      webhooks: before.webhooks.map((one) => ({
        ...one,
        clientConfig: { ...one.clientConfig, caBundle: '' },
      })),
    };
    await controlPlane.kubectl(['replace', '-f', '-'], { input: JSON.stringify(wiped) });
    const healed = await eventually(
      async () => {
        const seen = await read();
        expect(seen.webhooks.map(({ clientConfig }) => clientConfig.caBundle)).toEqual(
          before.webhooks.map(({ clientConfig }) => clientConfig.caBundle),
        );
        return seen;
      },
      { within: 20_000, every: 250 },
    );
    await apply(grant('after-wiping'));
    await admission.refresh();
    const still = await read();
    expect(still.metadata.resourceVersion).toBe(healed.metadata.resourceVersion);
    expect(still.metadata.annotations).toMatchObject({ 'example.com/mesh': 'seen' });
  });

  it('rotate by themselves, without one refused write and without a restart', async () => {
    expect(authoritiesIn(await bundle())).toBe(1);
    const first = await bundle();
    // At two thirds of its life a second authority is announced, and signs only after the overlap.
    ahead = -2 * overlap;
    await admission.refresh();
    expect(authoritiesIn(await bundle())).toBe(2);
    await apply(grant('while-announced'));
    ahead = -overlap;
    await admission.refresh();
    await apply(grant('after-the-change'));
    ahead = 0;
    await admission.refresh();
    expect(authoritiesIn(await bundle())).toBe(1);
    expect(await bundle()).not.toBe(first);
    await apply(grant('after-the-old-one-is-gone'));
  });

  it('end the same when two replicas make them at once', async () => {
    await Promise.all([admission.refresh(), admission.refresh()]);
    expect(admission.isReady()).toBe(true);
  });
});

describe('a caller that is no API server', () => {
  it('learns nothing without the secret path', async () => {
    const answer = await new Promise<number>((resolve, reject) => {
      void import('node:https').then(({ request }) => {
        const sent = request(
          {
            host: '127.0.0.1',
            port: admission.port,
            path: '/decide',
            method: 'POST',
            rejectUnauthorized: false,
          },
          (response) => resolve(response.statusCode ?? 0),
        );
        sent.on('error', reject).end('{}');
      });
    });
    expect(answer).toBe(404);
  });
});
