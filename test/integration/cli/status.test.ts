/** How access stands, asked by its administrator with real kubectl: `status`, `sessions` and `can-i` as the operator acts. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type PluginUser, pluginUser } from '../../kit/cli/administrator.ts';
import { call } from '../../kit/cli/call.ts';
import {
  type GrantSetting,
  lock,
  putAll,
  putGrant,
  putPolicy,
  putUser,
  unlock,
  untilActive,
} from '../../kit/installation/grant-setting.ts';
import { useOperatedInstallation } from '../../kit/vitest/use-operated-installation.ts';

const operated = useOperatedInstallation({ running: true });

let grace: PluginUser;
let setting: GrantSetting;

beforeAll(async () => {
  grace = await pluginUser(operated.controlPlane, 'grace');
  await pluginUser(operated.controlPlane, 'grace', 'view');
  setting = await operated.aSetting();
  await putAll(setting);
});

const inOneLine = (text: string): string => text.replaceAll(/\s+/g, ' ');

/** The longest line; a word that is longer than a line, as an address to sign in at, stays whole. */
function widest(text: string): number {
  const breakable = text.split('\n').filter((line) => line.slice(14).trim().includes(' '));
  return Math.max(0, ...breakable.map((line) => line.length));
}

/** The plugin in this process, as a person of that kubeconfig; it must end with this code. */
async function called({ kubeconfig }: PluginUser, words: readonly string[], code = 0) {
  const result = await call([...words, '--kubeconfig', kubeconfig], { zone: 'Europe/Berlin' });
  expect(result).toMatchObject({ code });
  return { stdout: result.out, stderr: result.err };
}

/** What the screen says, and that it fits one of 80 columns. */
async function screen(...words: string[]): Promise<string> {
  const { stdout } = await called(grace, words);
  expect(widest(stdout)).toBeLessThanOrEqual(80);
  return inOneLine(stdout);
}

const status = async (...words: string[]): Promise<string> =>
  screen('status', 'case-1', '-n', setting.namespace, ...words);
const canI = (...words: string[]): string[] => ['can-i', setting.user, '-n', setting.namespace, ...words];
const listed = ['--from', '203.0.113.7'];

describe('status of a grant', () => {
  it('ZH-1 EC-6 says on one screen who may come in, from where, until when and to what', async () => {
    const said = await status();
    expect(said).toContain('Open yes');
    expect(said).toMatch(
      /When until \w{3} [\d-]+ [\d:]+ Europe\/Berlin \([\d-]+T[\d:]+Z\), (?:1 hour|\d+ minutes) from now/,
    );
    expect(said).toContain(`Who Ada of Support (${setting.user}): may come in`);
    expect(said).toContain('From 203.0.113.0/24 ');
    expect(said).toContain('Masking matrix ecase-1 masks every class of data');
    expect(said).toContain('Locks none Sessions none');
    expect(said).toContain('Sign-in https://support.example.com/support-access/sign-in/');
  });

  it('says why the records are not shown, and does not fail for that', async () => {
    expect(await status()).toMatch(/Last actions not shown: \S.*(records|installation|pod)/);
  });

  it('ZH-3 names every reason that keeps it closed, in words, each with what would open it', async () => {
    await putPolicy(setting, { access: 'Disabled' });
    await putGrant(setting, { access: 'Disabled', allowedCIDRs: ['198.51.100.0/24'] });
    await lock(setting.admin, `ns.${setting.namespace}`);
    await putUser(setting, setting.user, { access: 'Disabled' });
    await untilActive(setting, 'Locked');
    const said = await status();
    expect(said).toContain('Open no: ');
    const where = `-n ${setting.namespace}`;
    for (const wayOut of [
      'policy enable',
      `grant enable case-1 ${where}`,
      `unlock namespace ${setting.namespace} --reason`,
    ])
      expect(said).toContain(`Way out: kubectl support-access ${wayOut}`);
    expect(said).toContain('kept out. spec.access of SupportUser');
    expect(said).toContain("From nowhere: the grant's addresses and the policy's have none in common");
    expect(said).toContain(`Locks ns.${setting.namespace}: drill`);
    await unlock(setting.admin, `ns.${setting.namespace}`);
    await putAll(setting);
  });

  it('is data for programs, and a name for pipes', async () => {
    const { stdout } = await called(grace, ['status', 'case-1', '-n', setting.namespace, '-o', 'json']);
    const report = JSON.parse(stdout) as { open: boolean; people: unknown[]; closings: unknown[] };
    expect(report).toMatchObject({
      open: true,
      closings: [],
      people: [{ name: setting.user, mayComeIn: true }],
    });
    expect(await status('-o', 'name')).toBe('supportaccessgrant.supportaccess.dev/case-1 ');
  });

  it('names the nearest grant where there is none of that name', async () => {
    const { stderr } = await called(grace, ['status', 'casse-1', '-n', setting.namespace], 3);
    expect(stderr).toContain('did you mean case-1?');
    const { stderr: anywhere } = await called(grace, ['status', 'nothing', '-A'], 3);
    expect(anywhere).toContain('no SupportAccessGrant nothing');
  });
});

describe('status of the installation', () => {
  it('has switch, locks, people, grants and sessions on one screen, and says what is not well', async () => {
    const { stdout } = await grace.run(['status']);
    expect(stdout.split('\n').length).toBeLessThanOrEqual(24);
    expect(widest(stdout)).toBeLessThanOrEqual(80);
    const said = inOneLine(stdout);
    expect(said).toContain('Support access on: the policy is enabled');
    expect(said).toContain('Locks none');
    expect(said).toMatch(/People \d+ active/);
    expect(said).toMatch(/Grants \d+ open, \d+ closed/);
    expect(said).toContain(`${setting.namespace}/case-1`.slice(0, 20));
    expect(said).toContain('No one is signed in.');
  });

  it('says what may not be read, and shows the rest', async () => {
    const luke = await pluginUser(operated.controlPlane, 'luke', 'support-access-locker');
    const { stdout } = await called(luke, ['status']);
    const said = inOneLine(stdout);
    expect(said).toContain('Locks none');
    expect(said).toContain('Grants not known, as you may not list supportaccessgrants.supportaccess.dev');
  });
});

describe('sessions', () => {
  it('say that no one is in, and refuse names that no one has', async () => {
    const none = await called(grace, ['sessions', '-n', setting.namespace, '--grant', 'case-1']);
    expect(none).toMatchObject({
      stdout: '',
      stderr: expect.stringContaining('No one is signed in') as string,
    });
    const wrong = await called(grace, ['sessions', '-n', setting.namespace, '--grant', 'casse-1'], 3);
    expect(wrong.stderr).toContain('did you mean case-1?');
    const data = await called(grace, ['sessions', '-A', '-o', 'json']);
    expect(JSON.parse(data.stdout)).toMatchObject({ kind: 'List', items: [] });
  });
});

describe('can-i', () => {
  it('EC-6 is yes from a listed address with exit code 0, and no from another with 1 and the way out', async () => {
    // By real kubectl, which gives the exit code on.
    const yes = await grace.run(canI(...listed));
    expect(yes.stdout).toMatch(/^yes: /);
    expect(inOneLine(yes.stdout)).toContain('if nothing changes.');
    const no = await grace.run(canI('--from', '198.51.100.1'), 1);
    expect(inOneLine(no.stdout)).toContain("198.51.100.1 is not on the policy's list");
    expect(inOneLine(no.stdout)).toContain('Way out: add the address to spec.allowedCIDRs');
    expect(widest(no.stdout)).toBeLessThanOrEqual(80);
  });

  it('asks the matrix about an action, and the routes about a request', async () => {
    const host = `https://${setting.namespace}.apps.example.com`;
    await called(grace, canI(...listed, '--module', 'Email Log', '--action', 'Read'));
    const unlisted = await called(grace, canI(...listed, '--module', 'Email Log', '--action', 'Delete'), 1);
    expect(unlisted.stdout).toContain('ActionNotAllowed');
    await called(grace, canI(...listed, '--url', `${host}/log?page=2`));
    await called(grace, canI(...listed, '--path', '/log'));
    expect((await called(grace, canI(...listed, '--path', '/log', '--method', 'POST'), 1)).stdout).toContain(
      'NoRoute',
    );
    const elsewhere = await called(grace, canI(...listed, '--url', 'https://other.apps.example.com/log'), 1);
    expect(inOneLine(elsewhere.stdout)).toContain('other.apps.example.com is another host');
    const odd = await called(grace, canI(...listed, '--path', '/a//b'), 1);
    expect(inOneLine(odd.stdout)).toContain('does not name EmptySegments in spec.pathForms');
    expect((await called(grace, canI(...listed, '--path', '/a/../b'), 4)).stderr).toContain('must not');
  });

  it('cannot tell what its caller may not read, with exit code 3 and the right that is missing', async () => {
    const vera = await pluginUser(operated.controlPlane, 'vera', 'support-access-viewer');
    const { stdout } = await called(vera, canI(...listed), 3);
    expect(stdout).toMatch(/^cannot tell: /);
    expect(inOneLine(stdout)).toContain(`you may not get services ecase in namespace ${setting.namespace}`);
    // What is certain is a no all the same.
    expect((await called(vera, canI('--from', '198.51.100.1'), 1)).stdout).toMatch(/^no: /);
  });

  it('names the nearest of what does not exist, and wants an address', async () => {
    const wrong = await called(grace, ['can-i', `${setting.user}x`, '-n', setting.namespace, ...listed], 3);
    expect(wrong.stderr).toContain(`did you mean ${setting.user}?`);
    const grant = await called(grace, canI('--grant', 'casse-1', ...listed), 3);
    expect(grant.stderr).toContain('did you mean case-1?');
    expect((await called(grace, canI(), 4)).stderr).toContain('--from 203.0.113.7');
  });

  it('ZH-1 is asked about a later moment: no after the end', async () => {
    const { stdout } = await called(grace, canI(...listed, '--at', '2099-01-01T00:00:00Z'), 1);
    expect(stdout).toContain('Expired');
    const past = await called(grace, canI(...listed, '--at', '2020-01-01T00:00:00Z'), 4);
    expect(past.stderr).toContain('see what happened with kubectl support-access records print');
  });
});
