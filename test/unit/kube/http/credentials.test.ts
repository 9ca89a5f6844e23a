import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadCredentials } from '../../../../kube/http/credentials.ts';
import { aStepClock } from '../../../kit/clock/step-clock.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'credentials-'));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

async function write(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

async function podFiles(token = 'first\n', ca = 'ca one'): Promise<void> {
  vi.stubEnv('KUBERNETES_SERVICE_HOST', 'fd00::1');
  vi.stubEnv('KUBERNETES_SERVICE_PORT', '443');
  await write('token', token);
  await write('ca.crt', ca);
}

interface Wanted {
  readonly server?: string;
  readonly cluster?: object;
  readonly user?: object;
}

async function aKubeconfig({
  server = 'https://127.0.0.1:6443',
  cluster = {},
  user = {},
}: Wanted = {}): Promise<string> {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server, 'certificate-authority-data': btoa('a ca'), ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [
      { name: 'main', context: { cluster: 'c', user: 'u' } },
      { name: 'broken', context: { cluster: 'missing', user: 'u' } },
    ],
    'current-context': 'main',
  };
  return write('kubeconfig', JSON.stringify(config));
}

describe('in a pod', () => {
  it('the token and the CA are those of its ServiceAccount', async () => {
    await podFiles();
    const source = await loadCredentials({ inCluster: true, serviceAccountFolder: folder }, aStepClock());
    expect(source.server.href).toBe('https://[fd00::1]/');
    const { authorization, tls } = await source.current();
    expect(authorization).toBe('Bearer first');
    expect(String(tls.ca)).toBe('ca one');
  });

  it('its namespace is the one that a call names no other of, as for kubectl', async () => {
    await podFiles();
    const wish = { inCluster: true, serviceAccountFolder: folder } as const;
    const found = async () => (await loadCredentials(wish, aStepClock())).namespace;
    vi.stubEnv('POD_NAMESPACE', '');
    expect(await found()).toBeUndefined();
    await write('namespace', 'ecase\n');
    expect(await found()).toBe('ecase');
    vi.stubEnv('POD_NAMESPACE', 'told');
    expect(await found()).toBe('told');
  });

  it('it may ask to be taken for someone else, as with a kubeconfig', async () => {
    await podFiles();
    const impersonate = { user: 'grace', groups: ['platform-team'], uid: 'u-1' };
    const wish = { inCluster: true, serviceAccountFolder: folder, impersonate } as const;
    const { authorization, headers } = await (await loadCredentials(wish, aStepClock())).current();
    expect(authorization).toBe('Bearer first');
    expect(headers).toEqual({
      'impersonate-user': 'grace',
      'impersonate-group': ['platform-team'],
      'impersonate-uid': 'u-1',
    });
  });

  it('outside of a cluster there are none', async () => {
    vi.stubEnv('KUBERNETES_SERVICE_HOST', '');
    await expect(loadCredentials({ inCluster: true }, aStepClock())).rejects.toThrow('not in a cluster');
  });

  it.each([
    [9_999, 'Bearer first'],
    [10_000, 'Bearer second'],
    [10_001, 'Bearer second'],
  ])('after %i ms a replaced token is %s', async (passed, authorization) => {
    const clock = aStepClock();
    await podFiles();
    const source = await loadCredentials({ inCluster: true, serviceAccountFolder: folder }, clock);
    await write('token', 'second');
    await clock.step(passed);
    expect((await source.current()).authorization).toBe(authorization);
  });

  it('a token that the server doubts is read again at once, and stays the same when the file did', async () => {
    await podFiles();
    const source = await loadCredentials({ inCluster: true, serviceAccountFolder: folder }, aStepClock());
    const held = await source.current();
    expect(await source.renewed(held)).toBe(held);
    await write('token', 'second');
    const renewed = await source.renewed(held);
    expect(renewed.authorization).toBe('Bearer second');
    await write('token', 'third');
    expect(await source.renewed(held)).toBe(renewed);
  });

  it('what we hold is kept while a file is missing or empty', async () => {
    const clock = aStepClock();
    await podFiles();
    const source = await loadCredentials({ inCluster: true, serviceAccountFolder: folder }, clock);
    await write('token', '');
    await clock.step(60_000);
    expect((await source.current()).authorization).toBe('Bearer first');
    await rm(join(folder, 'token'));
    await clock.step(60_000);
    expect((await source.current()).authorization).toBe('Bearer first');
    await write('token', 'second');
    await clock.step(60_000);
    expect((await source.current()).authorization).toBe('Bearer second');
  });

  it('a replaced CA is noticed', async () => {
    const clock = aStepClock();
    await podFiles();
    const source = await loadCredentials({ inCluster: true, serviceAccountFolder: folder }, clock);
    await write('ca.crt', 'ca two');
    await clock.step(10_000);
    expect(String((await source.current()).tls.ca)).toBe('ca two');
  });
});

describe('with a kubeconfig', () => {
  it('the token, the CA and the server are those of its context', async () => {
    const kubeconfigPath = await aKubeconfig({ user: { token: 'abc' } });
    const source = await loadCredentials({ kubeconfigPath }, aStepClock());
    expect(source.server.href).toBe('https://127.0.0.1:6443/');
    const { authorization, tls } = await source.current();
    expect(authorization).toBe('Bearer abc');
    expect(String(tls.ca)).toBe('a ca');
  });

  it('a token file is found beside it, comes before a token, and is read again', async () => {
    const clock = aStepClock();
    await write('token', 'first');
    const kubeconfigPath = await aKubeconfig({ user: { tokenFile: 'token', token: 'stale' } });
    const source = await loadCredentials({ kubeconfigPath }, clock);
    expect((await source.current()).authorization).toBe('Bearer first');
    await write('token', 'second');
    await clock.step(10_000);
    expect((await source.current()).authorization).toBe('Bearer second');
  });

  it('a name and a password go along, as kubectl sends them, and beside a token they are refused', async () => {
    const person = { username: 'grace', password: 'p:w' };
    const kubeconfigPath = await aKubeconfig({ user: person });
    const { authorization } = await (await loadCredentials({ kubeconfigPath }, aStepClock())).current();
    expect(authorization).toBe(`Basic ${btoa('grace:p:w')}`);
    await write('token', 'abc');
    for (const token of [{ token: 'abc' }, { tokenFile: 'token' }]) {
      const both = await aKubeconfig({ user: { ...person, ...token } });
      const refused = loadCredentials({ kubeconfigPath: both }, aStepClock());
      await expect(refused).rejects.toThrow('a token, or username and password, and not both');
    }
  });

  it('the name in the certificate is not that of the file where the call names another server', async () => {
    const kubeconfigPath = await aKubeconfig({ cluster: { 'tls-server-name': 'kube.example.com' } });
    const nameFor = async (wish: object): Promise<string | undefined> =>
      (await (await loadCredentials({ kubeconfigPath, ...wish }, aStepClock())).current()).tls.servername;
    expect(await nameFor({})).toBe('kube.example.com');
    expect(await nameFor({ server: 'https://127.0.0.1:7443' })).toBeUndefined();
  });

  it('there is no default server to fall back to, encrypted or not', async () => {
    vi.stubEnv('KUBECONFIG', '');
    vi.stubEnv('HOME', folder);
    await expect(loadCredentials({}, aStepClock())).rejects.toThrow('no usable kubeconfig');
    const plain = await aKubeconfig({ server: 'http://127.0.0.1:8080' });
    await expect(loadCredentials({ kubeconfigPath: plain }, aStepClock())).rejects.toThrow('no https server');
    const kubeconfigPath = await aKubeconfig();
    await expect(loadCredentials({ kubeconfigPath, context: 'broken' }, aStepClock())).rejects.toThrow(
      'broken',
    );
  });

  it('without a path, KUBECONFIG names it', async () => {
    vi.stubEnv('KUBECONFIG', await aKubeconfig({ user: { token: 'abc' } }));
    const source = await loadCredentials({}, aStepClock());
    expect((await source.current()).authorization).toBe('Bearer abc');
  });
});
