/** How a status is written: whole, once, only when it differs, and never over a change that was not seen. */
import { describe, expect, it } from 'vitest';
import { kinds } from '../../../../crds/kinds.ts';
import type { WriteOptions } from '../../../../kube/api/client.ts';
import { KubeError } from '../../../../kube/errors.ts';
import type { KubeObject, WrittenObject } from '../../../../kube/objects.ts';
import type { Resource } from '../../../../kube/resources.ts';
import { reportStatus } from '../../../../operator/writes/calls.ts';
import { aUser } from '../../../kit/objects/user.ts';

const status = { observedGeneration: 1, conditions: [] };
const next = { observedGeneration: 2, conditions: [] };
const seen = { ...aUser(), status };

/** Notes what is written, or refuses it. */
function aClient(failure?: Error) {
  const written: unknown[] = [];
  const update = async <T = KubeObject>(
    resource: Resource,
    object: WrittenObject,
    options?: WriteOptions,
  ) => {
    if (failure !== undefined) throw failure;
    written.push([resource.kind, object, options]);
    return object as T;
  };
  return { written, client: { update } };
}

describe('a status', () => {
  it('that says what is stored already is not written', async () => {
    const { client, written } = aClient();
    const same = { observedGeneration: 1, conditions: [] };
    await expect(reportStatus({ client }, kinds.SupportUser, { seen, next: same })).resolves.toBe(false);
    expect(written).toEqual([]);
  });

  it('replaces the whole status of the object that was seen, and nothing else', async () => {
    const { client, written } = aClient();
    const { signal } = new AbortController();
    await expect(reportStatus({ client, signal }, kinds.SupportUser, { seen, next })).resolves.toBe(true);
    const options = { subresource: 'status', fieldManager: 'support-access-operator', signal };
    expect(written).toEqual([['SupportUser', { ...seen, status: next }, options]]);
  });

  it('is written for an object that has none', async () => {
    const { client, written } = aClient();
    await expect(reportStatus({ client }, kinds.SupportUser, { seen: aUser(), next })).resolves.toBe(true);
    expect(written).toHaveLength(1);
  });

  it('carries the resourceVersion that was seen, so that a change in between refuses it', async () => {
    const { client, written } = aClient();
    await reportStatus({ client }, kinds.SupportUser, { seen, next });
    expect(written[0]).toMatchObject([
      'SupportUser',
      { metadata: { uid: seen.metadata.uid, resourceVersion: seen.metadata.resourceVersion } },
      {},
    ]);
    const conflict = new KubeError({ method: 'PUT', path: '/', status: 409, body: '{}' });
    const refusing = aClient(conflict).client;
    await expect(reportStatus({ client: refusing }, kinds.SupportUser, { seen, next })).rejects.toBe(
      conflict,
    );
  });
});
