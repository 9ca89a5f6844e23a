/**
 * What stands against one request to an application? The decision, and what is about this one request beside it: how its
 * address is written, which page sent it. The same for what the gateway forwards and for what an ingress asks about.
 */
import type { SupportUser } from '../../../crds/generated/support-user.ts';
import { readAction } from '../../../crds/rules/matrix/matrix.ts';
import { type Problem, printable } from '../../../crds/rules/problem.ts';
import type { Reason } from '../../../crds/rules/reasons.ts';
import { type CanonicalTarget, canonicalPath } from '../../../crds/rules/request/canonical-path.ts';
import { crossSiteObjection, originsIn } from '../../../crds/rules/request/cross-site.ts';
import { type PathForm, pathForms } from '../../../crds/rules/request/path-forms.ts';
import type { NamespacedName } from '../../../kube/objects.ts';
import type { Decided, DecidedAnew, Decider, DecisionRequest } from '../decisions/decision.ts';
import type { Exchange } from '../listener/request-gate.ts';
import { ownOrigins, saidByBrowser } from '../listener/request-sender.ts';
import { isOwnPath, type PolicySeen } from '../pages/links.ts';
import { grantOf, type SessionProof } from '../sessions/session-cookie.ts';
import { assignedByAddress, assignmentRuleOf } from './assigned.ts';
import type { NoteJudged } from './current-session.ts';
import type { RequestObjection } from './decided-refusal.ts';

export interface JudgedRequestDeps {
  readonly decider: Decider;
  readonly noteJudged: NoteJudged;
  readonly policy: PolicySeen;
  /** The people of support, as seen last. Throws as long as they are not known. */
  readonly supportPeople: () => readonly SupportUser[];
}

export interface JudgedRequest {
  readonly decided: DecidedAnew;
  /** What was decided, to be decided again while a response lasts. */
  readonly decisionRequest: DecisionRequest;
  /** Undefined where the request may go on. */
  readonly objection: RequestObjection | undefined;
  /** The request's target in its one form, which was judged; as it came where it has none. */
  readonly target: string;
}

/** Whose request it is, and to what. */
interface Asked {
  readonly proof: SessionProof;
  readonly application: NamespacedName;
  /** Another program forwards it as it came: then only what is in its one form already is judged as what is forwarded. */
  readonly isForwardedAsItCame?: boolean;
}

/** Decides a request with a genuine cookie, to the host of this application. */
export async function judgedRequest(
  deps: JudgedRequestDeps,
  exchange: Exchange,
  { proof, application, isForwardedAsItCame = false }: Asked,
): Promise<JudgedRequest> {
  const { request, host, origin } = exchange;
  const { url = '' } = request;
  // Whether its form is allowed is a matter of the application, which is read for the decision.
  const target = read(url, pathForms, isForwardedAsItCame);
  const asked = 'path' in target ? target : { path: '', query: undefined };
  const decisionRequest: DecisionRequest = {
    entryPoint: 'application',
    grant: grantOf(proof),
    session: proof,
    origin,
    request: {
      method: request.method ?? '',
      host,
      contentType: request.headers['content-type'],
      lasts: mayLast(request),
      ...asked,
      application,
    },
  };
  const decided = await deps.decider.decide(decisionRequest);
  deps.noteJudged(exchange, decided);
  const allowed = decided.world.application?.spec.pathForms ?? [];
  const inForce = read(url, allowed, isForwardedAsItCame);
  return {
    decided,
    decisionRequest,
    objection: objectionTo(deps, exchange, { decided, target: inForce }),
    target: 'target' in target ? target.target : url,
  };
}

/** The target in its one form, or why it has none that counts here. */
function read(
  url: string,
  allowed: readonly PathForm[],
  isForwardedAsItCame: boolean,
): CanonicalTarget | Problem {
  const target = canonicalPath(url, isForwardedAsItCame ? [] : allowed);
  if ('rule' in target) return target;
  const value = printable(url);
  // It came here since it was spelled so.
  if ([target.path, ...target.readings].some(isOwnPath)) {
    const rule = 'must not spell a path of the gateway in another way';
    return { field: 'path', value, rule, fix: 'write it as it is: /support-access/' };
  }
  // The letter case of an encoding means the same to every reader.
  const asItCame = url.replaceAll(/%[0-9a-f]{2}/gi, (encoded) => encoded.toUpperCase());
  if (!isForwardedAsItCame || target.target === asItCame) return target;
  const rule = 'must be in its one form, as it is forwarded as it came';
  return { field: 'path', value, rule, fix: `write ${printable(target.path)}` };
}

/** Whether it asks for what has no end of its own. */
function mayLast({ headers: { upgrade, accept = '' } }: Exchange['request']): boolean {
  return upgrade !== undefined || accept.toLowerCase().includes('text/event-stream');
}

/** The first objection: the decision's, then those that are about this one exchange. */
function objectionTo(
  deps: Pick<JudgedRequestDeps, 'policy' | 'supportPeople'>,
  exchange: Exchange,
  { decided, target }: { readonly decided: Decided; readonly target: CanonicalTarget | Problem },
): RequestObjection | undefined {
  const { decision } = decided;
  // Beside what is told of the request itself, where it came from matters more: it was not the person's.
  if (decision.allow || aboutRequest.includes(decision.reason)) {
    const detail = crossSiteDetail(deps, exchange, decided);
    if (detail !== undefined) return { reason: 'CrossSite', detail };
  }
  if ('rule' in target && (decision.allow || decision.reason === 'NoRoute'))
    return notCanonical(exchange, target);

  if (!decision.allow) return decision;
  const other = otherProtocol(exchange, decided);
  if (other !== undefined || 'rule' in target) return other;
  return assignmentTo(deps, target, decided);
}

/** What would leave the way in which each request is judged: a WebSocket without a route that says so, and a worker. */
function otherProtocol({ request: { headers } }: Exchange, { route }: Decided): RequestObjection | undefined {
  if (headers.upgrade !== undefined && !mayBeWebSocket(route))
    return { reason: 'NoRoute', detail: 'The route of the path does not say "upgrade: WebSocket".' };
  // A worker would go on serving pages of this host after the session has ended.
  if (headers['service-worker'] !== undefined) return { reason: 'ServiceWorker' };
  return undefined;
}

function assignmentTo(
  deps: Pick<JudgedRequestDeps, 'supportPeople'>,
  target: CanonicalTarget,
  decided: Decided,
): RequestObjection | undefined {
  const assigned = assignedByAddress(assignmentRuleOf(decided, deps.supportPeople), target, decided.route);
  return assigned === undefined ? undefined : { reason: 'SupportAssigned', detail: assigned };
}

/** The query is not shown: it may hold what only the application is told. */
function notCanonical({ request }: Exchange, { rule, fix }: Problem): RequestObjection {
  const path = printable((request.url ?? '').split('?', 1)[0] ?? '');
  return {
    reason: 'BadRequest',
    detail: `the request target ${rule}`,
    message: `The address ${rule}, and its path is "${path}": ${fix}.`,
  };
}

const aboutRequest: readonly Reason[] = ['NoRoute', 'ActionNotAllowed'];

function crossSiteDetail(
  { policy }: Pick<JudgedRequestDeps, 'policy'>,
  exchange: Exchange,
  { route, world }: Decided,
): string | undefined {
  const acts = route !== undefined && route.isStatic !== true && route.action !== readAction;
  const wouldDo = { method: exchange.request.method ?? '', acts };
  const listed = originsIn(world.application?.spec.allowedOrigins ?? []);
  return crossSiteObjection(wouldDo, saidByBrowser(exchange.request), {
    own: ownOrigins(policy(), exchange),
    listed,
  });
}

/** Whether all that the request may mean covers any method that its parameters name. */
export function coversEveryMethod(route: Decided['route']): boolean {
  const meanings = route === undefined ? [] : [route, ...(route.also ?? [])];
  return meanings.length > 0 && meanings.every(({ methodParameter }) => methodParameter === 'Allowed');
}

/** Whether all that the request may mean says that it may become a WebSocket. */
export function mayBeWebSocket(route: Decided['route']): boolean {
  return (
    route !== undefined && [route, ...(route.also ?? [])].every(({ upgrade }) => upgrade === 'WebSocket')
  );
}
