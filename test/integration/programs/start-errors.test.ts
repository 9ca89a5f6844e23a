/** Starts each program for real with every setting that is wrong, and reads what it says before it ends. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { operatorFlags } from '../../../operator/config.ts';
import type { Flags } from '../../../process/flags.ts';
import { listen } from '../../../process/server.ts';
import { gatewayFlags, inClusterFlags } from '../../../webhook/config.ts';
import { plainComplaints, refusalComplaints } from '../../kit/messages/good-message.ts';

interface Line {
  readonly problem?: string;
  readonly error?: { readonly code?: string; readonly causes?: readonly string[] };
}

interface Said {
  readonly code: number | null;
  readonly problems: readonly string[];
  readonly lines: readonly Line[];
}

/** Runs a program until it ends, or until it has said its first problem where it goes on. */
async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Said> {
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  const saidIn = (): Pick<Said, 'lines' | 'problems'> => {
    const lines = text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Line);
    return { lines, problems: lines.flatMap(({ problem }) => problem ?? []) };
  };
  return new Promise((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (goesOn(text)) child.kill('SIGKILL');
    });
    child.on('close', (code) => resolve({ code, ...saidIn() }));
  });
}

const goesOn = (text: string): boolean => /the start waits for|a request failed/.test(text);

const operator = 'operator/main.ts';
const webhook = 'webhook/main.ts';
const records = ['--records-url=https://127.0.0.1:1', '--records-token-file=/nowhere/token'];

/** A value that each flag must not have. Those that take any text are not here. */
const wrongValues: Readonly<Record<string, string>> = {
  'release-namespace': 'Support Access',
  'identities-namespace': 'support_access',
  'service-name': 'webhook.svc',
  'lease-name': '-lease',
  bind: 'localhost',
  'health-port': '70000',
  'support-port': 'https',
  'inner-port': '65536',
  'records-port': '-1',
  'admission-port': '1e3',
  'log-level': 'loud',
  'records-url': 'http://records:8445',
  'admission-url': 'webhook.example',
  'drain-seconds': '8s',
  'idle-seconds': '4',
  'gateway-network': '{"supportPort": 0}',
};
/** Any text may be a path of a file that is mounted later, or a name. */
const takesAnyText: readonly string[] = [
  'roles',
  'kubeconfig',
  'records-token-file',
  'resolve-map',
  'data-dir',
  'api-server-client-ca-file',
  'api-server-client-names',
  'instance',
];

const programs: readonly (readonly [string, Flags, readonly string[]])[] = [
  ['the operator', operatorFlags, [operator]],
  ['the gateway', gatewayFlags, [webhook, '--roles=gateway']],
  ['the webhook', inClusterFlags, [webhook, '--roles=admission,records']],
];

const problemAbout = ({ problems }: Said, flag: string): string =>
  problems.find((problem) => problem.includes(`--${flag}`)) ?? expect.unreachable(flag);

describe.each(programs)('%s', (_, flags, start) => {
  const names = Object.keys(flags).filter((name) => !takesAnyText.includes(name));
  let withWrongValues: Said;
  let withNothing: Said;

  beforeAll(async () => {
    withWrongValues = await run([...start, ...names.map((name) => `--${name}=${wrongValues[name] ?? ''}`)]);
    withNothing = await run(start);
  });

  it('has a wrong value here for each flag that judges its value', () => {
    expect(names.filter((name) => wrongValues[name] === undefined)).toEqual([]);
    expect(withWrongValues.code).toBe(2);
  });

  it.each(names)('names field, value, rule and example of a wrong --%s', (name) => {
    const text = problemAbout(withWrongValues, name);
    expect(refusalComplaints({ text, field: `--${name}`, value: wrongValues[name] ?? '' })).toEqual([]);
  });

  const needed = Object.entries(flags).filter(
    ([name, { fallback, optional }]) => fallback === undefined && optional !== true && name !== 'roles',
  );

  it.each(needed)('says with an example that --%s must be given', (name) => {
    const text = problemAbout(withNothing, name);
    expect(refusalComplaints({ text, field: `--${name}` })).toEqual([]);
  });

  it('starts with every default and example that it names', () => {
    for (const [name, { fallback, rule }] of Object.entries(flags)) {
      // What follows a comma explains the example; JSON has commas of its own.
      const example = name === 'gateway-network' ? rule?.example : rule?.example.split(',')[0];
      for (const value of [fallback, example])
        if (value !== undefined) expect(rule?.holds(value) ?? true, `${name}: ${value}`).toBe(true);
    }
  });
});

interface WrongLine {
  readonly args: readonly string[];
  /** What each of the messages has to name. */
  readonly fields: readonly string[];
  readonly value?: string;
}

/** Command lines that are wrong as such. One start names everything that is wrong with one. */
const wrongLines: Readonly<Record<string, WrongLine>> = {
  'a flag that does not exist, a word, a network that is no JSON, and no value': {
    args: [operator, ...records, '--no-such=1', 'word', '--gateway-network={supportPort: 1}', '--log-level'],
    fields: ['--no-such', '"word"', '--gateway-network', '--log-level'],
  },
  'a flag in place of a value, and an unknown key in JSON': {
    args: [operator, ...records, '--gateway-network={"port": 1}', '--log-level', '--bind=::'],
    fields: ['--log-level', 'whose port'],
  },
  'a flag of another role': {
    args: [webhook, '--roles=gateway', ...records, '--data-dir=/data'],
    fields: ['--data-dir'],
  },
  'an unknown role': { args: [webhook, '--roles=console'], fields: ['--roles'], value: 'console' },
  'an authority without names': {
    args: [webhook, '--roles=admission,records', '--data-dir=/data', '--api-server-client-ca-file=/ca'],
    fields: ['--api-server-client-names'],
  },
};

describe('a command line', () => {
  it.each(Object.entries(wrongLines))('with %s is told what is wrong', async (_, { args, fields, value }) => {
    const said = await run(args);
    expect(said.code).toBe(2);
    for (const field of fields) {
      const text = said.problems.find((problem) => problem.includes(field)) ?? said.problems.join();
      expect(refusalComplaints({ text, field, ...(value === undefined ? {} : { value }) })).toEqual([]);
    }
  });

  it('that stands in the environment is told by the name of the variable', async () => {
    const said = await run([operator, ...records], { SUPPORT_ACCESS_LOG_LEVEL: 'loud' });
    const text = said.problems.join();
    expect(refusalComplaints({ text, field: 'SUPPORT_ACCESS_LOG_LEVEL', value: 'loud' })).toEqual([]);
  });

  it('has no map of Services inside a cluster', async () => {
    const args = [webhook, '--roles=gateway', ...records, '--resolve-map=/map.json'];
    const said = await run(args, { KUBERNETES_SERVICE_HOST: '10.0.0.1' });
    expect(refusalComplaints({ text: said.problems.join(), field: '--resolve-map' })).toEqual([]);
  });
});

describe('a start that cannot go on', () => {
  let taken = 0;
  const other = createServer();

  beforeAll(async () => {
    taken = await listen(other, { bind: '127.0.0.1', port: 0 });
  });

  afterAll(() => other.close());

  const starts = [
    ['the operator', [operator, ...records]],
    ['the gateway', [webhook, '--roles=gateway', ...records]],
    ['the webhook', [webhook, '--roles=admission,records', '--data-dir=/nowhere']],
  ] as const;

  it.each(starts)('because its health port is taken names flag and port: %s', async (_, args) => {
    const said = await run([...args, '--bind=127.0.0.1', `--health-port=${taken}`, '--kubeconfig=/nowhere']);
    expect(said.code).toBe(1);
    const text = said.problems.join();
    expect(refusalComplaints({ text, field: `--health-port=${taken}`, value: `port ${taken}` })).toEqual([]);
  });

  it.each(starts)('because there is no kubeconfig waits, and names flag and file: %s', async (_, args) => {
    const said = await run([...args, '--bind=127.0.0.1', '--health-port=0', '--kubeconfig=/nowhere/config']);
    const text = said.problems.join();
    const complaints = refusalComplaints({ text, field: '--kubeconfig', value: '/nowhere/config' });
    expect(complaints.filter((complaint) => complaint !== 'does not say the rule')).toEqual([]);
  });

  it.each([
    ['there is none', undefined, /the file \S*map\.json does not exist; create it or correct the path/],
    [
      'it is no JSON',
      'ecase/ecase:80: 127.0.0.1:3000',
      /the file \S*map\.json must be JSON, for example \{"ecase/,
    ],
    [
      'it is a list',
      '[]',
      /the file \S*map\.json must hold one JSON object with a line for each Service, for example/,
    ],
    ['it has no port', '{"ecase/ecase:80": "localhost"}', /must be a host and a port in quotes/],
  ])('because of its map of Services waits, and says why, where %s', async (_, content, says) => {
    const folder = mkdtempSync(join(tmpdir(), 'support-access-map-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const [map, kubeconfig] = [join(folder, 'map.json'), join(folder, 'kubeconfig')];
    if (content !== undefined) writeFileSync(map, content);
    writeFileSync(kubeconfig, kubeconfigFor('https://127.0.0.1:1'));
    const args = [webhook, '--roles=gateway', ...records, '--bind=127.0.0.1', '--health-port=0'];
    const said = await run([...args, `--kubeconfig=${kubeconfig}`, `--resolve-map=${map}`]);
    const text = said.problems.join();
    const complaints = refusalComplaints({ text, field: `--resolve-map=${map}` });
    expect(
      complaints.filter((complaint) => content !== undefined || complaint !== 'does not say the rule'),
    ).toEqual([]);
    expect(text).toMatch(says);
  });

  it.each(starts)(
    'because the host of the API server is not known keeps ENOTFOUND in the log: %s',
    async (_, args) => {
      const folder = mkdtempSync(join(tmpdir(), 'support-access-host-'));
      onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
      const kubeconfig = join(folder, 'kubeconfig');
      // A label this long is no name, so the answer is the same where no DNS is reached.
      const host = `${'x'.repeat(70)}.invalid`;
      writeFileSync(kubeconfig, kubeconfigFor(`https://${host}:6443`));
      const said = await run([...args, '--bind=127.0.0.1', '--health-port=0', `--kubeconfig=${kubeconfig}`]);
      const errors = said.lines.flatMap(({ error }) => error ?? []);
      expect(errors).not.toEqual([]);
      for (const error of errors)
        expect([error.code, ...(error.causes ?? [])].join(' ')).toContain('ENOTFOUND');
      for (const problem of said.problems) {
        expect(problem).toContain(`no address is known for the host ${host}; correct the name or the DNS`);
        expect(plainComplaints(problem)).toEqual([]);
      }
    },
  );
});

/** A kubeconfig that names this server and a token. */
function kubeconfigFor(server: string): string {
  const named = (what: string, value: object): string =>
    `${what}s: [{name: a, ${what}: ${JSON.stringify(value)}}]\n`;
  return [
    'apiVersion: v1\nkind: Config\ncurrent-context: a\n',
    named('cluster', { server }),
    named('context', { cluster: 'a', user: 'a' }),
    named('user', { token: 'a' }),
  ].join('');
}
