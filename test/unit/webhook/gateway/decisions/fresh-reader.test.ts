import { describe, expect, it } from 'vitest';
import { kinds } from '../../../../../crds/kinds.ts';
import { KubeError, saysAbsent } from '../../../../../kube/errors.ts';
import { FreshReader } from '../../../../../webhook/gateway/decisions/fresh-reader.ts';
import { knownObjects, notFound } from '../../../../kit/objects/known-objects.ts';
import { aMatrix } from '../../../../kit/objects/matrix.ts';

const kind = kinds.SupportPermissionMatrix;
const ref = { name: 'ecase-1' };

function aReader(...objects: readonly unknown[]) {
  const known = knownObjects(...objects);
  const sent = { gets: 0 };
  const onGet = (): void => {
    sent.gets += 1;
  };
  return { known, sent, reader: new FreshReader({ client: known.client, timeoutMs: 500, onGet }) };
}

describe('what was compiled from an object', () => {
  it('is compiled once for one version, and its metadata is read each time', async () => {
    const { reader, known, sent } = aReader(aMatrix());
    let compiled = 0;
    const compile = (): number => (compiled += 1);
    expect([await reader.compiled(kind, ref, compile), await reader.compiled(kind, ref, compile)]).toEqual([
      1, 1,
    ]);
    const metadata = 'SupportPermissionMatrix ecase-1 (metadata)';
    expect(known.gets).toEqual([metadata, 'SupportPermissionMatrix ecase-1', metadata]);
    expect(sent.gets).toBe(3);
  });

  it.each([
    ['another version', { resourceVersion: '2' }],
    ['another object of the same name', { uid: 'another' }],
  ])('is compiled anew for %s', async (_, change) => {
    const { reader, known } = aReader(aMatrix());
    await reader.compiled(kind, ref, () => 'old');
    known.put({ ...aMatrix(), metadata: { ...aMatrix().metadata, ...change } });
    expect(await reader.compiled(kind, ref, () => 'new')).toBe('new');
  });

  it('costs one request of an object that is written all the time, and its metadata when it rests again', async () => {
    const { reader, known } = aReader(aMatrix());
    const look = async (resourceVersion: string): Promise<readonly string[]> => {
      known.put({ ...aMatrix(), metadata: { ...aMatrix().metadata, resourceVersion } });
      known.gets.length = 0;
      expect(await reader.compiled(kind, ref, ({ metadata }) => metadata.resourceVersion)).toBe(
        resourceVersion,
      );
      return [...known.gets];
    };
    const [whole, metadata] = [
      'SupportPermissionMatrix ecase-1',
      'SupportPermissionMatrix ecase-1 (metadata)',
    ];
    expect([await look('1'), await look('2')]).toEqual([
      [metadata, whole],
      [metadata, whole],
    ]);
    expect([await look('3'), await look('4'), await look('4'), await look('4')]).toEqual([
      [whole],
      [whole],
      [whole],
      [metadata],
    ]);
  });

  it('is absent when the object is deleted between its metadata and its body', async () => {
    const { reader, known } = aReader(aMatrix());
    let gets = 0;
    known.answer(kind.kind, ref.name, () => {
      gets += 1;
      return gets === 1 ? Promise.resolve(aMatrix()) : Promise.reject(notFound(kind, ref.name));
    });
    expect(await reader.compiled(kind, ref, () => 'compiled')).toBeUndefined();
    expect(gets).toBe(2);
  });

  it('is absent when there is none, and nothing is compiled', async () => {
    const { reader } = aReader();
    expect(await reader.compiled(kind, ref, () => expect.unreachable())).toBeUndefined();
  });
});

describe('a lock', () => {
  it('is present or absent by its metadata alone', async () => {
    const { reader, known } = aReader({ kind: 'SupportAccessLock', metadata: { name: 'all' } });
    expect([await reader.lock('all'), await reader.lock('ns.ecase')]).toEqual(['present', 'absent']);
    expect(known.gets).toEqual(['SupportAccessLock all (metadata)', 'SupportAccessLock ns.ecase (metadata)']);
  });

  it('is neither when it cannot be read', async () => {
    const { reader, known } = aReader();
    known.answer('SupportAccessLock', 'all', () => Promise.reject(new Error('away')));
    await expect(reader.lock('all')).rejects.toThrow('away');
  });
});

describe('an error says that an object is absent', () => {
  const lock = kinds.SupportAccessLock;
  const error = (status: number, body: unknown): KubeError =>
    new KubeError({
      method: 'GET',
      path: '/',
      status,
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const details = { name: 'all', group: lock.group, kind: lock.plural };
  const body = { kind: 'Status', status: 'Failure', reason: 'NotFound', code: 404, details };

  it('only as the API server says it of this very object', () => {
    expect(saysAbsent(error(404, body), lock, 'all')).toBe(true);
    expect(saysAbsent(error(404, { ...body, details: { ...details, kind: lock.kind } }), lock, 'all')).toBe(
      true,
    );
  });

  it.each([
    ['text', error(404, '404 page not found')],
    ['no details', error(404, { ...body, details: undefined })],
    ['another name', error(404, { ...body, details: { ...details, name: 'ns.ecase' } })],
    ['another group', error(404, { ...body, details: { ...details, group: 'other.dev' } })],
    ['another kind', error(404, { ...body, details: { ...details, kind: 'namespaces' } })],
    ['another reason', error(404, { ...body, reason: 'Gone' })],
    ['another status', error(410, body)],
    ['no error of the API server', new Error('404 NotFound')],
  ])('never with %s', (_, said) => expect(saysAbsent(said, lock, 'all')).toBe(false));
});
