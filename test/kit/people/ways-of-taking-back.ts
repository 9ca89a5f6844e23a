/** Every way in which a customer takes access back, as one request to the API server each, and how it is put right. */

import type { AdminResponse } from '../control-plane/admin-requests.ts';
import { type ExampleInstallation, type Manifest, people } from '../installation/example-installation.ts';
import { aLock, liftLock, patchSpec, uidOf } from './customer.ts';

const api = '/apis/supportaccess.dev/v1beta1';
const inGrantsNamespace = `${api}/namespaces/ecase`;

export interface Taken {
  readonly installation: ExampleInstallation;
  /** The grant's name. */
  readonly grant: string;
  /** The name of the SupportUser who is signed in. */
  readonly user: string;
}

export interface Way {
  readonly name: string;
  /** Who is signed in; the first of the demo's people where it does not matter. */
  readonly who?: (typeof people)[number];
  /** Everything that takes long, done before; returns the one write. */
  readonly prepare: (taken: Taken) => Promise<() => Promise<AdminResponse>>;
  readonly mend?: (taken: Taken) => Promise<void>;
}

const write =
  ({ installation }: Taken, path: string, spec: object) =>
  (): Promise<AdminResponse> =>
    installation.controlPlane.admin.send('PATCH', path, {
      contentType: 'application/merge-patch+json',
      body: { spec },
    });

const remove =
  ({ installation }: Taken, path: string) =>
  (): Promise<AdminResponse> =>
    installation.controlPlane.admin.send('DELETE', path);

const lockWay = (name: string, nameOf: (taken: Taken) => Promise<string>, who?: Way['who']): Way => ({
  name,
  ...(who ? { who } : {}),
  prepare: async (taken) => {
    const body: unknown = JSON.parse(aLock(await nameOf(taken)));
    return () => taken.installation.controlPlane.admin.send('POST', `${api}/supportaccesslocks`, { body });
  },
  mend: async (taken) => liftLock(taken.installation, await nameOf(taken)),
});

const grantPath = ({ grant }: Taken): string => `${inGrantsNamespace}/supportaccessgrants/${grant}`;
const userPath = ({ user }: Taken): string => `${api}/supportusers/${user}`;
const policyPath = `${api}/supportaccesspolicies/default`;

async function sessionPath(taken: Taken): Promise<string> {
  const uid = await uidOf(taken.installation, ['-n', 'ecase', 'sag', taken.grant]);
  const words = ['get', '-n', 'ecase', 'ssess', '-l', `supportaccess.dev/grant-uid=${uid}`, '-o', 'name'];
  const { stdout } = await taken.installation.kubectl(words);
  return `${inGrantsNamespace}/supportsessions/${stdout.trim().split('/')[1]}`;
}

async function recreate({ installation, user }: Taken): Promise<void> {
  const person = people.find(({ user: name }) => name === user);
  const manifest: Manifest = {
    apiVersion: 'supportaccess.dev/v1beta1',
    kind: 'SupportUser',
    metadata: { name: user },
    spec: {
      displayName: person?.name,
      userId: person?.userId,
      nameID: person?.nameID,
      attributes: [{ name: 'userId', value: person?.userId }],
    },
  };
  await installation.kubectl(['create', '-f', '-'], JSON.stringify(manifest));
}

const elsewhere = { allowedCIDRs: ['203.0.113.0/24'] };

/** Expiry is not among them: it takes no write. */
export const waysOfTakingBack: readonly Way[] = [
  lockWay('a lock on everything', async () => 'all'),
  lockWay('a lock on the namespace', async () => 'ns.ecase'),
  lockWay('a lock on the grant', async ({ installation, grant }) => {
    return `grant.${await uidOf(installation, ['-n', 'ecase', 'sag', grant])}`;
  }),
  lockWay(
    'a lock on the user',
    async ({ installation, user }) => `user.${await uidOf(installation, ['suser', user])}`,
  ),
  {
    name: 'switching the policy off',
    prepare: async (taken) => write(taken, policyPath, { access: 'Disabled' }),
    mend: ({ installation }) => patchSpec(installation, ['sapol/default'], { access: 'Enabled' }),
  },
  {
    name: 'taking the address off the policy’s list',
    prepare: async (taken) => write(taken, policyPath, elsewhere),
    mend: ({ installation }) =>
      patchSpec(installation, ['sapol/default'], { allowedCIDRs: ['127.0.0.0/8', '203.0.113.0/24'] }),
  },
  {
    name: 'disabling the grant',
    prepare: async (taken) => write(taken, grantPath(taken), { access: 'Disabled' }),
  },
  {
    name: 'taking the address off the grant’s list',
    prepare: async (taken) => write(taken, grantPath(taken), elsewhere),
  },
  {
    name: 'shortening the grant to the past',
    prepare: async (taken) => write(taken, grantPath(taken), { expirationTime: '2026-01-01T00:00:00Z' }),
  },
  { name: 'deleting the grant', prepare: async (taken) => remove(taken, grantPath(taken)) },
  { name: 'deleting the session', prepare: async (taken) => remove(taken, await sessionPath(taken)) },
  {
    name: 'disabling the user',
    who: people[1],
    prepare: async (taken) => write(taken, userPath(taken), { access: 'Disabled' }),
    mend: ({ installation, user }) => patchSpec(installation, [`suser/${user}`], { access: 'Enabled' }),
  },
  {
    name: 'deleting the user',
    who: people[1],
    prepare: async (taken) => remove(taken, userPath(taken)),
    mend: recreate,
  },
];
