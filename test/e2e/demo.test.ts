/**
 * Who plays with the demo: `npm run demo -- --stay` says what can be done, and each command that it prints works as it is
 * printed, in one shell. An application of one's own is put behind the gateway as it says; the example's objects are
 * taken away and applied again in one go.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../kit/clock/eventually.ts';
import { type ShellSession, startShell } from '../kit/documents/shell-session.ts';
import { people } from '../kit/installation/example-installation.ts';
import { aPerson } from '../kit/people/http-person.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const [ada] = people;

let scratch: string;
let demo: ChildProcess;
let told = '';
let shell: ShellSession;
let own: Server;

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'demo-test-'));
  own = createServer((_request, response) => response.end('hello from an application of our own'));
  await once(own.listen(0, '127.0.0.1'), 'listening');
  demo = spawn(process.execPath, ['test/demo/main.ts', '--stay'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complained = '';
  demo.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complained += text;
  });
  demo.stdout?.setEncoding('utf8').on('data', (text: string) => {
    told += text;
  });
  await eventually(() => expect(told, complained).toContain('stay Pending'), { within: 170_000 });
  shell = startShell({ scratch, folder: root, env: { PATH: process.env['PATH'] ?? '', HOME: scratch } });
});

afterAll(async () => {
  await shell?.stop();
  own?.close();
  if (demo !== undefined && demo.exitCode === null) {
    demo.kill('SIGINT');
    await once(demo, 'exit');
  }
  rmSync(scratch, { recursive: true, force: true });
});

/** The commands of the text, in its order. */
const commands = (): readonly string[] =>
  told.split('\n').flatMap((line) => (line.startsWith('    ') ? [line.trim()] : []));

/** The commands below a line that begins so. */
function below(heading: string): readonly string[] {
  const [, part = ''] = told.split(`\n${heading}`);
  const [section = ''] = part.split('\n\n');
  return section.split('\n').flatMap((line) => (line.startsWith('    ') ? [line.trim()] : []));
}

const addressAfter = (heading: string): readonly string[] => {
  const [, part = ''] = told.split(`\n${heading}`);
  return part.match(/https:\/\/\S+/g) ?? [];
};

const certificateOfAuthority = (): string => readFileSync(/--cacert (\S+)/.exec(told)?.[1] ?? '', 'utf8');

describe('the demo that stays', () => {
  it('prints commands that work as they are printed, in their order', async () => {
    const said: string[] = [];
    // The browser has a test of its own; the port of one's own application is that of this test.
    for (const command of commands().filter(
      (line) => !line.startsWith('chromium') && !line.startsWith('sed'),
    ))
      said.push(await shell.run(command));
    const all = said.join('\n');
    expect(all).toContain('supportaccessgrant.supportaccess.dev/case-4711');
    expect(all).toContain('EntityDescriptor');
    expect(all).toContain('"msg":"started"');
    expect(all).toMatch(/\d+ records/);
  });

  it('lets an application of one’s own be put behind the gateway, also on another port than it expects', async () => {
    const { port } = own.address() as AddressInfo;
    const [, move = ''] = below('Put an application of your own behind it.');
    await shell.run(move.replace(':3000', `:${port}`));
    await shell.run('kubectl wait -n ecase sag/own --for=condition=Active --timeout=60s');
    const [signIn = '', application = ''] = addressAfter('Put an application of your own behind it.');
    const person = aPerson({ ca: certificateOfAuthority() });
    expect(await person.signIn(signIn, ada)).toMatchObject({ status: 200 });
    const page = await person.visit(application);
    expect([page.status, page.body]).toEqual([200, 'hello from an application of our own']);
    expect(await person.visit(`${application}deep/er?x=1`)).toMatchObject({ status: 200 });
    person.leave();
  });

  it('has the objects of the example applied in one go on a cluster that has none of them', async () => {
    await shell.run('kubectl delete -k examples/casepoint-ecase --ignore-not-found --timeout=60s');
    await shell.run('kubectl apply -k examples/casepoint-ecase');
    await shell.run('kubectl wait -n ecase sag/case-4711 --for=condition=Ready --timeout=60s');
    expect(await shell.run('kubectl get sag -A -o name')).toContain('case-4711');
  });

  it('ends at Ctrl-C and leaves nothing behind', async () => {
    demo.kill('SIGINT');
    const [code] = (await once(demo, 'exit')) as [number | null];
    expect(code).toBe(0);
    const [folder = ''] = /\S+(?=\/\*\.log)/.exec(told) ?? [];
    await expect(shell.run(`test ! -e ${folder}`)).resolves.toBe('');
  });
});
