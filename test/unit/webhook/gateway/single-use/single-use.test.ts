/** What the store of uses does with the answers of an API server; what a real one answers is asked in integration. */
import { describe, expect, it } from 'vitest';
import { KubeError } from '../../../../../kube/errors.ts';
import type { KubeObject } from '../../../../../kube/objects.ts';
import { createSingleUse, type SingleUse } from '../../../../../webhook/gateway/single-use/single-use.ts';
import { noon } from '../../../../kit/objects/ask.ts';
import { metadataOf } from '../../../../kit/objects/object.ts';

const alreadyExists = new KubeError({
  method: 'POST',
  path: '/leases',
  status: 409,
  body: JSON.stringify({ kind: 'Status', reason: 'AlreadyExists', code: 409 }),
});
const use = { kind: 'saml-request', id: ['_request'], until: noon } as const;
const quarterHour = 900_000;

interface StoreWish {
  readonly create?: () => Promise<never>;
  readonly delete?: (name: string) => Promise<'deleted' | 'absent'>;
  readonly leases?: readonly KubeObject[];
}

/** A store over an API server that answers as wished. */
function aStore(wish: StoreWish = {}): SingleUse & { readonly deleted: readonly string[] } {
  const deleted: string[] = [];
  const items = wish.leases ?? [];
  const store = createSingleUse(
    {
      create: wish.create ?? (() => Promise.resolve()),
      list: () => Promise.resolve({ items }),
      delete: async (_resource, { name }) => {
        const outcome = (await wish.delete?.(name)) ?? 'deleted';
        deleted.push(name);
        return outcome;
      },
    },
    'support-access',
  );
  return { ...store, deleted };
}

function aLease(name: string, until?: string): KubeObject {
  const annotations = until === undefined ? {} : { 'supportaccess.dev/used-until': until };
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { ...metadataOf('Lease', name), annotations },
  };
}

describe('the first use', () => {
  it('is the one whose Lease the API server creates', async () => {
    expect(await aStore().consume(use)).toBe('first');
  });

  it('is not one whose Lease is there already', async () => {
    expect(await aStore({ create: () => Promise.reject(alreadyExists) }).consume(use)).toBe('again');
  });

  it('is unknown, so nothing is let through, when the API server says anything else', async () => {
    const conflict = new KubeError({ method: 'POST', path: '/leases', status: 409, body: '' });
    for (const error of [conflict, new Error('reset')])
      await expect(aStore({ create: () => Promise.reject(error) }).consume(use)).rejects.toBe(error);
  });
});

describe('deleting what has expired', () => {
  it('deletes what has been over for a quarter of an hour, and says how many went', async () => {
    const leases = [
      aLease('over', new Date(noon - 1).toISOString()),
      aLease('just-over', new Date(noon).toISOString()),
      aLease('not-yet', new Date(noon + 1).toISOString()),
    ];
    const store = aStore({ leases });
    expect(await store.deleteExpired(noon + quarterHour)).toBe(2);
    expect(store.deleted).toEqual(['over', 'just-over']);
  });

  it('keeps a Lease whose date cannot be read', async () => {
    const store = aStore({ leases: [aLease('odd', 'some day'), aLease('bare')] });
    expect(await store.deleteExpired(Number.MAX_SAFE_INTEGER)).toBe(0);
    expect(store.deleted).toEqual([]);
  });

  it('counts none that another gateway had deleted', async () => {
    const leases = [aLease('over', new Date(noon).toISOString())];
    const store = aStore({ leases, delete: async () => 'absent' });
    expect(await store.deleteExpired(noon + quarterHour)).toBe(0);
  });

  it('takes 500 at a time', async () => {
    const leases = Array.from({ length: 501 }, (_, at) => aLease(`l${at}`, new Date(noon).toISOString()));
    expect(await aStore({ leases }).deleteExpired(noon + quarterHour)).toBe(500);
  });

  it('fails when a deletion fails', async () => {
    const leases = [aLease('over', new Date(noon).toISOString())];
    const broken = aStore({ leases, delete: () => Promise.reject(new Error('reset')) });
    await expect(broken.deleteExpired(noon + quarterHour)).rejects.toThrow('reset');
  });
});
