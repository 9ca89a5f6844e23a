/**
 * What is recorded of a request to an application or the Kubernetes API: the intent before it, the outcome after it, one record for a
 * refusal. Route templates and never raw URLs, hashes and never cookies.
 */
import { type Citation, citationsOf } from '../../../crds/audit/citation.ts';
import type { Area } from '../../../crds/audit/events.ts';
import { pageIn } from '../../../crds/audit/page.ts';
import type { NewRecord } from '../../../crds/audit/record.ts';
import type { SupportAccessGrant } from '../../../crds/generated/support-access-grant.ts';
import type { KubeRequest } from '../../../crds/rules/request/kube-request.ts';
import { placeholderValues } from '../../../crds/rules/request/placeholders.ts';
import { supportUserType } from '../../../crds/support-marks.ts';
import { newRecordId } from '../../../trail/trail.ts';
import type { Decided } from '../decisions/decision.ts';
import type { Exchange } from '../listener/request-gate.ts';
import { saidByBrowser } from '../listener/request-sender.ts';
import { recordedSource } from '../listener/source-address.ts';
import type { Forwarded } from '../proxy/forward.ts';

/** What is known about the request when something is recorded of it. */
export interface Known {
  readonly exchange: Pick<Exchange, 'request' | 'host'>;
  readonly decided: Decided;
  /** Which part of the gateway handled the request. */
  readonly area: Area;
}

/** Durable before anything is forwarded; its id travels upstream. */
export function intentRecord(known: Known): NewRecord {
  const id = newRecordId(known.decided.now);
  return {
    ...bodyOf(known),
    id,
    key: `app.request/${id}`,
    phase: 'intent',
    cites: citedIn(known.decided),
    decision: allowed(known.decided),
  };
}

/** What became of an intent, with the rule that the response broke, or what was wrong with the way to the application. */
export function outcomeRecord(
  intent: NewRecord,
  { outcome, rule, fault, named = [] }: Pick<Forwarded, 'outcome' | 'rule' | 'fault'> & Named,
  now: number,
): NewRecord {
  const { cites: _cites, ...said } = intent;
  return {
    ...said,
    id: newRecordId(now),
    key: `${intent.key}/outcome`,
    phase: 'outcome',
    cause: intent.id,
    time: new Date(now).toISOString(),
    outcome,
    // What the application did not take has changed nothing.
    ...(named.length > 0 && isTaken(outcome) ? { change: { paths: named } } : {}),
    ...messageOf({ rule, fault }),
  };
}

/** The fields that a write named. */
interface Named {
  readonly named?: readonly string[];
}

function isTaken({ upstream, status = 0 }: NonNullable<NewRecord['outcome']>): boolean {
  return upstream === 'answered' && status >= 200 && status < 400;
}

function messageOf({ rule, fault }: Pick<Forwarded, 'rule' | 'fault'>): Pick<NewRecord, 'message'> {
  if (rule !== undefined) return { message: `the response ${rule}` };
  return fault === undefined ? {} : { message: fault };
}

/** A request that was not let through: the reason with its detail is for the customer only. */
export function refusalRecord(
  known: Known,
  refused: { readonly reason: string; readonly detail?: string; readonly status: number },
): NewRecord {
  const id = newRecordId(known.decided.now);
  const matrix = known.decided.world.matrix?.name;
  return {
    ...bodyOf(known),
    id,
    key: `app.request/${id}`,
    phase: 'point',
    decision: { effect: 'deny', reason: refused.reason, ...(matrix === undefined ? {} : { matrix }) },
    outcome: { status: refused.status },
    ...(refused.detail === undefined ? {} : { message: refused.detail }),
  };
}

/** The objects by which it was decided: the records refuse what is older than they know, as after a restored backup. */
export function citedIn({ world }: Pick<Decided, 'world'>): readonly Citation[] {
  const { policy, grant, user, session, matrix, application } = world;
  return citationsOf([policy, grant, user, session, matrix, application]);
}

function allowed({ world, readingAgeMs }: Decided): NonNullable<NewRecord['decision']> {
  const matrix = world.matrix?.name;
  return {
    effect: 'allow',
    ...(matrix === undefined ? {} : { matrix }),
    ...(readingAgeMs === undefined ? {} : { readingAgeMs }),
  };
}

type Body = Omit<NewRecord, 'id' | 'key' | 'phase'>;

function bodyOf({ exchange, decided, area }: Known): Body {
  const { world, source } = decided;
  const { grant } = world;
  const handle = world.session?.spec.handle;
  return {
    type: 'app.request',
    time: new Date(decided.now).toISOString(),
    actor: actorOf(decided),
    source: recordedSource(source),
    ...pageOf(exchange),
    ...(handle === undefined ? {} : { session: handle }),
    ...(grant === undefined ? {} : { grant: recordedGrant(grant) }),
    target: { area, ...targetOf(exchange, decided) },
  };
}

function pageOf({ request }: Known['exchange']): Pick<NewRecord, 'page'> {
  const page = pageIn(saidByBrowser(request));
  return page === undefined ? {} : { page };
}

/** The grant as it stands in the records of the gateway: by its UID, in the generation that was judged. */
export function recordedGrant({ metadata }: SupportAccessGrant): NonNullable<NewRecord['grant']> {
  const { namespace = '', name, uid, generation } = metadata;
  return { namespace, name, uid, ...(generation === undefined ? {} : { generation }) };
}

/** The person, as far as a session that we made says who it is. */
export function actorOf({ world }: Decided): NewRecord['actor'] {
  const ref = world.session?.spec.userRef;
  if (ref === undefined) return { kind: 'anonymous', name: 'unknown' };
  const userId = world.user?.metadata.uid === ref.uid ? world.user.spec.userId : undefined;
  return {
    kind: 'support',
    name: ref.name,
    uid: ref.uid,
    userType: supportUserType,
    ...(userId === undefined ? {} : { userId }),
  };
}

function targetOf(
  { request, host }: Known['exchange'],
  { route, world, kubeRequest }: Decided,
): Omit<NonNullable<NewRecord['target']>, 'area'> {
  if (kubeRequest !== undefined) return { host, method: request.method ?? '', ...kubeTargetOf(kubeRequest) };
  const application = world.application?.metadata;
  return {
    host,
    method: request.method ?? '',
    ...(route === undefined ? {} : meaningOf(route, request.url ?? '')),
    ...(application === undefined
      ? {}
      : {
          kind: 'SupportApplication',
          namespace: application.namespace ?? '',
          name: application.name,
          uid: application.uid,
        }),
  };
}

/** Of a document of discovery its path; of objects the verb of RBAC, the resource with its group, and which of them. */
function kubeTargetOf({ isResource, verb, resource, subresource, group, path, ...place }: KubeRequest) {
  const { namespace, name } = place;
  if (!isResource) return { action: verb, route: path };
  const full = subresource === '' ? resource : `${resource}/${subresource}`;
  return {
    action: verb,
    kind: group === '' ? full : `${full}.${group}`,
    ...(namespace === '' ? {} : { namespace }),
    ...(name === '' ? {} : { name }),
  };
}

function meaningOf(route: NonNullable<Decided['route']>, url: string) {
  const { module, subModule, action, template, isStatic, recorded = [] } = route;
  const [path = ''] = url.split('?', 1);
  return {
    action,
    route: template,
    ...(isStatic === true ? {} : { module }),
    ...(subModule === undefined ? {} : { subModule }),
    ...(recorded.length === 0 ? {} : { parameters: placeholderValues(template, path, recorded) }),
  };
}
