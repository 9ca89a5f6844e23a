/** Who reaches whom, where NetworkPolicy is enforced: the gateway's is the operator's, those of webhook and operator the chart's. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../kit/clock/eventually.ts';
import { applyGrant, asProgram, personAt, signInUrlOf, untilActive } from '../../kit/people/acts.ts';
import { patchSpec } from '../../kit/people/customer.ts';
import { addAddress } from '../../kit/pods/foreign-address.ts';
import { type PodInstallation, useInstalled } from '../../kit/pods/installed.ts';
import { recordsInPod } from '../../kit/pods/records.ts';
import { useNode } from '../../kit/vitest/use-node.ts';

let installation: PodInstallation;
/** An address of this machine that no list names. */
let foreign: string;

beforeAll(async () => {
  installation = await useInstalled(await useNode());
  foreign = await addAddress(installation.node);
  await applyGrant(installation, { name: 'networked' });
  await untilActive(installation, 'networked');
});

const setGatewayPolicy = async (gatewayPolicy: 'Enforce' | 'Disabled') =>
  patchSpec(installation, ['sapol/default'], { network: { gatewayPolicy } });

afterAll(async () => {
  await setGatewayPolicy('Enforce');
  await installation.kubectl(['delete', '-n', 'ecase', 'sag', 'networked', '--ignore-not-found']);
});

const program = `
const [host, port] = process.argv.slice(1);
const socket = require('net').connect({ host, port: Number(port), timeout: 3000 });
const say = (word) => { console.log(word); process.exit(0); };
socket.on('connect', () => say('open')).on('timeout', () => say('closed')).on('error', (e) => say(e.code === 'ENOTFOUND' ? e.code : 'closed'));`;

/** Whether a TCP connection from within a pod to an address comes about. */
async function tryFrom(
  [namespace, pod]: readonly [string, string],
  [host, port]: readonly [string, number],
): Promise<string> {
  const { stdout } = await installation.kubectl([
    'exec',
    '-n',
    namespace,
    pod,
    '--',
    'node',
    '-e',
    program,
    host,
    String(port),
  ]);
  return stdout.trim();
}

const part = (name: string) => ['support-access', `deployment/support-access-${name}`] as const;
const theProvider = ['vendor', 'deployment/idp'] as const;

async function podAddress(namespace: string, labels: string): Promise<string> {
  const { stdout } = await installation.kubectl([
    'get',
    'pods',
    '-n',
    namespace,
    '-l',
    labels,
    '-o',
    'jsonpath={.items[0].status.podIP}',
  ]);
  return stdout;
}

/** Of a part's pod. */
const addressOf = async (name: string): Promise<string> =>
  podAddress('support-access', `app.kubernetes.io/component=${name}`);

describe('a gateway', () => {
  it.each([
    ['the API server', 'kubernetes.default.svc', 443],
    ['the cluster’s DNS', 'kube-dns.kube-system.svc', 53],
    ['the records', 'support-access-webhook.support-access.svc', 8445],
    ['an application', 'ecase.ecase.svc', 80],
  ])('reaches %s', async (_, host, port) => {
    expect(await tryFrom(part('gateway'), [host, port])).toBe('open');
  });

  it('reaches nothing else: no other namespace, no other port, no node', async () => {
    const { nodeAddress } = installation.node;
    const provider = await podAddress('vendor', 'app.kubernetes.io/name=idp');
    // What is closed to it is open, or the refusal would prove nothing.
    expect(await tryFrom(['ecase', 'deployment/ecase'], [provider, 8080])).toBe('open');
    expect(await tryFrom(['ecase', 'deployment/ecase'], [nodeAddress, 10250])).toBe('open');
    expect(await tryFrom(part('gateway'), [provider, 8080])).toBe('closed');
    expect(await tryFrom(part('gateway'), ['idp.vendor.svc', 80])).toBe('closed');
    expect(await tryFrom(part('gateway'), [nodeAddress, 10250])).toBe('closed');
    expect(await tryFrom(part('gateway'), [await addressOf('operator'), 8081])).toBe('closed');
  });

  it('is reached by no pod that is not support', async () => {
    expect(await tryFrom(theProvider, [await addressOf('gateway'), 8443])).toBe('closed');
  });

  it('is reached from the addresses of the open grants, and the network drops all others', async () => {
    const ada = personAt(installation);
    expect((await ada.visit(signInUrlOf(installation, 'networked'), { stay: true })).status).toBe(303);
    ada.leave();
    await expect(statusFor(foreign)).rejects.toThrow(/ECONNREFUSED/);
  });

  it('refuses by itself, and records, what the network lets through where the policy wants that', async () => {
    await setGatewayPolicy('Disabled');
    await eventually(async () => expect(await statusFor(foreign)).toBe(403), inAMoment);
    await eventually(async () => {
      const refused = (await recordsInPod(installation)).filter(({ source }) => source?.ip === foreign);
      expect(refused.map(({ decision }) => decision?.reason)).toContain('AddressNotAllowed');
    });
    await setGatewayPolicy('Enforce');
    await eventually(async () => expect(statusFor(foreign)).rejects.toThrow(/ECONNREFUSED/), inAMoment);
  });
});

/** Rules of the network follow their object within moments. */
const inAMoment = { within: 20_000, every: 250 };

async function statusFor(from: string): Promise<number> {
  const person = personAt(installation, from);
  try {
    return (await person.visit(signInUrlOf(installation, 'networked'), { stay: true, headers: asProgram }))
      .status;
  } finally {
    person.leave();
  }
}

describe('the records', () => {
  it('are reached by no pod of another namespace', async () => {
    expect(await tryFrom(theProvider, [await addressOf('webhook'), 8445])).toBe('closed');
  });
});
