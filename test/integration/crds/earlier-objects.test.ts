/** Objects that an earlier build's kinds let in, under the kinds of these sources: they can be read, put back and changed. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { readManifests } from '../../../tools/generate/manifests.ts';
import { applyPatch, mergePatch } from '../../kit/control-plane/caller.ts';
import type { ControlPlane } from '../../kit/control-plane/control-plane.ts';
import { previousOrWhyNot } from '../../kit/installation/previous.ts';
import { noteNotRun } from '../../kit/machine/not-run.ts';
import {
  allKinds,
  collection,
  grant,
  type Kind,
  policy,
  type Sent,
} from '../../kit/objects/valid-objects.ts';
import { dedicatedControlPlane } from '../../kit/vitest/use-control-plane.ts';
import { set } from './breaking.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const manifests = readManifests(root);
const previous = previousOrWhyNot();
if ('why' in previous) noteNotRun({ what: 'objects of an earlier build', why: previous.why });

/** As it is in Git, with the words of then. */
function earlier(kind: Kind): Sent {
  const object = kind.base();
  if (kind === policy) set('network.gatewayPolicy', 'Off')(object.spec);
  if (kind === grant) set('userRefs', [{ name: 'ada' }, { name: 'eve' }])(object.spec);
  return object;
}

/** Those that the earlier build had. */
function earlierKinds(commit: string): Kind[] {
  const files = execFileSync('git', ['ls-tree', '--name-only', `${commit}:crds/manifests`], {
    cwd: root,
    encoding: 'utf8',
  });
  return allKinds.filter(({ plural }) => files.split('\n').includes(`${plural}.yaml`));
}

const pathOf = (kind: Kind): string => `${collection(kind)}/${kind.base().metadata.name}`;

describe.skipIf('why' in previous)('an object of an earlier build', () => {
  let cp: ControlPlane;

  const take = async (yaml: string): Promise<void> => {
    await cp.kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], { input: yaml });
    await cp.kubectl([
      'wait',
      '--for=condition=Established',
      ...allKinds
        .filter(({ plural }) => yaml.includes(`${plural}.supportaccess.dev`))
        .map(({ plural }) => `crd/${plural}.supportaccess.dev`),
    ]);
  };
  const apply = async (object: Sent, kind: Kind) =>
    cp.admin.send('PATCH', `${pathOf(kind)}?fieldManager=git`, { body: object, contentType: applyPatch });

  beforeAll(async () => {
    if ('why' in previous) return;
    cp = await dedicatedControlPlane();
    const known = earlierKinds(previous.commit);
    const files = known.map(({ plural }) => `${previous.commit}:crds/manifests/${plural}.yaml`);
    await take(
      execFileSync('git', ['show', ...files], { cwd: root, encoding: 'utf8' }).replaceAll(
        '\napiVersion: apiext',
        '\n---\napiVersion: apiext',
      ),
    );
    for (const kind of known) {
      const { status, text } = await apply(earlier(kind), kind);
      expect(status, text).toBe(201);
    }
    await take(manifests.map(({ text }) => text).join('\n---\n'));
  });

  it.each(
    ('commit' in previous ? earlierKinds(previous.commit) : []).map((kind) => [kind.kind, kind] as const),
  )('can be put back unchanged, labelled and applied again: %s', async (_, kind) => {
    const { body } = await cp.admin.send('GET', pathOf(kind));
    const put = await cp.admin.send('PUT', pathOf(kind), { body });
    expect(put.status, put.text).toBe(200);
    const label = { body: { metadata: { labels: { team: 'platform' } } }, contentType: mergePatch };
    expect((await cp.admin.send('PATCH', pathOf(kind), label)).status).toBe(200);
    const again = await apply(earlier(kind), kind);
    expect(again.status, again.text).toBe(200);
  });

  it('loses what is taken out of a list that was keyed before', async () => {
    const { status, body, text } = await apply(grant.base(), grant);
    expect(status, text).toBe(200);
    expect(body).toMatchObject({ spec: { userRefs: [{ name: 'ada' }] } });
  });

  it('can have its switch turned off beside a word that is no longer to choose from', async () => {
    const off = { body: { spec: { access: 'Disabled' } }, contentType: mergePatch };
    const { status, body, text } = await cp.admin.send('PATCH', pathOf(policy), off);
    expect(status, text).toBe(200);
    expect(body).toMatchObject({ spec: { access: 'Disabled', network: { gatewayPolicy: 'Off' } } });
  });
});
