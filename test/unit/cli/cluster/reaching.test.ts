/** How the cluster of a call is reached: through a proxy, and with credentials that a program asks the person for. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { call } from '../../../kit/cli/call.ts';
import { atTerminal } from '../../../kit/cli/pseudo-terminal.ts';
import { failure, type ScriptedServer, scriptedServer } from '../../../kit/cli/scripted-server.ts';
import { startConnectProxy } from '../../../kit/control-plane/connect-proxy.ts';

const deactivating = ['user', 'deactivate', 'ada'];
const main = fileURLToPath(new URL('../../../../cli/main.ts', import.meta.url));

/** A server without any person: what was asked has then been asked of it. */
const without = async (): Promise<ScriptedServer> => scriptedServer(() => failure(404, 'none', 'ada'));

interface Wish {
  readonly cluster?: object;
  readonly user?: object;
}

/** A kubeconfig for the server under a name that only a proxy knows. */
function aKubeconfig(
  { ca }: ScriptedServer['reached'],
  { cluster = {}, user = { token: 'abc' } }: Wish,
): string {
  const folder = mkdtempSync(join(tmpdir(), 'reaching-'));
  const config = {
    clusters: [
      {
        name: 'c',
        cluster: {
          server: 'https://kube.example.com:6443',
          'certificate-authority-data': btoa(ca),
          'tls-server-name': 'localhost',
          ...cluster,
        },
      },
    ],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'main', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'main',
  };
  const path = join(folder, 'config');
  writeFileSync(path, JSON.stringify(config));
  return path;
}

async function aProxy(to: Parameters<typeof startConnectProxy>[0]) {
  const proxy = await startConnectProxy(to);
  onTestFinished(async () => proxy.close());
  return proxy;
}

const portOf = ({ reached }: ScriptedServer): number => Number(new URL(reached.url).port);

describe('a proxy', () => {
  it.each(['proxy-url', 'HTTPS_PROXY'])(
    'that %s names is asked for a tunnel, and sees nothing of the call',
    async (by) => {
      const server = await without();
      const proxy = await aProxy({ port: portOf(server) });
      const own = proxy.url.replace('//', '//me:secret@');
      if (by === 'HTTPS_PROXY') vi.stubEnv('HTTPS_PROXY', own);
      const kubeconfig = aKubeconfig(
        server.reached,
        by === 'proxy-url' ? { cluster: { 'proxy-url': own } } : {},
      );
      const { code, err } = await call([...deactivating, '--kubeconfig', kubeconfig]);
      vi.unstubAllEnvs();
      expect(err).toContain('no SupportUser ada');
      expect(code).toBe(3);
      expect(new Set(proxy.asked)).toEqual(new Set(['kube.example.com:6443']));
      expect(proxy.authorizations[0]).toBe(`Basic ${btoa('me:secret')}`);
      expect(server.headers[0]).toMatchObject({ authorization: 'Bearer abc' });
      expect(server.headers[0]).not.toHaveProperty('proxy-authorization');
    },
  );

  it('is not asked where NO_PROXY excepts the server', async () => {
    const server = await without();
    const proxy = await aProxy({ status: 403 });
    vi.stubEnv('HTTPS_PROXY', proxy.url);
    vi.stubEnv('NO_PROXY', 'example.invalid');
    const cluster = { server: 'https://kube.example.invalid:6443' };
    await call([...deactivating, '--kubeconfig', aKubeconfig(server.reached, { cluster })]);
    vi.unstubAllEnvs();
    expect(proxy.asked).toEqual([]);
  });

  it('that refuses is named, without its password, as what is in the way', async () => {
    const server = await without();
    const proxy = await aProxy({ status: 403 });
    const cluster = { 'proxy-url': proxy.url.replace('//', '//me:secret@') };
    const { code, err } = await call([
      ...deactivating,
      '--kubeconfig',
      aKubeconfig(server.reached, { cluster }),
    ]);
    expect(err).toContain(
      `cannot be reached through the proxy ${proxy.url} (of the kubeconfig's proxy-url, or HTTPS_PROXY`,
    );
    expect(err).toContain('403');
    expect(err).not.toContain('secret');
    expect({ code, calls: server.calls }).toEqual({ code: 3, calls: [] });
  });
});

it('shows each warning of the API server once, on stderr, with nothing in it that a terminal obeys', async () => {
  const server = await scriptedServer((asked) => {
    const headers = {
      warning: [`299 - "${asked.split(' ', 1)[0]} of what is old"`, '299 - "red \u009b31m"'],
    };
    const list = [200, { kind: 'List', metadata: { resourceVersion: '1' }, items: [] }, headers] as const;
    if (!asked.endsWith('/ada')) return list;
    return [200, { kind: 'SupportUser', metadata: { name: 'ada' }, spec: { access: 'Enabled' } }, headers];
  });
  const { out, err } = await call([...deactivating, '--yes', '-o', 'name', ...server.options]);
  const warnings = err.split('\n').filter((line) => line.startsWith('Warning:'));
  expect(warnings.toSorted()).toEqual([
    'Warning: GET of what is old',
    'Warning: PATCH of what is old',
    expect.stringMatching(/^Warning: red .*31m$/),
  ]);
  expect(err).not.toContain('\u009b');
  expect(out).not.toContain('Warning');
  const coloured = await call([...deactivating, '--yes', ...server.options], { colours: true });
  expect(coloured.err).toContain('\u001b[33;1mWarning:\u001b[0m GET of what is old');
});

it.each([
  ['one object', 'default'],
  ['a list', 'supportsessions'],
])('--request-timeout is the time for each call, of %s as well', async (_, silent) => {
  const list = [200, { kind: 'List', metadata: { resourceVersion: '1' }, items: [] }] as const;
  const server = await scriptedServer((asked) => (asked.endsWith(`/${silent}`) ? 'silent' : list));
  const { code, err } = await call(['sessions', '-A', '--request-timeout', '200ms', ...server.options]);
  expect(err).toContain('did not answer in time');
  expect(code).toBe(3);
});

it('a call that no one waits for any more keeps no process: --timeout is when it ends', async () => {
  let access = 'Enabled';
  const server = await scriptedServer((asked) => {
    if (asked.startsWith('PATCH ')) access = 'Disabled';
    if (asked.endsWith('/ada'))
      return [200, { kind: 'SupportUser', metadata: { name: 'ada', uid: 'u-1' }, spec: { access } }];
    if (access === 'Disabled') return 'silent';
    return [200, { kind: 'List', metadata: { resourceVersion: '1' }, items: [] }];
  });
  const words = [...deactivating, '--yes', '--timeout', '300ms', ...server.options];
  const child = spawn(process.execPath, [main, ...words], { stdio: ['ignore', 'ignore', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'close');
  const err = await text(child.stderr);
  expect(err).toContain('not confirmed');
  expect(await ended).toEqual([2, null]);
});

it('in a pod without a kubeconfig --as is asked by the account of the pod', async () => {
  const environment = {
    KUBERNETES_SERVICE_HOST: '127.0.0.1',
    KUBERNETES_SERVICE_PORT: '9',
    HOME: '/nowhere',
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const asGrace = await call(['sessions', '--as', 'grace'], { environment });
  const alone = await call(['sessions', '--as-group', 'g'], { environment });
  vi.unstubAllEnvs();
  expect(asGrace.err).toContain('/var/run/secrets/kubernetes.io/serviceaccount/token');
  expect(alone).toMatchObject({ code: 4, err: expect.stringContaining('--as-group and --as-uid need --as') });
});

describe('a program for credentials at a terminal', () => {
  const script = `#!/bin/sh
printf 'Sign in here. Password: ' >&2
sleep 1.2
read -r password
echo 'Signed in.' >&2
printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"%s"}}' "$password"
`;

  function atIt(server: ScriptedServer, interactiveMode: string) {
    const login = join(mkdtempSync(join(tmpdir(), 'login-')), 'login');
    writeFileSync(login, script, { mode: 0o755 });
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: login, interactiveMode };
    const reached = { server: server.reached.url };
    const kubeconfig = aKubeconfig(server.reached, { cluster: reached, user: { exec } });
    const words = [process.execPath, main, ...deactivating, '--kubeconfig', kubeconfig];
    return {
      words,
      terminal: () => atTerminal(words, { env: { PATH: process.env['PATH'] ?? '', TERM: 'xterm' } }),
    };
  }

  it.each(['IfAvailable', 'Always'])(
    'says and asks what it has to, and gets what is typed: %s',
    async (mode) => {
      const server = await without();
      const terminal = atIt(server, mode).terminal();
      await terminal.until('Sign in here. Password: ');
      terminal.type('typed\n');
      await terminal.until('no SupportUser ada');
      expect(await terminal.ended).toBe(3);
      expect(server.headers[0]).toMatchObject({ authorization: 'Bearer typed' });
      // It has the terminal to itself: that the command works is not written between its words.
      expect(/Sign in here[^]*Signed in\./.exec(terminal.screen())?.[0]).not.toContain('Working on');
    },
  );

  it('asks no one where its mode is Never: its stdin is empty, and nothing hangs', async () => {
    const server = await without();
    const terminal = atIt(server, 'Never').terminal();
    expect(await terminal.ended).toBe(3);
    expect(terminal.screen()).toContain('is no credential');
    expect(server.calls).toEqual([]);
  });

  it.each(['IfAvailable', 'Always'])(
    'is not asked, heard or left behind by a key that completes: %s',
    async (interactiveMode) => {
      const folder = mkdtempSync(join(tmpdir(), 'completing-'));
      const login = join(folder, 'login');
      const slow = `#!/bin/sh
echo "$KUBERNETES_EXEC_INFO" > ${folder}/told
echo 'Sign in here.' >&2
for _ in $(seq 200); do sleep 0.1; done
`;
      writeFileSync(login, slow, { mode: 0o755 });
      const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: login, interactiveMode };
      const kubeconfig = aKubeconfig((await without()).reached, { user: { exec } });
      const completing = [main, '__complete', '--', 'status', '--kubeconfig', kubeconfig, ''];
      // The shell of the person stays: with it the terminal would go, and everything at it.
      const shell = [
        'sh',
        '-c',
        '"$0" "$@"; echo "ended with $?"; read -r _',
        process.execPath,
        ...completing,
      ];
      const terminal = atTerminal(shell, { env: { PATH: process.env['PATH'] ?? '', TERM: 'xterm' } });
      await terminal.until('ended with 0');
      await vi.waitFor(() => expect(isRunning(login)).toBe(false), 5000);
      expect(terminal.screen()).toBe(':4\nended with 0\n');
      terminal.type('\n');
      await terminal.ended;
      const told = existsSync(join(folder, 'told')) ? [readFileSync(join(folder, 'told'), 'utf8')] : [];
      // On a busy machine the time for names may be over before it has begun.
      expect(told.filter((each) => !each.includes('"interactive":false'))).toEqual([]);
      if (interactiveMode === 'Always') expect(told).toEqual([]);
    },
  );
});

/** Whether a process of this machine has the path of this program in its command line. */
function isRunning(program: string): boolean {
  const processes = readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name));
  return processes.some((pid) => {
    try {
      const [, script] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return script === program;
    } catch {
      // It has ended since.
      return false;
    }
  });
}
