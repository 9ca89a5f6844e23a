/** Says how to play with an installation that is up, for people and for programs. */
import { createHash, X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type Credentials,
  type ExampleInstallation,
  ownPort,
  people,
} from '../kit/installation/example-installation.ts';
import { applicationHost, ownHost, supportHost } from '../kit/installation/installation.ts';
import { headOf, recordsFile } from '../kit/records/trail-reading.ts';
import { logsFolder } from './logs.ts';

export interface Invitation {
  readonly kubeconfig: string;
  /** The folders of kubectl and of the plugin, for PATH. */
  readonly path: readonly string[];
  readonly gateway: string;
  readonly hosts: Readonly<Record<string, string>>;
  readonly ca: string;
  /** What Chromium takes to trust the gateway's certificate and no other: base64 of the SHA-256 of its key. */
  readonly certificateKey: string;
  readonly signIn: string;
  readonly whoami: string;
  readonly application: string;
  readonly own: {
    readonly signIn: string;
    readonly application: string;
    readonly port: number;
    readonly services: string;
  };
  readonly idp: { readonly entityId: string; readonly metadata: string };
  readonly people: readonly Credentials[];
  readonly logs: { readonly product: string; readonly controlPlane: string };
  readonly records: { readonly print: string; readonly verify: string };
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Everything that a program needs to play, as plain data. Writes the authority's certificate to a file. */
export async function invitation(installation: ExampleInstallation): Promise<Invitation> {
  const { controlPlane, product, idp, origin, signInUrl } = installation;
  const ca = join(controlPlane.directory, 'gateway-ca.crt');
  writeFileSync(ca, product.ca);
  const head = await headOf(installation);
  const at = `127.0.0.1:${product.gateway.port}`;
  const plugin = 'kubectl support-access';
  return {
    kubeconfig: controlPlane.kubeconfig,
    path: [join(controlPlane.binaries.kubectl, '..'), join(root, 'cli')],
    gateway: origin,
    hosts: { [supportHost]: at, [applicationHost]: at, [ownHost]: at },
    ca,
    certificateKey: keyOf(product.certificate),
    signIn: signInUrl,
    whoami: `${origin}/support-access/whoami`,
    application: `${installation.applicationOrigin}/`,
    own: {
      signIn: signInUrl.replace('case-4711', 'own'),
      application: `https://${ownHost}:${product.gateway.port}/`,
      port: ownPort,
      services: product.resolveMap,
    },
    idp: { entityId: idp.entityID, metadata: idp.metadataURL },
    people: people.map(({ name, user, password }) => ({ name, user, password })),
    logs: { product: logsFolder(), controlPlane: controlPlane.directory },
    records: {
      print: `${plugin} records print --file ${recordsFile(installation)}`,
      verify: `${plugin} records verify --file ${recordsFile(installation)} --head ${head}`,
    },
  };
}

function keyOf(certificate: string): string {
  const key = new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(key).digest('base64');
}

/** The same for a person. Commands stand alone in their lines, indented by four; each can be copied as it is. */
export async function howToPlay(installation: ExampleInstallation): Promise<string> {
  const facts = await invitation(installation);
  return `
Everything is up. It stays until you press Ctrl-C, and leaves nothing behind.
Commands begin in the folder of this repository.

${[
  asAdministrator(facts),
  asEngineer(facts),
  inBrowser(facts),
  locking(),
  ownApplication(facts),
  looking(facts),
].join('\n\n')}
`;
}

function asAdministrator({ kubeconfig, path }: Invitation): string {
  return `As the customer's administrator
    export KUBECONFIG=${kubeconfig} PATH=${path.join(':')}:$PATH
    kubectl get sapol,sag,sapp,suser,spm,ssess,salock -A
    kubectl describe sag case-4711 -n ecase
    kubectl support-access status -A
    kubectl support-access status case-4711 -n ecase
    kubectl support-access sessions -A
    kubectl support-access can-i ada -n ecase --from 127.0.0.1
  All its commands: kubectl support-access --help`;
}

function asEngineer({ people: [ada], signIn, application }: Invitation): string {
  return `As ${ada?.name}, a support engineer of the vendor: user ${ada?.user}, password ${ada?.password}
  sign in:          ${signIn}
  the application:  ${application}
  Browsers find *.localhost by themselves.`;
}

function inBrowser({ ca, certificateKey, signIn }: Invitation): string {
  return `The gateway's certificate is signed by an authority of this demo alone. Three ways to trust it:
  a Chromium or Chrome with a profile of its own, which trusts this one certificate:
    chromium --user-data-dir="$(mktemp -d)" --ignore-certificate-errors-spki-list=${certificateKey} ${signIn}
  Firefox: Settings, Privacy & Security, Certificates, View Certificates, Authorities, Import: ${ca}
  curl:
    curl --silent --show-error --fail --cacert ${ca} ${signIn.replace(/sign-in.*/, 'saml/metadata')}`;
}

function locking(): string {
  return `Stop all access at once, and lift it again
    kubectl create -f examples/lock.yaml
    kubectl annotate salock all supportaccess.dev/unlock-reason='It was a false alarm'
    kubectl delete salock all
  The same by the plugin, which says when the last session has ended:
    kubectl support-access revoke all --reason 'To try it' --yes
    kubectl support-access unlock all --reason 'It was a trial' --yes`;
}

function ownApplication({ own }: Invitation): string {
  return `Put an application of your own behind it. Start it on 127.0.0.1:${own.port}, then
    kubectl apply -f examples/own-application.yaml
  sign in:          ${own.signIn}
  the application:  ${own.application}
  Another port: change it in the file that says where Services listen; it is read again at the next request.
    sed -i 's/:${own.port}/:3000/' ${own.services}`;
}

function looking({ logs, records }: Invitation): string {
  return `Where to look
    ${records.print}
    ${records.verify}
    tail -n 5 ${logs.product}/*.log
  The control plane's logs: ${logs.controlPlane}/*.log
  Pods of yours stay Pending: this is a control plane without a node. The applications run as processes beside it.`;
}
