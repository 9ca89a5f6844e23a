/** What an API server refused, or why it could not be reached, in sentences that say what to do. */
import { apiGroup, apiVersion } from '../../crds/kinds.ts';
import type { KubeClient } from '../../kube/api/client.ts';
import { KubeError, ServerUnreachable } from '../../kube/errors.ts';
import { errorWithCauses } from '../../process/redaction.ts';
import { CannotTell, Refused } from '../command.ts';

/** The failure in words; what is no failure of a call stays as it is. */
export async function inWords(error: unknown, client: KubeClient): Promise<unknown> {
  if (error instanceof ServerUnreachable) return new CannotTell(unreachable(error, client));
  if (!(error instanceof KubeError)) return error;
  if (isRefusal(error)) return new Refused(refusal(error));
  return new CannotTell(await answered(error, client));
}

async function answered(error: KubeError, client: KubeClient): Promise<string> {
  const said = saidBy(error);
  if (error.status === 401)
    return `the API server does not accept the credentials of ${placeOf(client)}. Sign in again, or choose another context: kubectl config get-contexts`;
  if (error.status === 404 && error.details?.name === undefined) return notServed(client);
  return error.status === 403 ? `${said}\n${whoMay}` : said;
}

function saidBy({ body, message }: KubeError): string {
  return (typeof body === 'string' ? undefined : body.message) ?? message;
}

const whoMay =
  'To get the right: ask for the ClusterRole support-access-administrator (grants, the policy, locks) or support-access-vendor-operations (people of the vendor); support-access-case-admin opens support cases of its own.';

/** A rule was broken, as opposed to a right that is missing: the schema, a policy or the webhook says so. */
function isRefusal(error: KubeError): boolean {
  const { status } = error;
  return status === 400 || status === 422 || (status === 403 && /denied (the )?request/.test(saidBy(error)));
}

/** Each cause on a line of its own: the API server writes them into one. */
function refusal(error: KubeError): string {
  const causes = (error.details?.causes ?? []).filter(({ message: each }) => each !== undefined);
  if (causes.length < 2) return `refused: ${saidBy(error)}`;
  return [
    'refused:',
    ...causes.map(({ field, message: each }) => `  ${field ? `${field}: ` : ''}${each}`),
  ].join('\n');
}

const notTrusted = /CERT|SELF_SIGNED|UNABLE_TO_|SSL|ALTNAME/;

function unreachable(error: ServerUnreachable, client: KubeClient): string {
  const where = `the API server ${client.server} of ${placeOf(client)}`;
  if (error.code === 'CERT_NOT_YET_VALID' || error.code === 'CERT_HAS_EXPIRED')
    return `the certificate of ${where} is outside its dates by your clock; set your clock right, or have the certificate renewed`;
  if (notTrusted.test(error.code))
    return `the certificate of ${where} is not trusted: ${whyOf(error)}. Correct certificate-authority-data of the kubeconfig`;
  if (error.code === 'DEADLINE')
    return `${where} did not answer in time; give it longer, for example --request-timeout=2m`;
  const through =
    client.proxy === undefined
      ? ''
      : ` through the proxy ${client.proxy} (of the kubeconfig's proxy-url, or HTTPS_PROXY; NO_PROXY excepts a server)`;
  return `${where} cannot be reached${through}: ${whyOf(error)}. If it is another one that you mean, choose its context: kubectl config get-contexts`;
}

const whyOf = (error: ServerUnreachable): string => errorWithCauses(error.cause ?? error);

function placeOf({ context }: KubeClient): string {
  return context === undefined ? 'this pod' : `context "${context}"`;
}

/** The kinds are not there: the wrong cluster, no installation, or a release that speaks another version. */
async function notServed(client: KubeClient): Promise<string> {
  const versions = await servedVersions(client).catch(() => undefined);
  if (versions === undefined)
    return `the cluster of ${placeOf(client)} does not serve this kind, and it could not be told whether support-access is installed there (GET /apis/${apiGroup} gave no answer that says it). Try again, or look with kubectl api-versions.`;
  if (versions.length === 0)
    return `support-access is not installed in the cluster of ${placeOf(client)} (it does not serve ${apiGroup}). Choose another context (kubectl config get-contexts), or install it as docs/install.md says.`;
  if (versions.includes(apiVersion))
    return `the cluster of ${placeOf(client)} has another release of support-access than this plugin: it serves ${apiGroup}, but not this kind. Use the plugin of its release.`;
  return `the cluster of ${placeOf(client)} serves ${versions.map((each) => `${apiGroup}/${each}`).join(', ')}, and this plugin speaks ${apiGroup}/${apiVersion}. Use the plugin of its release.`;
}

/** None where the group is not served; undefined where that is not what was answered: no right to ask, or a failure. */
async function servedVersions(client: KubeClient): Promise<string[] | undefined> {
  const { status, body } = await client.raw('GET', `/apis/${apiGroup}`);
  if (status === 404) return [];
  if (status !== 200) return undefined;
  const { versions = [] } = JSON.parse(body) as { versions?: readonly { readonly version: string }[] };
  return versions.map(({ version }) => version);
}
