/** The ways in which R3 takes access back, and those in which it is opened anew after it: one write to the API server each. */
import { setTimeout as delay } from 'node:timers/promises';
import { mergePatch } from '../../kit/control-plane/caller.ts';
import type { ExampleInstallation } from '../../kit/installation/example-installation.ts';
import { aLock, liftLock, uidOf } from '../../kit/people/customer.ts';

const api = '/apis/supportaccess.dev/v1beta1';

export interface Of {
  readonly installation: ExampleInstallation;
  readonly grant: string;
}

export interface Taking {
  /** Resolves when the API server has acknowledged it, or when its time has come. */
  readonly takeBack: () => Promise<void>;
  readonly openAnew?: () => Promise<void>;
}

export interface WayBack {
  readonly name: string;
  readonly prepare: (of: Of) => Promise<Taking>;
}

async function sent({ installation }: Of, method: string, path: string, body: object): Promise<void> {
  const contentType = method === 'PATCH' ? mergePatch : 'application/json';
  const { status, text } = await installation.controlPlane.admin.send(method, path, { body, contentType });
  if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
}

const grantPath = ({ grant }: Of): string => `${api}/namespaces/ecase/supportaccessgrants/${grant}`;
const policyPath = (): string => `${api}/supportaccesspolicies/default`;
const userPath = (): string => `${api}/supportusers/ada`;

const patched = (of: Of, path: string, spec: object) => async (): Promise<void> =>
  sent(of, 'PATCH', path, { spec });

const offAndOn = (name: string, pathOf: (of: Of) => string): WayBack => ({
  name,
  prepare: async (of) => ({
    takeBack: patched(of, pathOf(of), { access: 'Disabled' }),
    openAnew: patched(of, pathOf(of), { access: 'Enabled' }),
  }),
});

async function locked(of: Of, lock: string): Promise<Taking> {
  const body = JSON.parse(aLock(lock)) as object;
  return { takeBack: () => sent(of, 'POST', `${api}/supportaccesslocks`, body) };
}

const lockOf = async ({ installation, grant }: Of): Promise<string> =>
  `grant.${await uidOf(installation, ['-n', 'ecase', 'sag', grant])}`;

/** Far enough away that it was written before it came. */
const untilExpiryMs = 3000;

export const waysBack: readonly WayBack[] = [
  { name: 'a lock', prepare: async (of) => locked(of, await lockOf(of)) },
  {
    name: 'a lock, lifted again',
    prepare: async (of) => ({
      ...(await locked(of, 'all')),
      openAnew: () => liftLock(of.installation, 'all'),
    }),
  },
  {
    name: 'the grant disabled',
    prepare: async (of) => ({ takeBack: patched(of, grantPath(of), { access: 'Disabled' }) }),
  },
  offAndOn('the grant disabled and enabled again', grantPath),
  offAndOn('the policy disabled and enabled again', policyPath),
  offAndOn('the user disabled and enabled again', userPath),
  {
    name: 'the person removed and named again',
    prepare: async (of) => ({
      takeBack: patched(of, grantPath(of), { userRefs: [{ name: 'charles' }] }),
      openAnew: patched(of, grantPath(of), { userRefs: [{ name: 'ada' }, { name: 'charles' }] }),
    }),
  },
  {
    name: 'expiry',
    prepare: async (of) => ({
      takeBack: async () => {
        // Whole seconds, as the API server keeps them.
        const at = Math.ceil((Date.now() + untilExpiryMs) / 1000) * 1000;
        await patched(of, grantPath(of), { expirationTime: new Date(at).toISOString() })();
        while (Date.now() < at) await delay(at - Date.now());
      },
    }),
  },
];
