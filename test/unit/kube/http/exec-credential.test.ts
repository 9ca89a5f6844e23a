/** The program that a kubeconfig names for credentials, run as kubectl runs it. What it may ask at a terminal is a test of the plugin. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadCredentials } from '../../../../kube/http/credentials.ts';
import type { ExecEntry } from '../../../../kube/http/exec-credential.ts';
import { aStepClock } from '../../../kit/clock/step-clock.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'exec-'));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const v1 = 'client.authentication.k8s.io/v1';

/** Loads with a program that runs these lines of shell, and keeps how often it ran, and what it was told. */
async function loading(lines: string, entry: ExecEntry = {}, cluster: object = {}) {
  const script = `#!/bin/sh\necho run >> ${folder}/runs\nprintf %s "$KUBERNETES_EXEC_INFO" > ${folder}/told\n${lines}\n`;
  await writeFile(join(folder, 'login'), script, { mode: 0o755 });
  const exec = { apiVersion: v1, command: './login', interactiveMode: 'IfAvailable', ...entry };
  const config = {
    clusters: [
      {
        name: 'c',
        cluster: { server: 'https://127.0.0.1:6443', 'certificate-authority-data': btoa('a ca'), ...cluster },
      },
    ],
    users: [{ name: 'u', user: { exec } }],
    contexts: [{ name: 'main', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'main',
  };
  const kubeconfigPath = join(folder, 'kubeconfig');
  await writeFile(kubeconfigPath, JSON.stringify(config));
  const clock = aStepClock();
  const source = await loadCredentials({ kubeconfigPath }, clock);
  const kept = async (name: string): Promise<string> => readFile(join(folder, name), 'utf8');
  return {
    source,
    clock,
    runs: async () => (await kept('runs')).split('\n').length - 1,
    told: async () => JSON.parse(await kept('told')) as { spec: { interactive: boolean; cluster?: object } },
  };
}

const credential = (status: object, apiVersion = v1): string =>
  `printf %s '${JSON.stringify({ apiVersion, kind: 'ExecCredential', status })}'`;

/** One that gives another token each time it runs. */
const counting = (more: object = {}): string =>
  `token=$(wc -l < ${folder}/runs | tr -d ' '); printf '{"apiVersion":"${v1}","kind":"ExecCredential","status":{"token":"t%s"${Object.entries(
    more,
  )
    .map(([name, value]) => `,"${name}":"${value}"`)
    .join('')}}}' "$token"`;

describe('a program for credentials', () => {
  it('gives a token or a client certificate', async () => {
    const { source } = await loading(credential({ token: 'abc' }));
    expect(await source.current()).toMatchObject({ authorization: 'Bearer abc' });
    const pair = { clientCertificateData: 'CERT', clientKeyData: 'KEY' };
    const byPair = await loading(credential(pair));
    expect((await byPair.source.current()).tls).toMatchObject({ cert: 'CERT', key: 'KEY' });
  });

  it('gets its arguments and variables, and is told what for', async () => {
    vi.stubEnv('INHERITED', 'yes');
    const { source, told } = await loading(
      `printf '{"apiVersion":"${v1}","kind":"ExecCredential","status":{"token":"%s-%s-%s"}}' "$1" "$OWN" "$INHERITED"`,
      { args: ['first'], env: [{ name: 'OWN', value: 'own' }] },
    );
    expect((await source.current()).authorization).toBe('Bearer first-own-yes');
    expect(await told()).toEqual({ apiVersion: v1, kind: 'ExecCredential', spec: { interactive: false } });
  });

  it('is told of the cluster where it wants to be', async () => {
    const extension = { audience: 'x' };
    const { told } = await loading(
      credential({ token: 'abc' }),
      { provideClusterInfo: true },
      { 'tls-server-name': 'kube', extensions: [{ name: 'client.authentication.k8s.io/exec', extension }] },
    );
    expect((await told()).spec.cluster).toEqual({
      server: 'https://127.0.0.1:6443',
      'tls-server-name': 'kube',
      'certificate-authority-data': btoa('a ca'),
      config: extension,
    });
  });

  it('runs once while its credential is good, and again where that is refused or has expired', async () => {
    const { source, clock, runs } = await loading(counting());
    await clock.step(3_600_000);
    const held = await source.current();
    expect({ runs: await runs(), held: held.authorization }).toEqual({ runs: 1, held: 'Bearer t1' });
    expect((await source.renewed(held)).authorization).toBe('Bearer t2');
    expect(await runs()).toBe(2);

    const short = await loading(counting({ expirationTimestamp: '2020-01-01T00:00:00Z' }));
    const before = await short.runs();
    await short.clock.step(10_000);
    await short.source.current();
    expect(await short.runs()).toBe(before + 1);
  });

  it.each<[string, string, ExecEntry]>([
    ['must be at a terminal', credential({ token: 'a' }), { interactiveMode: 'Always' }],
    ['must be Never, IfAvailable or Always', credential({ token: 'a' }), { interactiveMode: 'Sometimes' }],
    [
      'apiVersion must be',
      credential({ token: 'a' }),
      { apiVersion: 'client.authentication.k8s.io/v1alpha1' },
    ],
    ['its apiVersion must be', credential({ token: 'a' }, 'client.authentication.k8s.io/v1beta1'), {}],
    ['must name a program', '', { command: '' }],
    ['ended with 3', 'exit 3', {}],
    ['install it from here', 'exit 3', { installHint: 'install it from here' }],
    ['there is no such program on PATH', '', { command: 'no-such-login', installHint: 'install it' }],
    ['must be JSON of kind ExecCredential', 'echo secret', {}],
    ['must have a token', credential({}), {}],
    ['both or neither', credential({ token: 'a', clientCertificateData: 'CERT' }), {}],
  ])('%s: is refused, and what it printed is not quoted', async (rule, lines, entry) => {
    const failure = await loading(lines, entry).then(
      () => '',
      (error: unknown) => String(error),
    );
    expect(failure).toContain(rule === 'must be at a terminal' ? 'must ask at a terminal' : rule);
    expect(failure).not.toContain('secret');
  });
});

it('who is impersonated is whom the file names, with all that it says of them', async () => {
  const user = {
    token: 'abc',
    as: 'grace',
    'as-uid': 'u-1',
    'as-groups': ['a', 'b'],
    'as-user-extra': { scopes: ['read', 'write'], 'example.com/team': ['core'] },
  };
  const config = {
    clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:6443' } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'main', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'main',
  };
  const kubeconfigPath = join(folder, 'kubeconfig');
  await writeFile(kubeconfigPath, JSON.stringify(config));
  const source = await loadCredentials({ kubeconfigPath }, aStepClock());
  expect((await source.current()).headers).toEqual({
    'impersonate-user': 'grace',
    'impersonate-uid': 'u-1',
    'impersonate-group': ['a', 'b'],
    'impersonate-extra-scopes': ['read', 'write'],
    'impersonate-extra-example.com%2Fteam': ['core'],
  });
});
