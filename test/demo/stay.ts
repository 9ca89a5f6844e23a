/** Says how to play with an installation that is up, for people and for programs. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type Credentials,
  type ExampleInstallation,
  people,
} from '../kit/installation/example-installation.ts';
import { applicationHost, supportHost } from '../kit/installation/installation.ts';
import { headOf, recordsFile } from '../kit/records/trail-reading.ts';

export interface Invitation {
  readonly kubeconfig: string;
  readonly gateway: string;
  readonly hosts: Readonly<Record<string, string>>;
  readonly ca: string;
  readonly signIn: string;
  readonly whoami: string;
  readonly application: string;
  readonly idp: { readonly entityId: string; readonly metadata: string };
  readonly people: readonly Credentials[];
  readonly records: { readonly print: string; readonly verify: string };
}

const plugin = fileURLToPath(new URL('../../cli/kubectl-support_access', import.meta.url));

/** Everything that a program needs to play, as plain data. Writes the authority's certificate to a file. */
export async function invitation(installation: ExampleInstallation): Promise<Invitation> {
  const { controlPlane, product, idp, origin } = installation;
  const ca = join(controlPlane.directory, 'gateway-ca.crt');
  writeFileSync(ca, product.ca);
  const head = await headOf(installation);
  const at = `127.0.0.1:${product.gateway.port}`;
  return {
    kubeconfig: controlPlane.kubeconfig,
    gateway: origin,
    hosts: { [supportHost]: at, [applicationHost]: at },
    ca,
    signIn: installation.signInUrl,
    whoami: `${origin}/support-access/whoami`,
    application: `${installation.applicationOrigin}/`,
    idp: { entityId: idp.entityID, metadata: idp.metadataURL },
    people: people.map(({ name, user, password }) => ({ name, user, password })),
    records: {
      print: `${plugin} records print --file ${recordsFile(installation)}`,
      verify: `${plugin} records verify --file ${recordsFile(installation)} --head ${head}`,
    },
  };
}

/** The same for a person. */
export async function howToPlay(installation: ExampleInstallation): Promise<string> {
  const facts = await invitation(installation);
  const [first] = facts.people;
  return `
Everything is up. It stays until you press Ctrl-C, and leaves nothing behind.

  As the customer's administrator
    export KUBECONFIG=${facts.kubeconfig}
    ${installation.controlPlane.binaries.kubectl} get sapol,sag,sapp,suser,spm,ssess -A
    ${installation.controlPlane.binaries.kubectl} patch sapol default --type=merge -p '{"spec":{"access":"Disabled"}}'

  As ${first?.name}, a support engineer: user ${first?.user}, password ${first?.password}
    ${facts.signIn}
    (browsers find *.localhost by themselves; the gateway's certificates are signed by ${facts.ca})

  The trail
    ${facts.records.print}
    ${facts.records.verify}
`;
}
