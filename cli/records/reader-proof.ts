/**
 * Proves to the records who the caller is: by the client certificate of the kubeconfig, or by the reader account that the
 * installation has for them. A token for the API server is never shown to the records: it would be as good as the person.
 */
import { readerAccount } from '../../crds/names.ts';
import type { KubeClient } from '../../kube/api/client.ts';
import type { Clock } from '../../kube/clock.ts';
import { isForbidden, isNotFound } from '../../kube/errors.ts';
import { SelfSubjectReviews, ServiceAccounts } from '../../kube/resources.ts';
import { errorText, errorWithCauses } from '../../process/redaction.ts';
import type { Connection, ConnectionOptions } from '../../trail/connection.ts';
import { recordsAudience } from '../../trail/wire.ts';
import { CannotTell } from '../command.ts';
import { refusalIn } from './http-source.ts';

export type Proof = Pick<ConnectionOptions, 'token' | 'identity'>;
/** Prepares a connection with this proof; the first call connects. */
export type Connect = (proof: Proof) => Connection;

export interface Proving {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly connect: Connect;
  /** Both of its clocks count: one stands still while the machine sleeps, the other may be set back. */
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
}

const deadlineMs = 30_000;

/** A connection to records that know who the caller is. */
export async function authenticated(proving: Proving): Promise<Connection> {
  const { client, connect } = proving;
  const { tls, headers } = await client.credentials();
  // A certificate proves who the caller is, and not whom they ask to be taken for.
  const isImpersonating = headers !== undefined;
  const hasCertificate = tls.cert !== undefined && tls.key !== undefined;
  if (hasCertificate && !isImpersonating) {
    const connection = connect({ identity: { cert: tls.cert, key: tls.key } });
    if (await isKnown(connection, proving)) return connection;
    await connection.close();
  }
  const user = await whoIs(client);
  const token = await readerToken(proving, user);
  if (token !== undefined) return known(connect({ token }), proving);
  throw new CannotTell(unproved(user, { hasCertificate, isImpersonating }));
}

/** The connection, if the records take its token. */
async function known(connection: Connection, proving: Proving): Promise<Connection> {
  if (await isKnown(connection, proving)) return connection;
  await connection.close();
  throw refusalIn({ status: 401, text: '' });
}

/** Whether the records know the caller, whatever they then let them do. */
async function isKnown(connection: Connection, { client, namespace }: Proving): Promise<boolean> {
  const signal = AbortSignal.timeout(deadlineMs);
  try {
    return (await connection.call({ method: 'GET', path: '/v1/head', signal })).status !== 401;
  } catch (error) {
    await connection.close();
    throw unreachable(error, { server: client.server, namespace });
  }
}

/** What stands between: the right to forward a port, the pod, or a certificate that is not the installation's. */
function unreachable(
  error: unknown,
  { server, namespace }: { readonly server: string; readonly namespace: string },
): CannotTell {
  if (isForbidden(error)) return new CannotTell(mayNot('forward a port of its pods', namespace));
  const text = errorText(error);
  if (/altnames|certificate|self.signed/i.test(text)) return new CannotTell(anotherServer(namespace, text));
  if (/NO_WEBSOCKET/.test(text)) return new CannotTell(noWebSocket(server));
  return new CannotTell(`the records cannot be reached: ${errorWithCauses(error)}`);
}

function anotherServer(namespace: string, text: string): string {
  return `what answers is not the records' server of the installation in ${namespace}, so nothing was sent to it: ${text}. See that no proxy stands between, and that -n names the namespace of the release`;
}

function noWebSocket(server: string): string {
  return `${server}, or what stands before it, opens no WebSocket to a pod. Forward the port with kubectl port-forward, and give --url (docs/records.md)`;
}

/** The name by which the API server knows the caller. */
async function whoIs(client: KubeClient): Promise<string> {
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview', metadata: {} };
  const { status } = await client.create<{ status?: { userInfo?: { username?: string } } }>(
    SelfSubjectReviews,
    review,
  );
  return status?.userInfo?.username ?? '';
}

/** The shortest that an API server makes; the policy of the chart allows no longer one. */
const tokenSeconds = 600;
/** Asked for again before it ends: reading many records takes a while. */
const freshForMs = 480_000;

/** Tokens of the account that the chart makes for this user; undefined where there is none, or it is another's. */
async function readerToken(
  { client, namespace, clock }: Proving,
  user: string,
): Promise<(() => Promise<string>) | undefined> {
  const ask = async (): Promise<string> => {
    const body = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { audiences: [recordsAudience], expirationSeconds: tokenSeconds },
    };
    const ref = { namespace, name: readerAccount.of(user) };
    const { status } = await client.createSubresource<{ status?: { token?: string } }>(ServiceAccounts, ref, {
      subresource: 'token',
      body,
    });
    return status?.token ?? '';
  };
  // Counted from before it is asked for: it is then never older than it says.
  const fresh = async () => ({ from: clock.now(), at: clock.monotonic(), token: await ask() });
  try {
    let held = await fresh();
    return async () => {
      const age = Math.max(clock.now() - held.from, clock.monotonic() - held.at);
      if (age > freshForMs) held = await fresh();
      return held.token;
    };
  } catch (error) {
    if (isForbidden(error) || isNotFound(error)) return undefined;
    throw error;
  }
}

function unproved(
  user: string,
  {
    hasCertificate,
    isImpersonating,
  }: { readonly hasCertificate: boolean; readonly isImpersonating: boolean },
): string {
  const why = isImpersonating
    ? 'with --as no certificate counts, since it proves who you are and not whom you ask to be taken for'
    : hasCertificate
      ? 'they do not take the certificate of your kubeconfig: it is none of this cluster, or that of a program'
      : 'your kubeconfig has no client certificate';
  return [
    `the records cannot know that you are ${user}: ${why}, and the installation has no reader account for ${user}.`,
    `To get one, ask who installs it to add records.readers: [{user: ${JSON.stringify(user)}}] (values of the chart)`,
  ].join('\n');
}

/** What is missing, and which role of the chart has it. */
export function mayNot(what: string, namespace: string): string {
  return `you may not ${what} in ${namespace}; ask for the Role support-access-auditor there, which gives the way to the records: kubectl create rolebinding --namespace ${namespace} --role support-access-auditor --user …`;
}
