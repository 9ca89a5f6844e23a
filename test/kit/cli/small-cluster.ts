/**
 * A scripted API server with one of each kind, which stores what is written and whose operator is always done: for what every
 * command must do, whichever it is.
 */
import { defaultNamespaces } from '../../../crds/names.ts';
import { aPolicy } from '../objects/policy.ts';
import { type Reply, type ScriptedServer, scriptedServer } from './scripted-server.ts';

interface Kept {
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly spec: Readonly<Record<string, unknown>>;
}

const inGroup = '/apis/supportaccess.dev/v1beta1';
const grants = (namespace: string): string => `${inGroup}/namespaces/${namespace}/supportaccessgrants`;
const uid = '00000000-0000-4000-8000-000000000001';

const grant = {
  access: 'Enabled',
  userRefs: [{ name: 'ada' }],
  matrixRef: { name: 'casepoint-1' },
  startTime: '2026-12-01T00:00:00Z',
  expirationTime: '2026-12-04T12:00:00Z',
};
const user = { access: 'Enabled', displayName: 'Ada', userId: 's-1', nameID: 'ada@example.com' };
const supportCase = { subject: 'Mail', state: 'Open', owner: 'grace', contacts: [{ name: 'grace' }] };
const matrix = { system: 'casepoint', revision: 1, masking: 'Enabled', modules: [] };

const first: Readonly<Record<string, readonly [kind: string, spec: object]>> = {
  [`${grants('ecase')}/case-1`]: ['SupportAccessGrant', grant],
  [`${grants('other')}/case-2`]: ['SupportAccessGrant', grant],
  [`${inGroup}/namespaces/ecase/supportcases/case-1`]: ['SupportCase', supportCase],
  [`${inGroup}/supportusers/ada`]: ['SupportUser', user],
  [`${inGroup}/supportpermissionmatrices/casepoint-1`]: ['SupportPermissionMatrix', matrix],
  [`${inGroup}/namespaces/ecase/supportapplications/ecase`]: ['SupportApplication', {}],
  [`${inGroup}/supportaccesspolicies/default`]: ['SupportAccessPolicy', aPolicy().spec],
  [`${inGroup}/supportaccesslocks/ns.ecase`]: ['SupportAccessLock', { reason: 'an alarm' }],
  '/api/v1/namespaces/ecase': ['Namespace', {}],
  [`/api/v1/namespaces/${defaultNamespaces.identities}`]: ['Namespace', {}],
};

export interface SmallCluster extends ScriptedServer {
  /** How many writes were stored. */
  readonly writes: () => number;
}

export interface SmallClusterWish {
  /** Grants, people and the policy are switched off. */
  readonly isOff?: boolean;
  /** No call is answered any more after the first write, or from the beginning; then it is told of each. */
  readonly silent?: { readonly after: 'a write' | 'nothing'; readonly onCall: () => void };
}

/** Starts it for one test. */
export async function smallCluster({ isOff = false, silent }: SmallClusterWish = {}): Promise<SmallCluster> {
  const off = isOff ? { access: 'Disabled' } : {};
  const kept = new Map<string, Kept>(
    Object.entries(first).map(([path, [kind, spec]]) => [
      path,
      made(path, { kind, spec: 'access' in spec ? { ...spec, ...off } : { ...spec } }),
    ]),
  );
  let writes = 0;
  const write = (method: string, path: string, body: Partial<Kept> | undefined): Reply => {
    writes += 1;
    const there = kept.get(path);
    if (method === 'DELETE') {
      kept.delete(path);
      return [200, { kind: 'Status', apiVersion: 'v1', status: 'Success' }];
    }
    const { kind = '', metadata, spec } = body ?? {};
    const place = method === 'POST' ? `${path}/${String(metadata?.['name'])}` : path;
    const next = made(place, { kind: there ? there.kind : kind, spec: { ...there?.spec, ...spec } });
    kept.set(place, next);
    return shown(next);
  };
  const server = await scriptedServer((call, body) => {
    const [method = '', path = ''] = call.split(' ');
    if (silent !== undefined && (silent.after === 'nothing' || writes > 0)) {
      silent.onCall();
      return 'silent';
    }
    if (method !== 'GET') return write(method, path, body as Partial<Kept> | undefined);
    const found = kept.get(path);
    if (found !== undefined) return shown(found);
    const last = path.split('/').at(-1) ?? '';
    return /^[a-z]+s$|ies$|ces$/.test(last) ? listOf(kept, path) : absent(path);
  });
  return { ...server, writes: () => writes };
}

/** As an API server says it of one object. */
function absent(path: string): Reply {
  const [kind, name] = path.split('/').slice(-2);
  const group = /^\/apis\/([^/]+)/.exec(path)?.[1];
  const message = `${kind}${group === undefined ? '' : `.${group}`} "${name}" not found`;
  const status = {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    code: 404,
    reason: 'NotFound',
    message,
  };
  return [404, { ...status, details: { name, kind, ...(group === undefined ? {} : { group }) } }];
}

function made(path: string, { kind, spec }: Pick<Kept, 'kind' | 'spec'>): Kept {
  const namespace = /\/namespaces\/([^/]+)\//.exec(path)?.[1];
  const metadata = {
    name: path.split('/').at(-1),
    ...(namespace === undefined ? {} : { namespace }),
    uid,
    resourceVersion: '7',
    generation: 1,
    creationTimestamp: '2026-12-01T00:00:00Z',
  };
  return { kind, metadata, spec };
}

/** As the operator leaves it: what is enabled is open, and all else is closed. */
function shown({ kind, metadata, spec }: Kept): Reply {
  const isOpen = spec['access'] === 'Enabled';
  const active = {
    type: 'Active',
    status: isOpen ? 'True' : 'False',
    reason: isOpen ? 'Open' : 'Disabled',
    message: 'As told.',
    lastTransitionTime: '2026-12-01T00:00:00Z',
  };
  const status = { observedGeneration: 9, conditions: [active] };
  return [200, { apiVersion: 'supportaccess.dev/v1beta1', kind, metadata, spec, status }];
}

/** The items below a path: of one namespace, or of all where the path has none. */
function listOf(kept: ReadonlyMap<string, Kept>, path: string): Reply {
  const [, within = '', plural = ''] = /^(.*)\/([^/]+)$/.exec(path) ?? [];
  // Without a status: a command that stops access need not wait for what it is told of.
  const items = [...kept]
    .filter(([at]) => new RegExp(`^${within}(/namespaces/[^/]+)?/${plural}/[^/]+$`).test(at))
    .map(([, { metadata, spec, kind }]) => ({ metadata, spec, kind }));
  return [200, { kind: 'List', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items }];
}
