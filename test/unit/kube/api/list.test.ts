import { describe, expect, it } from 'vitest';
import { listAll } from '../../../../kube/api/list.ts';
import { KubeError } from '../../../../kube/errors.ts';
import type { Transport, TransportRequest } from '../../../../kube/http/transport.ts';
import { ConfigMaps } from '../../../../kube/resources.ts';

/** Answers in turn; what was asked is kept. */
function aTransport(...answers: { status: number; body: object }[]) {
  const asked: URLSearchParams[] = [];
  const deadlines: Partial<TransportRequest>[] = [];
  const send = async ({ path, deadlineMs, usualDeadlineMs }: TransportRequest) => {
    deadlines.push({ deadlineMs, usualDeadlineMs });
    asked.push(new URL(path, 'https://server').searchParams);
    const { status, body } = answers[asked.length - 1] ?? { status: 500, body: {} };
    return { status, headers: {}, body: JSON.stringify(body) };
  };
  return { transport: { send } as unknown as Transport, asked, deadlines };
}

function page(version: string, names: string[], more?: string) {
  const items = names.map((name) => ({ metadata: { name } }));
  return { status: 200, body: { metadata: { resourceVersion: version, continue: more }, items } };
}

const expired = { status: 410, body: { kind: 'Status', reason: 'Expired' } };

describe('a list', () => {
  it('follows the pages to the end, of one moment', async () => {
    const { transport, asked } = aTransport(page('7', ['a'], 'next'), page('7', ['b'], ''));
    const { items, resourceVersion } = await listAll<{ metadata: { name: string } }>(
      transport,
      ConfigMaps,
      {},
    );
    expect(items.map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
    expect(resourceVersion).toBe('7');
    expect(asked.map((one) => [one.get('limit'), one.get('continue')])).toEqual([
      ['500', null],
      ['500', 'next'],
    ]);
    expect(asked.every((one) => !one.has('resourceVersion'))).toBe(true);
  });

  it('whose moment was forgotten between two pages is taken as a whole, without what it had', async () => {
    const { transport, asked } = aTransport(page('7', ['a', 'b'], 'next'), expired, page('9', ['b', 'c']));
    const { items, resourceVersion } = await listAll<{ metadata: { name: string } }>(
      transport,
      ConfigMaps,
      {},
    );
    expect(items.map(({ metadata }) => metadata.name)).toEqual(['b', 'c']);
    expect(resourceVersion).toBe('9');
    expect(asked.at(-1)?.has('limit')).toBe(false);
  });

  it('has a minute for a page only where neither the call nor the settings say another time', async () => {
    const { transport, deadlines } = aTransport(page('7', []), page('7', []));
    await listAll(transport, ConfigMaps, {});
    await listAll(transport, ConfigMaps, { deadlineMs: 2000 });
    expect(deadlines).toEqual([
      { deadlineMs: undefined, usualDeadlineMs: 60_000 },
      { deadlineMs: 2000, usualDeadlineMs: 60_000 },
    ]);
  });

  it('that is refused is no list', async () => {
    const { transport } = aTransport({ status: 403, body: { kind: 'Status', reason: 'Forbidden' } });
    await expect(listAll(transport, ConfigMaps, {})).rejects.toBeInstanceOf(KubeError);
  });

  it('may be empty, also when the server writes null', async () => {
    const { transport } = aTransport({
      status: 200,
      body: { metadata: { resourceVersion: '3' }, items: null },
    });
    expect(await listAll(transport, ConfigMaps, {})).toEqual({ items: [], resourceVersion: '3' });
  });
});
