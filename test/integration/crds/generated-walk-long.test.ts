/** The generated walk over the schemas of all kinds: two thousand states of each, against the real API server. */
import { fileURLToPath } from 'node:url';
import { beforeAll, it } from 'vitest';
import { readManifests } from '../../../tools/generate/manifests.ts';
import type { ControlPlane } from '../../kit/control-plane/control-plane.ts';
import { dedicatedControlPlane } from '../../kit/vitest/use-control-plane.ts';
import { expectWalk } from './walk-laws.ts';
import { wholeObjects } from './whole-objects.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
let cp: ControlPlane;

beforeAll(async () => {
  cp = await dedicatedControlPlane();
  const manifests = readManifests(root);
  const files = manifests.flatMap(({ file }) => ['-f', `${root}/crds/manifests/${file}`]);
  await cp.kubectl(['apply', '--server-side', ...files]);
  const names = manifests.map(({ definition }) => `crd/${definition.metadata.name}`);
  await cp.kubectl(['wait', '--for=condition=Established', ...names]);
});

it.each(wholeObjects.map((whole) => [whole.kind.kind, whole] as const))(
  'is taken, or refused by a field, and opens nothing: %s',
  async (_, whole) => {
    await expectWalk(cp, whole, { root, seed: Date.now() % 1_000_000, count: 2000 });
  },
  300_000,
);
