/** The life of a support case, told with the plugin, kubectl and the rights of the chart alone. */
import { expect, it } from 'vitest';
import { type PluginUser, pluginUser } from '../kit/cli/administrator.ts';
import { eventually } from '../kit/clock/eventually.ts';
import type { ExampleInstallation } from '../kit/installation/example-installation.ts';

interface CaseStory {
  readonly installation: ExampleInstallation;
  /** The customer's administrator. */
  readonly grace: PluginUser;
  /** The vendor's operations. */
  readonly vendor: PluginUser;
  /** Answers yes at the administrator's terminal, and returns the screen. */
  readonly yes: (words: readonly string[]) => Promise<string>;
}

const inECase = ['-n', 'ecase'];

/** Declares its tests; the world is there only inside of them. */
export function aCaseIsLived(world: () => CaseStory): void {
  const kubectl = async (who: PluginUser, args: readonly string[], expectFailure = false) =>
    world().installation.controlPlane.kubectl([...args, ...inECase], {
      kubeconfig: who.kubeconfig,
      expectFailure,
    });
  const administrators = [
    { name: 'grace', user: 'grace', email: 'grace@example.com' },
    { name: 'hedy', user: 'hedy', email: 'hedy@example.com' },
  ];

  it('OK-1 OK-2 OK-7 is opened, seen and changed by its owner alone, who needs the right for it', async () => {
    const spec = { administrators, cases: { elevatedContacts: ['hedy'] } };
    await world().installation.controlPlane.kubectl([
      'patch',
      'sapol',
      'default',
      '--type=merge',
      '-p',
      JSON.stringify({ spec }),
    ]);
    const margaret = await pluginUser(
      world().installation.controlPlane,
      'margaret',
      'support-access-case-admin',
    );
    const open = ['case', 'open', 'stuck', ...inECase, '--subject', 'Mail jobs are stuck'];
    expect(await world().yes(open)).toContain('Done. SupportCase stuck is open, and yours.');
    await margaret.run(['case', 'open', 'slow', ...inECase, '--subject', 'Search is slow', '--yes']);
    expect(
      (await world().vendor.run(['case', 'open', 'x', ...inECase, '--subject', 'x', '--yes'], 3)).stderr,
    ).toContain('cannot create');
    for (const [who, own, other] of [
      [world().grace, 'stuck', 'slow'],
      [margaret, 'slow', 'stuck'],
    ] as const) {
      expect((await who.run(['case', 'list', ...inECase])).stdout).toContain(own);
      expect((await who.run(['case', 'list', ...inECase])).stdout).not.toContain(other);
      expect((await kubectl(who, ['get', 'supportcase', own])).stdout).toContain('Open');
      expect((await kubectl(who, ['get', 'supportcase', other], true)).stderr).toContain('Forbidden');
      expect((await kubectl(who, ['get', 'supportcases'], true)).stderr).toContain('Forbidden');
      await kubectl(who, [
        'patch',
        'supportcase',
        own,
        '--type=merge',
        '-p',
        '{"spec":{"description":"Since Monday"}}',
      ]);
    }
  });

  it('OK-4 OK-5 OK-9 has contacts, whom vendor operations read and nothing else of it', async () => {
    const add = ['case', 'add-contact', 'stuck', 'hedy', ...inECase, '--telephone', '+1 202 555 0143'];
    expect(await world().yes(add)).toContain('Done. hedy is a contact of SupportCase stuck.');
    const unknown = await world().grace.run(['case', 'add-contact', 'stuck', 'eve', ...inECase, '--yes'], 1);
    expect(unknown.stderr).toContain('must be the name of an administrator');
    await world().installation.controlPlane.kubectl([
      'create',
      'rolebinding',
      'vendor',
      '--role=support-access-case-contacts-reader',
      '--user=victor',
      '-n',
      'support-access-cases',
    ]);
    const read = ['get', 'configmap', 'ecase.stuck', '-o', 'jsonpath={.data}', '-n', 'support-access-cases'];
    const contacts = await eventually(async () => {
      const { stdout } = await world().installation.controlPlane.kubectl(read, {
        kubeconfig: world().vendor.kubeconfig,
      });
      expect(stdout).toContain('hedy@example.com');
      return stdout;
    });
    expect(contacts).not.toContain('Mail jobs');
    expect((await kubectl(world().vendor, ['get', 'supportcase', 'stuck'], true)).stderr).toContain(
      'Forbidden',
    );
  });

  it('OK-3 is seen and taken over by an elevated contact, and then no more the first owner’s', async () => {
    const hedy = await pluginUser(world().installation.controlPlane, 'hedy', 'support-access-case-admin');
    const all = await eventually(async () => {
      const { stdout } = await kubectl(hedy, ['get', 'supportcases']);
      expect(stdout).toContain('stuck');
      return stdout;
    });
    expect(all).toContain('slow');
    await kubectl(hedy, ['patch', 'supportcase', 'stuck', '--type=merge', '-p', '{"spec":{"owner":"hedy"}}']);
    await eventually(async () => {
      expect((await kubectl(world().grace, ['get', 'supportcase', 'stuck'], true)).stderr).toContain(
        'Forbidden',
      );
    });
    await hedy.run(['case', 'remove-contact', 'stuck', 'hedy', ...inECase, '--yes']);
    const { stdout } = await hedy.run(['case', 'close', 'stuck', ...inECase, '--yes']);
    expect(stdout).toContain('Done. SupportCase stuck is closed.');
    const there = await world().installation.controlPlane.kubectl([
      'get',
      'configmaps',
      '-n',
      'support-access-cases',
      '-o',
      'name',
    ]);
    expect(there.stdout).not.toContain('ecase.stuck');
  });
}
