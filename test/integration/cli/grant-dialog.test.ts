/** A grant opened and closed by its administrator, with real kubectl at a real terminal, as the operator acts on it. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { SupportAccessGrant } from '../../../crds/generated/support-access-grant.ts';
import { type PluginUser, pluginUser } from '../../kit/cli/administrator.ts';
import {
  type GrantSetting,
  grantOf,
  putAll,
  putGrant,
  untilActive,
} from '../../kit/installation/grant-setting.ts';
import { useOperatedInstallation } from '../../kit/vitest/use-operated-installation.ts';

const operated = useOperatedInstallation({ running: true });

let grace: PluginUser;
let setting: GrantSetting;

beforeAll(async () => {
  grace = await pluginUser(operated.controlPlane, 'grace');
  setting = await operated.aSetting();
  await putAll(setting);
});

const words = (...rest: string[]): string[] => ['grant', ...rest, '-n', setting.namespace];
const accessOf = async (): Promise<string | undefined> => (await grantOf(setting)).spec.access;

async function closed(): Promise<void> {
  await putGrant(setting, { access: 'Disabled' });
  await untilActive(setting, 'Disabled');
}

describe('CC-13 a change is shown, asked about, written and confirmed', () => {
  it('CC-13 EC-7 ZH-10 enabling says whose data is seen and whether it is masked, and Enter means No', async () => {
    await closed();
    const terminal = grace.atTerminal(words('enable', 'case-1'));
    await terminal.until('[y/N]');
    const screen = terminal.screen().replaceAll(/\s+/g, ' ');
    expect(screen).toContain('- spec.access: Disabled');
    expect(screen).toContain('+ spec.access: Enabled');
    expect(screen).toContain(`This gives access to Ada of Support (${setting.user}).`);
    expect(screen).toContain(
      `Support will see the data of application ecase in namespace ${setting.namespace}`,
    );
    expect(screen).toContain('The matrix ecase-1 masks');
    expect(screen).toContain('From the policy’s addresses only: 203.0.113.0/24.'.replace('’', "'"));
    expect(screen).toMatch(
      /ends \w{3} \d{4}-\d{2}-\d{2} [\d:]+ Europe\/Berlin \(\d{4}-\d{2}-\d{2}T[\d:]+Z\)/,
    );
    terminal.type('\n');
    expect(await terminal.ended).toBe(5);
    expect(terminal.screen()).toContain('Nothing was changed.');
    expect(await accessOf()).toBe('Disabled');
  });

  it('CC-13 EC-7 yes writes it, waits until it is open, and says so', async () => {
    await closed();
    const terminal = grace.atTerminal(words('enable', 'case-1'));
    await terminal.until('[y/N]');
    terminal.type('yes\n');
    expect(await terminal.ended).toBe(0);
    const screen = terminal.screen().replaceAll(/\s+/g, ' ');
    expect(screen).toContain('Done. SupportAccessGrant case-1');
    expect(screen).toContain('Sign-in: https://support.example.com/support-access/sign-in/');
    const { status }: SupportAccessGrant = await grantOf(setting);
    expect(status?.activeReason).toBe('Open');
  });

  it('CC-13 disabling says what ends, and is confirmed when nothing is left', async () => {
    await putGrant(setting);
    await untilActive(setting, 'Open');
    const { stdout, stderr } = await grace.run(words('disable', 'case-1', '--yes'));
    expect(stderr).toContain(`takes access back from ${setting.user}`);
    expect(stdout).toContain('is closed, and no session is left');
    expect((await grantOf(setting)).status?.activeReason).toBe('Disabled');
  });
});
