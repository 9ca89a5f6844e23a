/** How the API server read generated requests, beside how we read them. */
import { sample } from 'fast-check';
import { isProblem } from '../../../crds/rules/problem.ts';
import { type KubeRequest, kubeRequestOf } from '../../../crds/rules/request/kube-request.ts';
import { type AuditEvent, anAuditLog, sendAnonymously } from '../../kit/control-plane/audit-log.ts';
import { type WrittenRequest, writtenRequests } from '../../kit/objects/kube-paths.ts';
import { dedicatedControlPlane } from '../../kit/vitest/use-control-plane.ts';

export interface Compared {
  /** Requests to which the audit log and our reading say something else, with both. */
  readonly differences: readonly object[];
  /** How many both have read. */
  readonly read: number;
  /** How many we read and the API server refused before its log. */
  readonly unlogged: readonly WrittenRequest[];
}

/** Sends so many different generated requests to an API server of its own, and compares. */
export async function comparePaths(count: number, seed: number): Promise<Compared> {
  const requests = generated(count, seed);
  const log = anAuditLog();
  const controlPlane = await dedicatedControlPlane({ apiServerFlags: log.flags });
  await sendAnonymously(controlPlane, requests);
  const events = new Map(log.read().map((event) => [event.auditID, event]));
  log.remove();
  const both = requests.flatMap((request, number) => {
    const ours = kubeRequestOf(request.method, request.target);
    return isProblem(ours) ? [] : [{ request, ours: saidOf(ours), event: events.get(`request-${number}`) }];
  });
  const logged = both.flatMap(({ event, ...rest }) =>
    event === undefined ? [] : [{ ...rest, theirs: theirsOf(event) }],
  );
  return {
    differences: logged.filter(({ ours, theirs }) => JSON.stringify(ours) !== JSON.stringify(theirs)),
    read: logged.length,
    unlogged: both.filter(({ event }) => event === undefined).map(({ request }) => request),
  };
}

function generated(count: number, seed: number): readonly WrittenRequest[] {
  const known = new Map<string, WrittenRequest>();
  for (let round = 0; known.size < count; round += 1) {
    for (const request of sample(writtenRequests, { numRuns: count, seed: seed + round }))
      known.set(`${request.method} ${request.target}`, request);
  }
  return [...known.values()].slice(0, count);
}

type Said = Readonly<Record<string, string>>;

function saidOf({
  isResource,
  verb,
  group,
  version,
  resource,
  subresource,
  namespace,
  name,
}: KubeRequest): Said {
  return isResource
    ? { verb, apiGroup: group, apiVersion: version, ...sorted({ resource, subresource, namespace, name }) }
    : { verb };
}

function theirsOf({ verb, objectRef }: AuditEvent): Said {
  if (objectRef === undefined) return { verb };
  const { apiGroup = '', apiVersion = '', ...rest } = objectRef;
  const empty = { resource: '', subresource: '', namespace: '', name: '' };
  return { verb, apiGroup, apiVersion, ...sorted({ ...empty, ...rest }) };
}

function sorted(fields: Said): Said {
  return Object.fromEntries(Object.entries(fields).sort(([one], [other]) => (one < other ? -1 : 1)));
}
