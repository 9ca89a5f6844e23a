/**
 * What happens to a request to the Kubernetes API under a grant, step by step: who, in which form, what, may they, record,
 * forward with the grant's own token, mask, record. Every step that says no ends it; the rules themselves are elsewhere.
 */
import { isProblem, type Problem } from '../../../../crds/rules/problem.ts';
import { crossSiteObjection } from '../../../../crds/rules/request/cross-site.ts';
import { kubeFormProblem } from '../../../../crds/rules/request/kube-form.ts';
import { type KubeRequest, kubeRequestOf } from '../../../../crds/rules/request/kube-request.ts';
import type { NamespacedName } from '../../../../kube/objects.ts';
import type { Decided, DecisionRequest } from '../../decisions/decision.ts';
import type { Exchange } from '../../listener/request-gate.ts';
import { ownOrigins, saidByBrowser } from '../../listener/request-sender.ts';
import type { PolicySeen } from '../../pages/links.ts';
import type { NoteJudged } from '../../refusals/current-session.ts';
import {
  type BeforeDecision,
  decidedRefusal,
  type MayJudge,
  type RequestObjection,
  tooManyAsked,
  undecided,
  withoutSession,
} from '../../refusals/decided-refusal.ts';
import type { Refuse } from '../../refusals/refuse.ts';
import { grantOf, type SessionProof } from '../../sessions/session-cookie.ts';
import type { SessionStore } from '../../sessions/session-store.ts';
import { type PermittedKubeDeps, servePermittedKube } from './permitted-kube.ts';
import { type PrepareKubeDeps, prepareKube } from './prepare-kube.ts';

export interface KubeDeps extends PermittedKubeDeps, PrepareKubeDeps, BeforeDecision {
  readonly sessions: Pick<SessionStore, 'proofFrom' | 'touch'>;
  readonly noteJudged: NoteJudged;
  readonly mayJudge: MayJudge;
  readonly policy: PolicySeen;
}

const area = 'kube-api';

/** Where the Kubernetes API of each grant is, on the support host. */
export const kubePrefix = '/support-access/kube/';
const address = /^\/support-access\/kube\/([a-z0-9-]{1,63})\/([a-z0-9][a-z0-9.-]{0,252})(\/[^]*)$/;

/** Serves one request below `kubePrefix`. */
export async function serveKube(deps: KubeDeps, exchange: Exchange): Promise<void> {
  const refuse: Refuse = (each, refusal) => deps.refuse(each, { ...refusal, asStatus: true });
  const [, namespace, grant, target] = address.exec(exchange.request.url ?? '') ?? [];
  if (!namespace || !grant || !target)
    return refuse(exchange, { reason: 'WrongHost', message: noSuchAddress });
  const foreign = crossSiteDetail(deps, exchange);
  if (foreign !== undefined) {
    const decided = undecided(deps, exchange, 'CrossSite');
    return refuse(
      exchange,
      decidedRefusal(exchange, { area, decided }, { reason: 'CrossSite', detail: foreign }),
    );
  }
  const proof = deps.sessions.proofFrom(exchange.request, exchange.host);
  if (proof === undefined) return refuse(exchange, withoutSession(deps, exchange, { area }));
  if (!deps.mayJudge(exchange, proof)) return refuse(exchange, tooManyAsked(deps, exchange, area));
  const isUpgrade = exchange.request.headers.upgrade !== undefined;
  const asked = { proof, target, isUpgrade, grant: { namespace, name: grant } };
  await serveJudged({ ...deps, refuse }, exchange, asked);
}

const noSuchAddress =
  'The address must name a namespace and a grant, as in /support-access/kube/ecase/case-4711/api/v1/namespaces/ecase/pods.';

/** A page of another origin may not have a browser ask in the person's name, not even to look. */
function crossSiteDetail({ policy }: Pick<KubeDeps, 'policy'>, exchange: Exchange): string | undefined {
  const wouldDo = { method: exchange.request.method ?? '', acts: true };
  const own = ownOrigins(policy(), exchange);
  return crossSiteObjection(wouldDo, saidByBrowser(exchange.request), { own, listed: [] });
}

interface Asked {
  readonly proof: SessionProof;
  readonly grant: NamespacedName;
  readonly target: string;
  /** It asks for another protocol: a WebSocket's messages are not masked here. */
  readonly isUpgrade: boolean;
}

async function serveJudged(deps: KubeDeps, exchange: Exchange, asked: Asked): Promise<void> {
  const { proof, target } = asked;
  const { request, origin } = exchange;
  const read = kubeFormProblem(target) ?? kubeRequestOf(request.method ?? '', target);
  const decisionRequest: DecisionRequest = {
    entryPoint: 'kube-api',
    grant: grantOf(proof),
    session: proof,
    origin,
    ...(isProblem(read) ? {} : { kubeRequest: read }),
  };
  const decided = await deps.decider.decide(decisionRequest);
  deps.noteJudged(exchange, decided);
  const refusal = (objection: RequestObjection, by: Decided = decided) => ({
    ...decidedRefusal(exchange, { area, decided: by }, objection),
    proof,
  });
  const objection = objectionTo(decided, read, asked);
  if (objection !== undefined) return deps.refuse(exchange, refusal(objection));
  const prepared = await prepareKube(deps, { decided, target });
  if (!prepared.ok) return deps.refuse(exchange, refusal(prepared));
  // No await from here to the registration in `servePermittedKube`: a lock that is told in between would cut nothing.
  const since = decided.refusedSince();
  if (since !== undefined && !since.decision.allow) {
    deps.noteJudged(exchange, since);
    return deps.refuse(exchange, refusal(since.decision, since));
  }
  request.url = prepared.target;
  await servePermittedKube(deps, { exchange, proof, decided, decisionRequest, ...prepared });
}

/** The first objection: the session's, how the address is written, whose grant it names, then the matrix's. */
function objectionTo(
  { decision }: Decided,
  read: KubeRequest | Problem,
  { proof, grant, isUpgrade }: Asked,
): RequestObjection | undefined {
  if (!decision.allow && decision.reason !== 'ActionNotAllowed') return decision;
  const own = grantOf(proof);
  if (own.namespace !== grant.namespace || own.name !== grant.name) return ofAnotherGrant(own);
  if (isProblem(read)) return notInOneForm(read);
  if (isUpgrade && decision.allow) return otherProtocol;
  if (decision.allow) return undefined;
  return { ...decision, message: `The permission matrix does not allow ${told(read)} under this grant.` };
}

const otherProtocol: RequestObjection = {
  reason: 'ActionNotAllowed',
  detail: 'it asks for another protocol, in which nothing could be masked',
  message: 'No WebSocket is opened here: ask by a plain request, as kubectl does for get and watch.',
};

function ofAnotherGrant({ namespace, name }: NamespacedName): RequestObjection {
  const message = `The session is for the grant ${namespace}/${name}, and the address names another one: ask below /support-access/kube/${namespace}/${name}/, or sign in under the other grant.`;
  return {
    reason: 'ActionNotAllowed',
    detail: 'the address names another grant than the session has',
    message,
  };
}

function notInOneForm({ value = '', rule, fix }: Problem): RequestObjection {
  const message = `The address ${rule}, and it has "${value}": ${fix}.`;
  return { reason: 'BadRequest', detail: `the address ${rule}`, message };
}

function told({ isResource, verb, resource, subresource, group, namespace, path }: KubeRequest): string {
  if (!isResource) return `${verb} of ${path}`;
  const what = subresource === '' ? resource : `${resource}/${subresource}`;
  const where = namespace === '' ? 'of the whole cluster' : `in namespace ${namespace}`;
  return `${verb} of ${group === '' ? what : `${what}.${group}`} ${where}`;
}
