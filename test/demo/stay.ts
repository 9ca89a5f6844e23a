/** Says how to play with a stage that is up, for people and for programs. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  applicationHost,
  type Credentials,
  people,
  type Stage,
  supportHost,
} from '../kit/installation/stage.ts';
import { recordsFile } from './story.ts';

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
export function invitation(stage: Stage): Invitation {
  const { controlPlane, product, idp, origin } = stage;
  const ca = join(controlPlane.directory, 'gateway-ca.crt');
  writeFileSync(ca, product.ca);
  const at = `127.0.0.1:${product.gateway.port}`;
  return {
    kubeconfig: controlPlane.kubeconfig,
    gateway: origin,
    hosts: { [supportHost]: at, [applicationHost]: at },
    ca,
    signIn: stage.signInUrl,
    whoami: `${origin}/support-access/whoami`,
    application: `${stage.applicationOrigin}/`,
    idp: { entityId: idp.entityID, metadata: idp.metadataURL },
    people: people.map(({ name, user, password }) => ({ name, user, password })),
    records: {
      print: `${plugin} records print --file ${recordsFile(stage)}`,
      verify: `${plugin} records verify --file ${recordsFile(stage)}`,
    },
  };
}

/** The same for a person. */
export function howToPlay(stage: Stage): string {
  const facts = invitation(stage);
  const [first] = facts.people;
  return `
Everything is up. It stays until you press Ctrl-C, and leaves nothing behind.

  As the customer's administrator
    export KUBECONFIG=${facts.kubeconfig}
    ${stage.controlPlane.binaries.kubectl} get sapol,sag,sapp,suser,spm,ssess -A
    ${stage.controlPlane.binaries.kubectl} patch sapol default --type=merge -p '{"spec":{"access":"Disabled"}}'

  As ${first?.name}, a support engineer: user ${first?.user}, password ${first?.password}
    ${facts.signIn}
    (browsers find *.localhost by themselves; the gateway's certificates are signed by ${facts.ca})

  The trail
    ${facts.records.print}
    ${facts.records.verify}
`;
}
