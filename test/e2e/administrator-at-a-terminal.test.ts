/** The administrator's day with `kubectl support-access`: opened for an issue, stopped in an emergency, and what each says. */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { casepointEcase } from '../../crds/matrices/casepoint-ecase.ts';
import { type PluginUser, pluginUser } from '../kit/cli/administrator.ts';
import { eventually } from '../kit/clock/eventually.ts';
import { commandBlocks } from '../kit/documents/command-blocks.ts';
import { anExampleInstallation, type ExampleInstallation } from '../kit/installation/example-installation.ts';
import { ask, reasonOf, signedIn, untilActive } from '../kit/people/acts.ts';
import type { Person } from '../kit/people/http-person.ts';
import { aFolder } from '../kit/records/store-file.ts';
import { aCaseIsLived } from './a-support-case.ts';

let installation: ExampleInstallation;
let grace: PluginUser;
let vendor: PluginUser;

beforeAll(async () => {
  installation = await anExampleInstallation();
  grace = await pluginUser(installation.controlPlane, 'grace');
  vendor = await pluginUser(installation.controlPlane, 'victor', 'support-access-vendor-operations');
});

afterAll(async () => installation?.stop());

const inECase = ['-n', 'ecase'];

/** Answers yes at a terminal, and returns all that was shown, in one line. */
async function yes(words: readonly string[]): Promise<string> {
  const terminal = grace.atTerminal(words);
  await terminal.until('[y/N]');
  terminal.type('y\n');
  const code = await terminal.ended;
  if (code !== 0) throw new Error(`ended with ${code}:\n${terminal.screen()}`);
  return terminal.screen().replaceAll(/\s+/g, ' ');
}

/** A gateway that has just heard of a change may ask to be asked again. */
const entered = async (): Promise<Person> =>
  eventually(async () => signedIn(installation, 'by-hand'), { within: 30_000 });

describe('CC-13 an administrator at a terminal', () => {
  it('CC-13 opens a grant for a person by names and plain words, and the person gets in', async () => {
    const screen = await yes([
      'grant',
      'create',
      'by-hand',
      ...inECase,
      '--person',
      'ada',
      '--matrix',
      'casepoint-ecase-1',
      '--application',
      'ecase',
      '--from',
      '127.0.0.1;203.0.113.0/24',
      '--reason',
      'Jobs are stuck',
      'for',
      '4h',
    ]);
    expect(screen).toContain('Support will see the data of application ecase in namespace ecase');
    expect(screen).toContain('The matrix casepoint-ecase-1 masks');
    expect(screen).toContain('+ spec.allowedCIDRs[]: 127.0.0.1');
    expect(screen).toContain('Done. SupportAccessGrant by-hand in namespace ecase is open');
    const ada = await entered();
    expect((await ask(installation, ada)).status).toBe(200);
    ada.leave();
  });

  it('CC-13 reads what admission warns of, on stderr', async () => {
    const newcomer = ['--person', 'newcomer', '--matrix', 'casepoint-ecase-1', '--application', 'ecase'];
    const create = ['grant', 'create', 'warned', ...inECase, ...newcomer, 'for', '4h', '--dry-run=server'];
    const { stdout, stderr } = await grace.run(create);
    expect(stderr).toContain(
      'Warning: SupportUser newcomer does not exist yet; access stays closed to newcomer until it does',
    );
    expect(stdout).not.toContain('Warning');
  });

  it('EC-6 ZH-3 sees who is in, until when, and who would be let in from where, as the gateway then does', async () => {
    const ada = await entered();
    const { stdout: sessions } = await grace.run(['sessions', ...inECase, '--grant', 'by-hand']);
    expect(sessions.replaceAll(/ +/g, ' ')).toMatch(
      // The end may be on the next day.
      /ada by-hand ecase 127\.0\.0\.1 [\d:]+ [\d:]+ (?:\w{3} )?[\d:]+/,
    );
    const { stdout: raw } = await grace.run(['sessions', ...inECase, '-o', 'yaml']);
    expect(raw).toContain('boundAddress: 127.0.0.1');
    expect(raw).not.toMatch(/proof|opening|secret/i);
    const { stdout: status } = await grace.run(['status', 'by-hand', ...inECase]);
    expect(status).toMatch(/Open +yes/);
    expect(status).toMatch(/ada from 127\.0\.0\.1 since/);
    expect(status).toMatch(/Last actions +not shown: /);

    await pluginUser(installation.controlPlane, 'grace', 'view');
    const asked = ['can-i', 'ada', ...inECase, '--grant', 'by-hand'];
    const path = ['--path', '/api/jobs'];
    expect((await grace.run([...asked, '--from', '127.0.0.1', ...path])).stdout).toMatch(/^yes: /);
    expect((await ask(installation, ada)).status).toBe(200);
    expect((await grace.run([...asked, '--from', '127.0.0.2', ...path], 1)).stdout).toContain(
      'AddressNotAllowed',
    );
    ada.leave();
  });

  it('ZH-3 is asked before revoking, and is told when the last stream had ended', async () => {
    const ada = await entered();
    const stream = await ada.open(`${installation.applicationOrigin}/api/events`);
    const screen = await yes(['revoke', 'grant', 'by-hand', ...inECase, '--reason', 'Odd downloads']);
    await stream.ended;
    expect(screen).toContain('Open now, and closed by it: ecase/by-hand.');
    expect(screen).toMatch(
      /(The one session|The last of \d sessions) had ended, streams included, by [\d:]+ Europe\/Berlin/,
    );
    expect((await ask(installation, ada)).status).not.toBe(200);
    expect(await reasonOf(installation, 'by-hand')).toBe('Locked');
    ada.leave();
  });

  it('ZH-3 lifts the lock with a reason, and people come in by signing in again', async () => {
    const without = await grace.run(['unlock', 'grant', 'by-hand', ...inECase, '--yes'], 4);
    expect(without.stderr).toContain('say why it may be lifted');
    const screen = await yes(['unlock', 'grant', 'by-hand', ...inECase, '--reason', 'A backup job']);
    expect(screen).toContain('Odd downloads');
    expect(screen).toContain('is lifted');
    await untilActive(installation, 'by-hand');
    const again = await entered();
    await eventually(async () => expect((await ask(installation, again)).status).toBe(200));
    again.leave();
  });

  it('ZH-3 stops everything without a terminal, and only with --yes', async () => {
    const asked = await grace.run(['revoke', 'all'], 4);
    expect(asked.stderr).toContain('there is no terminal to ask at, so nothing was written; add --yes');
    const { stdout } = await grace.run(['revoke', 'all', '--yes']);
    expect(stdout).toContain('Done. Support access to this cluster is stopped.');
    const twice = await grace.run(['revoke', 'all', '--yes']);
    expect(twice.stderr).toContain('Locked already');
    await grace.run(['unlock', 'all', '--yes', '--reason', 'over']);
    await untilActive(installation, 'by-hand');
  });

  it('CC-13 switches support access off and on for the whole cluster', async () => {
    expect(await yes(['policy', 'disable'])).toContain('switched off for the whole cluster');
    expect(await reasonOf(installation, 'by-hand')).toBe('PolicyDisabled');
    const screen = await yes(['policy', 'enable']);
    expect(screen).toContain('Support will see the data of application ecase in namespace ecase');
    expect(screen).toContain('Done. Support access is switched on.');
    await untilActive(installation, 'by-hand');
  });
});

describe('OK-1 a support case', () => aCaseIsLived(() => ({ installation, grace, vendor, yes })));

/** In their order, with the names of the example installation; what asks is answered with yes. */
describe('the commands of docs/plugin.md', () => {
  const page = readFileSync(new URL('../../docs/plugin.md', import.meta.url), 'utf8');
  const application = new URL('../../examples/casepoint-ecase/application.yaml', import.meta.url);
  const lines = commandBlocks(page).flatMap(({ heading, commands }) =>
    commands
      .replaceAll('\\\n', ' ')
      .split('\n')
      .map((line) => ({ heading, line: line.replaceAll(/\s+/g, ' ') })),
  );

  it('are there, for an installation in which no one has typed them', async () => {
    await installation.controlPlane.kubectl(['delete', 'supportaccessgrant', 'case-4711', ...inECase]);
    expect(lines.map(({ heading }) => heading)).toEqual(
      expect.arrayContaining(['Words about time', 'In an emergency', 'Matrices']),
    );
  });

  it.each(lines)('CC-13 $heading: $line', async ({ line }) => {
    const folder = aFolder();
    writeFileSync(join(folder, 'casepoint-ecase-2.yaml'), stringify(nextMatrix()));
    copyFileSync(application, join(folder, 'application.yaml'));
    const terminal = grace.types(line, folder);
    const asks = async (times: number): Promise<boolean> =>
      terminal.until('[y/N]', times).then(
        () => true,
        () => false,
      );
    for (let questions = 1; await asks(questions); questions += 1) terminal.type('y\n');
    // As diff does: 1 says that there is a difference.
    expect({ code: await terminal.ended, screen: terminal.screen() }).toMatchObject({
      code: line.includes(' diff ') ? 1 : 0,
    });
  });

  it('leave nothing locked', async () => {
    await grace.run(['unlock', 'all', '--yes', '--reason', 'the page was tried']);
    await untilActive(installation, 'by-hand');
  });
});

/** The matrix of the example with one action more. */
function nextMatrix(): object {
  const [first, ...modules] = casepointEcase.modules;
  return {
    apiVersion: 'supportaccess.dev/v1beta1',
    kind: 'SupportPermissionMatrix',
    metadata: { name: 'casepoint-ecase-2' },
    spec: { ...casepointEcase, revision: 2, modules: [{ ...first, actions: ['Run Job'] }, ...modules] },
  };
}

describe('CC-14 the vendor’s operations', () => {
  it('CC-14 add a person and deactivate one, with their own rights only', async () => {
    const person = ['mary', '--display-name', 'Mary Somerville', '--user-id', 'cp-1044'];
    const add = ['user', 'add', ...person, '--name-id', 'mary@vendor.example', '--yes'];
    expect((await grace.run(add, 3)).stderr).toContain('support-access-vendor-operations');
    expect((await vendor.run(add)).stdout).toContain('Done. SupportUser mary may be named by grants.');
    const ada = await entered();
    const { stdout } = await vendor.run(['user', 'deactivate', 'ada', '--yes']);
    expect(stdout).toContain('SupportUser ada is deactivated');
    expect((await ask(installation, ada)).status).not.toBe(200);
    ada.leave();
  });
});
