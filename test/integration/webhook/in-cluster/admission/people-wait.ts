/** What the switch means for people, as admission sees it: who is added while it is off, and when it may go on again. */
import { expect, it } from 'vitest';
import { kinds } from '../../../../../crds/kinds.ts';
import type { KubeClient } from '../../../../../kube/api/client.ts';

interface SwitchWorld {
  /** kubectl as a person. */
  readonly as: (user: string, args: readonly string[], input?: string) => Promise<string>;
  /** The same, of a call that must fail: what it says. */
  readonly refused: (user: string, args: readonly string[], input?: string) => Promise<string>;
  readonly policy: () => { readonly spec: object };
  readonly operator: () => KubeClient;
  readonly admin: () => KubeClient;
}

/** Declares its tests; the clients are there only inside of them. */
export function peopleWaitForTheSwitch({ as, refused, policy, operator, admin }: SwitchWorld): void {
  const off = (users: object) => ({ ...policy(), spec: { ...policy().spec, access: 'Disabled', users } });
  const on = (users: object) => ({ ...policy(), spec: { ...policy().spec, users } });
  const put = async (object: object) => as('grace', ['apply', '-f', '-'], JSON.stringify(object));
  const person = (name: string, access = 'Enabled') =>
    JSON.stringify({
      apiVersion: 'supportaccess.dev/v1beta1',
      kind: 'SupportUser',
      metadata: { name },
      spec: { access, displayName: 'Ada', userId: name, nameID: `${name}@vendor.example` },
    });
  /** As the operator would report it. */
  const report = async (kind: 'SupportAccessPolicy' | 'SupportUser', name: string, status: object) =>
    operator().mergePatch(
      kinds[kind],
      { name },
      { patch: { status }, subresource: 'status', fieldManager: 'test' },
    );

  it('no person is added or let in again where the policy says WhileEnabled, also none who is disabled', async () => {
    const users = { provisioning: 'WhileEnabled' };
    await put(on(users));
    await as('vendor', ['create', '-f', '-'], person('early', 'Disabled'));
    await put(off(users));
    for (const access of ['Enabled', 'Disabled']) {
      const said = await refused('vendor', ['create', '-f', '-'], person('late', access));
      expect(said).toContain('a person must not be added while support access is switched off');
    }
    expect(await refused('vendor', ['apply', '-f', '-'], person('early'))).toContain(
      'must not be let in again',
    );
    await put(off({}));
    await as('vendor', ['create', '-f', '-'], person('any'));
  });

  it('it is not switched on again before everyone is deactivated, where the policy says Deactivate', async () => {
    const users = { whenDisabled: 'Deactivate' };
    await put(off(users));
    const { generation } = (await admin().get(kinds.SupportAccessPolicy, { name: 'default' })).metadata;
    const again = () => refused('grace', ['apply', '-f', '-'], JSON.stringify(on(users)));
    expect(await again()).toContain('the operator has not seen yet that it is Disabled');
    await report('SupportAccessPolicy', 'default', { observedGeneration: generation });
    expect(await again()).toContain(
      '2 of 2 people are not deactivated for good yet, among them SupportUser any',
    );
    const deactivation = { startTime: '2026-12-01T08:00:00Z', reason: 'SwitchedOff' };
    for (const name of ['any', 'early']) await report('SupportUser', name, { deactivation });
    await put(on(users));
    await put(policy());
  });
}
