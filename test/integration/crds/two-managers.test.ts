/**
 * Lists where a removal narrows, under server-side apply with a second field manager: an entry that was taken out in Git is
 * out, or the apply fails with a conflict that names the other manager. Never a list that silently keeps it.
 */
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { readManifests, type Schema, storedSchema } from '../../../tools/generate/manifests.ts';
import type { ControlPlane } from '../../kit/control-plane/control-plane.ts';
import { application, grant, type Kind, policy, supportCase, user } from '../../kit/objects/valid-objects.ts';
import { dedicatedControlPlane } from '../../kit/vitest/use-control-plane.ts';
import { set } from './breaking.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const manifests = readManifests(root);

const route = (name: string) => ({
  name,
  methods: ['GET'],
  path: `/${name}`,
  module: 'M',
  action: 'Read',
});

/** Each such list, with two entries of which the second is taken out. */
const lists: readonly (readonly [kind: Kind, path: string, entries: readonly [unknown, unknown]])[] = [
  [grant, 'userRefs', [{ name: 'ada' }, { name: 'eve' }]],
  [grant, 'allowedCIDRs', ['203.0.113.0/24', '198.51.100.0/24']],
  [grant, 'requiredSupportRoles', ['Engineer', 'Trainee']],
  [policy, 'allowedCIDRs', ['203.0.113.0/24', '198.51.100.0/24']],
  [policy, 'network.trustedHops', ['10.0.0.0/24', '10.1.0.0/24']],
  [
    policy,
    'network.trustedHopPods',
    [
      { namespace: 'one', labels: [{ name: 'app', value: 'one' }] },
      { namespace: 'two', labels: [{ name: 'app', value: 'two' }] },
    ],
  ],
  [policy, 'gateway.hostSuffixes', ['apps.example.com', 'more.example.com']],
  [policy, 'sso.authnContexts', ['urn:one', 'urn:two']],
  [policy, 'sso.identityProvider.certificates', certificates('AAAA', 'BBBB')],
  [
    policy,
    'rights.toleratedBindings',
    [
      { kind: 'ClusterRoleBinding', name: 'one' },
      { kind: 'ClusterRoleBinding', name: 'two' },
    ],
  ],
  [application, 'routes', [route('one'), route('two')]],
  [application, 'callers', [{ serviceAccountName: 'one' }, { serviceAccountName: 'two' }]],
  [application, 'allowedOrigins', ['https://a.example.com', 'https://b.example.com']],
  [policy, 'cases.elevatedContacts', ['grace', 'hedy']],
  [policy, 'notices.events', ['GrantOpened', 'GrantEnded']],
  [policy, 'notices.allowedInnerCIDRs', ['10.0.0.0/24', '10.1.0.0/24']],
  [policy, 'notices.webhooks', [webhook('one'), webhook('two')]],
  [policy, 'notices.recipients', ['a@example.com', 'b@example.com']],
  [application, 'forwardHeaders.request', ['X-One', 'X-Two']],
  [application, 'forwardHeaders.response', ['X-One', 'X-Two']],
  [application, 'pathForms', ['MatrixParameters', 'EncodedSlash']],
  [user, 'supportRoles', ['Engineer', 'Trainee']],
  [supportCase, 'contacts', [{ name: 'grace' }, { name: 'hedy' }]],
];

function certificates(...bodies: readonly [string, string]): [string, string] {
  const [one, two] = bodies.map((body) => `-----BEGIN CERTIFICATE-----\n${body}`);
  return [one ?? '', two ?? ''];
}

function webhook(name: string) {
  return { name, url: `https://${name}.example.com/` };
}

let cp: ControlPlane;

beforeAll(async () => {
  cp = await dedicatedControlPlane();
  const files = manifests.flatMap(({ file }) => ['-f', `${root}/crds/manifests/${file}`]);
  await cp.kubectl(['apply', '--server-side', ...files]);
  const names = manifests.map(({ definition }) => `crd/${definition.metadata.name}`);
  await cp.kubectl(['wait', '--for=condition=Established', ...names]);
});

/** The whole object as one manager has it in Git, with these entries in the list. */
function written(kind: Kind, path: string, entries: readonly unknown[]): object {
  const object = kind.base();
  if (path === 'sso.identityProvider.certificates')
    set('sso.identityProvider', { entityID: 'x', signInURL: 'https://idp.example.com' })(object.spec);
  if (path === 'cases.elevatedContacts') {
    set(
      'administrators',
      ['grace', 'hedy'].map((name) => ({ name, user: name })),
    )(object.spec);
  }
  set(path, entries)(object.spec);
  return object;
}

const applied = (manager: string, object: object, ...flags: readonly string[]) =>
  [
    ['apply', '--server-side', `--field-manager=${manager}`, ...flags, '-f', '-'],
    { input: JSON.stringify(object) },
  ] as const;

describe('the list', () => {
  it.each(
    lists.map(([kind, path, entries]) => [`${kind.kind} spec.${path}`, { kind, path, entries }] as const),
  )('%s loses what Git takes out, or Git is told who else has it', async (_, { kind, path, entries }) => {
    const both = written(kind, path, entries);
    const fewer = written(kind, path, entries.slice(0, 1));
    const now = async (): Promise<unknown> => {
      const { stdout } = await cp.kubectl(['get', kind.plural, kind.base().metadata.name, '-o', 'json']);
      return path
        .split('.')
        .reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], JSON.parse(stdout).spec);
    };
    await cp.kubectl(...applied('git', both, '--force-conflicts'));
    await cp.kubectl(...applied('console', both));
    const [args, options] = applied('git', fewer);
    const refused = await cp.kubectl(args, { ...options, expectFailure: true });
    expect(refused.stderr).toContain('conflict with "console"');
    expect(refused.stderr).toContain(`.spec.${path}`);
    expect(await now()).toEqual(entries);
    await cp.kubectl(...applied('git', fewer, '--force-conflicts'));
    expect(await now()).toEqual(entries.slice(0, 1));
    await cp.kubectl(['delete', kind.plural, kind.base().metadata.name]);
  });

  it('is tried here, each that is atomic in the spec of a kind that people change', () => {
    const atomic = manifests.flatMap(({ definition }) =>
      atomicLists(storedSchema(definition).properties?.['spec'] ?? {}, '').map(
        (path) => `${definition.spec.names.kind} ${path}`,
      ),
    );
    const changed = atomic.filter((path) => !path.startsWith('SupportPermissionMatrix '));
    expect(lists.map(([kind, path]) => `${kind.kind} .${path}`).sort()).toEqual(changed.sort());
  });
});

function atomicLists(schema: Schema, path: string): string[] {
  const own = schema['x-kubernetes-list-type'] === 'atomic' ? [path] : [];
  return [
    ...own,
    ...Object.entries(schema.properties ?? {}).flatMap(([name, one]) => atomicLists(one, `${path}.${name}`)),
  ];
}
