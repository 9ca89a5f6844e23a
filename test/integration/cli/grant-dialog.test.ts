/** Grants opened and closed by their administrator, with real kubectl at a real terminal, as the operator acts on them. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { SupportAccessGrant } from '../../../crds/generated/support-access-grant.ts';
import { kinds } from '../../../crds/kinds.ts';
import { type PluginUser, pluginUser } from '../../kit/cli/administrator.ts';
import type { AtTerminal } from '../../kit/cli/pseudo-terminal.ts';
import {
  type GrantSetting,
  grantOf,
  putAll,
  putGrant,
  putPolicy,
  untilActive,
} from '../../kit/installation/grant-setting.ts';
import type { ProductProcess } from '../../kit/installation/product-process.ts';
import { useOperatedInstallation } from '../../kit/vitest/use-operated-installation.ts';

const operated = useOperatedInstallation({ running: false });

let operator: ProductProcess;
let grace: PluginUser;
let setting: GrantSetting;

beforeAll(async () => {
  operator = await operated.installation.startOperator();
  grace = await pluginUser(operated.controlPlane, 'grace');
  setting = await operated.aSetting();
  await putAll(setting);
});

const words = (...rest: string[]): string[] => ['grant', ...rest, '-n', setting.namespace];
const accessOf = async (): Promise<string | undefined> => (await grantOf(setting)).spec.access;
const inOneLine = (terminal: AtTerminal): string => terminal.screen().replaceAll(/\s+/g, ' ');
const { env } = { env: { NO_COLOR: '1' } };

async function closed(): Promise<void> {
  await putGrant(setting, { access: 'Disabled' });
  await untilActive(setting, 'Disabled');
}

async function opened(): Promise<void> {
  await putGrant(setting);
  await untilActive(setting, 'Open');
}

describe('CC-13 a change is shown, asked about, written and confirmed', () => {
  it('ZH-10 enabling says whose data is seen and whether it is masked, and Enter means No', async () => {
    await closed();
    const terminal = grace.atTerminal(words('enable', 'case-1'), { env });
    await terminal.until('[y/N]');
    const screen = inOneLine(terminal);
    expect(screen).toContain('- spec.access: Disabled');
    expect(screen).toContain('+ spec.access: Enabled');
    expect(screen).toContain(`This gives access to Ada of Support (${setting.user}).`);
    expect(screen).toContain(
      `Support will see the data of application ecase in namespace ${setting.namespace}`,
    );
    expect(screen).toContain('The matrix ecase-1 masks');
    expect(screen).toContain("From the policy's addresses only: 203.0.113.0/24.");
    expect(screen).toMatch(
      /ends \w{3} \d{4}-\d{2}-\d{2} [\d:]+ Europe\/Berlin \(\d{4}-\d{2}-\d{2}T[\d:]+Z\)/,
    );
    terminal.type('\n');
    expect(await terminal.ended).toBe(5);
    expect(terminal.screen()).toContain('Nothing was changed.');
    expect(await accessOf()).toBe('Disabled');
  });

  it('EC-7 yes writes it, waits until it is open, and says so; colours are for terminals that want them', async () => {
    await closed();
    const terminal = grace.atTerminal(words('enable', 'case-1'));
    await terminal.until('[y/N]');
    expect(terminal.screen()).toContain('\u001b[32m  + spec.access: Enabled\u001b[0m');
    terminal.type('yes\n');
    expect(await terminal.ended).toBe(0);
    expect(inOneLine(terminal)).toContain('Done. SupportAccessGrant case-1');
    expect(inOneLine(terminal)).toContain('Sign-in: https://support.example.com/support-access/sign-in/');
    expect((await grantOf(setting)).status?.activeReason).toBe('Open');
  });

  it('CC-13 what was changed while it was asked is shown anew, and asked anew', async () => {
    await closed();
    const terminal = grace.atTerminal(words('enable', 'case-1'), { env });
    await terminal.until('[y/N]');
    const patch = { spec: { allowedCIDRs: ['203.0.113.9'] } };
    await setting.admin.mergePatch(kinds.SupportAccessGrant, setting.grantRef, { patch });
    terminal.type('y\n');
    await terminal.until('It was changed meanwhile.');
    await terminal.until('From these addresses only: 203.0.113.9');
    expect(await accessOf()).toBe('Disabled');
    terminal.type('\u0003');
    expect(await terminal.ended).toBe(130);
    expect(terminal.screen()).toContain('Interrupted. Nothing was written.');
  });

  it('CC-13 disabling says what ends, and is confirmed when nothing is left', async () => {
    await opened();
    const { stdout, stderr } = await grace.run(words('disable', 'case-1', '--yes'));
    expect(stderr).toContain(`takes access back from ${setting.user}`);
    expect(stdout).toContain('is closed, and no session is left');
    expect((await grantOf(setting)).status?.activeReason).toBe('Disabled');
    const again = await grace.run(words('disable', 'case-1', '--yes'));
    expect(again.stderr).toContain('is disabled already; nothing was changed');
  });

  it('CC-13 without a terminal it never asks, and a dry run stores nothing', async () => {
    await closed();
    const { stderr } = await grace.run(words('enable', 'case-1'), 4);
    expect(stderr).toContain('Support will see the data of application ecase');
    expect(stderr).toContain('--yes, which does it without asking');
    const dry = await grace.run(words('enable', 'case-1', '--dry-run=server', '-o', 'json'));
    expect((JSON.parse(dry.stdout) as SupportAccessGrant).spec.access).toBe('Enabled');
    expect(await accessOf()).toBe('Disabled');
    const named = await grace.run(words('enable', 'case-1', '--yes', '-o', 'name'));
    expect(named.stdout).toBe('supportaccessgrant.supportaccess.dev/case-1\n');
  });

  it('CC-13 Ctrl-C in a wait says what has been written', async () => {
    await opened();
    await operator.kill();
    const terminal = grace.atTerminal(words('disable', 'case-1', '--yes'), { env });
    await terminal.until('Ctrl-C ends only the waiting.');
    terminal.type('\u0003');
    expect(await terminal.ended).toBe(130);
    expect(inOneLine(terminal)).toContain(
      `Interrupted. Already written: SupportAccessGrant case-1 in namespace ${setting.namespace} disabled.`,
    );
    expect(await accessOf()).toBe('Disabled');
    const late = await grace.run(words('enable', 'case-1', '--yes', '--timeout', '1s'), 2);
    expect(late.stderr).toContain('After 1 s it is not confirmed yet');
    operator = await operated.installation.startOperator();
  });
});

describe('a grant from names and plain words', () => {
  const create = (name: string, ...rest: string[]): string[] =>
    words('create', name, '--person', setting.user, '--matrix', 'ecase-1', '--application', 'ecase', ...rest);

  it('ZH-1 EC-6 is made with the absolute instant, and with the addresses of the source document', async () => {
    const { stdout, stderr } = await grace.run(
      create('case-2', '--from', '203.0.113.7;203.0.113.8', '--yes', '--until', '2030-12-06 18:00'),
    );
    expect(stdout).toContain('is open; it ends Fri 2030-12-06 18:00 Europe/Berlin (2030-12-06T17:00:00Z)');
    expect(stderr).toContain('+ spec.allowedCIDRs[]: 203.0.113.8');
    const ref = { ...setting.grantRef, name: 'case-2' };
    const grant = await setting.admin.get<SupportAccessGrant>(kinds.SupportAccessGrant, ref);
    expect(grant.spec.expirationTime).toBe('2030-12-06T17:00:00Z');
    expect(grant.spec.allowedCIDRs).toEqual(['203.0.113.7', '203.0.113.8']);
    const extended = await grace.run(words('extend', 'case-2', 'by', '1h', '--yes'));
    expect(extended.stdout).toContain('(2030-12-06T18:00:00Z)');
    const shorter = await grace.run(words('extend', 'case-2', '--for', '1h', '--yes'), 1);
    expect(shorter.stderr).toContain('grant disable case-2');
  });

  it('EC-6 names each bad address, before anything is asked', async () => {
    const { stderr } = await grace.run(create('case-3', '--from', '203.0.113.7; 10.0.0.1/8', 'for', '4h'), 1);
    expect(stderr).toContain('spec.allowedCIDRs[1]: " 10.0.0.1/8": must not contain white space');
  });

  it('ZH-2 is refused before anything is written where it is shorter or longer than the policy allows', async () => {
    await putPolicy(setting, { duration: { minSeconds: 86_400, maxSeconds: 432_000 } });
    for (const length of ['1h', '6 days']) {
      const { stderr } = await grace.run(create('case-4', '--yes', 'for', length), 1);
      expect(stderr).toContain('the policy asks for at least 1 day and at most 5 days');
    }
    expect((await grace.run(create('case-5', '--yes', 'for', '5 days'))).stdout).toContain('is open');
    await putPolicy(setting);
  });
});

describe('what is wrong is said with the way out', () => {
  it('names the nearest of what does not exist', async () => {
    const { stderr } = await grace.run(words('enable', 'casse-1', '--yes'), 3);
    expect(stderr).toBe(
      `error: no SupportAccessGrant casse-1 in namespace ${setting.namespace}; did you mean case-1?\n`,
    );
  });

  it('says which role has a right that is missing', async () => {
    const viewer = await pluginUser(operated.controlPlane, 'vera', 'support-access-viewer');
    const { stderr } = await viewer.run(words('disable', 'case-1', '--yes'), 3);
    expect(stderr).toContain('"vera" cannot patch');
    expect(stderr).toContain('ClusterRole support-access-administrator');
    const masters = ['--kubeconfig', operated.controlPlane.kubeconfig, '--as', 'vera'];
    const as = await grace.run(words('disable', 'case-1', '--yes', ...masters), 3);
    expect(as.stderr).toContain('"vera" cannot patch');
  });

  it('stays within a narrow screen', async () => {
    await closed();
    const terminal = grace.atTerminal(words('enable', 'case-1'), { columns: 50, env });
    await terminal.until('[y/N]');
    terminal.type('n\n');
    await terminal.ended;
    const long = terminal
      .screen()
      .split('\n')
      .filter((line) => line.length > 50 && /\S\s+\S/.test(line.trim()));
    expect(long.filter((line) => !line.startsWith('Enable'))).toEqual([]);
  });
});
