import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Services } from '../../../../../kube/resources.ts';
import { resolveInCluster } from '../../../../../webhook/gateway/proxy/cluster-services.ts';
import { notFound } from '../../../../kit/objects/known-objects.ts';
import { aFolder } from '../../../../kit/records/store-file.ts';

const ref = { namespace: 'ecase', name: 'ecase' };
const service = { spec: { type: 'ClusterIP', selector: { app: 'ecase' }, ports: [{ port: 80 }] } };

/** A client of an API server that has this Service, or answers with this error. */
function aClient(found: object | Error) {
  const reads: unknown[] = [];
  const get = async <T>(...read: unknown[]): Promise<T> => {
    reads.push(read);
    if (found instanceof Error) throw found;
    return found as T;
  };
  return { reads, get };
}

function aMap(target: string): string {
  const file = join(aFolder(), 'map.json');
  writeFileSync(file, JSON.stringify({ 'ecase/ecase:80': target }));
  return file;
}

describe('a Service of the cluster', () => {
  it('is read from the API server, within a second', async () => {
    const client = aClient(service);
    const resolve = resolveInCluster(client, aMap('127.0.0.1:3000'));
    expect(await resolve(ref, 80)).toMatchObject({ ok: true, upstream: { host: '127.0.0.1', port: 3000 } });
    expect(client.reads).toEqual([[Services, ref, { deadlineMs: 1000 }]]);
  });

  it('needs no map: one without an address of its own is refused before DNS is asked', async () => {
    expect(await resolveInCluster(aClient(service), undefined)(ref, 80)).toMatchObject({
      ok: false,
      reason: 'ExternalService',
    });
  });

  it('is none where the API server has none', async () => {
    const resolve = resolveInCluster(aClient(notFound(Services, 'ecase')), aMap('127.0.0.1:3000'));
    expect(await resolve(ref, 80)).toMatchObject({ ok: false, reason: 'NoService' });
  });

  it('is unknown where the API server cannot be asked', async () => {
    const resolve = resolveInCluster(aClient(new Error('away')), aMap('127.0.0.1:3000'));
    await expect(resolve(ref, 80)).rejects.toThrow('away');
  });
});
