/** Gives a test file an installation of its own to operate on, and reads the status laws after each of its tests. */
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { SupportAccessGrant } from '../../../crds/generated/support-access-grant.ts';
import { kinds } from '../../../crds/kinds.ts';
import { createWatchCache, type WatchCache } from '../../../kube/watch/watch-cache.ts';
import type { OwnControlPlane } from '../control-plane/control-plane.ts';
import { aNamespace } from '../control-plane/namespaces.ts';
import { aGrantSetting, type GrantSetting } from '../installation/grant-setting.ts';
import { installForOperator, type OperatedInstallation } from '../installation/operated-installation.ts';
import { expectStatusLaws, TransitionWitness } from '../laws/status-laws.ts';
import { dedicatedControlPlane } from './use-control-plane.ts';

export interface Operated {
  readonly controlPlane: OwnControlPlane;
  readonly installation: OperatedInstallation;
  /** A namespace, a person and a grant's name of the test's own. */
  aSetting(): Promise<GrantSetting>;
  /** Types of the records about a grant, in their order. */
  typesOf(grantUid: string): Promise<string[]>;
}

/** Call at the top of a file; the result may be used inside tests. `running`: with an operator process from the start. */
export function useOperatedInstallation({ running }: { readonly running: boolean }): Operated {
  let parts: { controlPlane: OwnControlPlane; installation: OperatedInstallation } | undefined;
  let grants: WatchCache<SupportAccessGrant> | undefined;
  const transitions = new TransitionWitness();
  const here = () => {
    if (parts === undefined) throw new Error('the installation is only there inside tests');
    return parts;
  };
  beforeAll(async () => {
    const controlPlane = await dedicatedControlPlane();
    parts = { controlPlane, installation: await installForOperator(controlPlane) };
    grants = createWatchCache<SupportAccessGrant>(parts.installation.admin, kinds.SupportAccessGrant);
    grants.onChange(({ type, object }) => type !== 'deleted' && transitions.see(object));
    grants.start();
    if (running) await parts.installation.startOperator();
  });
  afterAll(async () => {
    await grants?.stop();
    await parts?.installation.stop();
  });
  afterEach(async () => {
    const { installation } = here();
    const { items } = await installation.admin.list<SupportAccessGrant>(kinds.SupportAccessGrant);
    expect(transitions.broken).toEqual([]);
    expectStatusLaws({ grants: items, records: await installation.records.all(), now: Date.now() });
  });
  return {
    get controlPlane() {
      return here().controlPlane;
    },
    get installation() {
      return here().installation;
    },
    aSetting: async () => aGrantSetting(here().installation.admin, await aNamespace(here().controlPlane)),
    typesOf: async (uid) => {
      const records = await here().installation.records.all();
      return records.filter(({ grant }) => grant?.uid === uid).map(({ type }) => type);
    },
  };
}
