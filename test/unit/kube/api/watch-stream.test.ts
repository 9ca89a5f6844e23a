import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { openWatch } from '../../../../kube/api/watch-stream.ts';
import { isExpired } from '../../../../kube/errors.ts';
import type { Transport, TransportRequest } from '../../../../kube/http/transport.ts';
import { ConfigMaps } from '../../../../kube/resources.ts';

const signal = new AbortController().signal;

function aTransport(text: string, status = 200) {
  const asked: string[] = [];
  const open = async ({ path }: TransportRequest) => {
    asked.push(path);
    return { status, headers: {}, body: Readable.from([Buffer.from(text)]) };
  };
  return { transport: { open } as unknown as Transport, asked };
}

async function read(text: string): Promise<object[]> {
  const { transport } = aTransport(text);
  const events: object[] = [];
  for await (const event of await openWatch(transport, ConfigMaps, { signal })) events.push(event);
  return events;
}

function line(type: string, object: object): string {
  return `${JSON.stringify({ type, object })}\n`;
}

const bookmark = { kind: 'ConfigMap', metadata: { resourceVersion: '9' } };

describe('a watch', () => {
  it('asks for bookmarks and for what comes after a version', async () => {
    const { transport, asked } = aTransport('');
    await openWatch(transport, ConfigMaps, {
      namespace: 'ns',
      resourceVersion: '7',
      timeoutSeconds: 300,
      signal,
    });
    const { pathname, searchParams } = new URL(asked[0] ?? '', 'https://server');
    expect(pathname).toBe('/api/v1/namespaces/ns/configmaps');
    expect(Object.fromEntries(searchParams)).toEqual({
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: '7',
      timeoutSeconds: '300',
    });
  });

  it('reads events, gives each object its kind, and drops one that was cut off', async () => {
    const object = { kind: 'PartialObjectMetadata', metadata: { name: 'a' } };
    const events = await read(`${line('ADDED', object)}${line('BOOKMARK', bookmark)}{"type":"DEL`);
    expect(events).toEqual([
      { type: 'ADDED', object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } } },
      { type: 'BOOKMARK', resourceVersion: '9' },
    ]);
  });

  it('throws what the server says in the stream', async () => {
    const status = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' };
    await expect(read(line('ERROR', status))).rejects.toSatisfy(isExpired);
    await expect(read(line('ERROR', status))).rejects.toThrow('too old resource version');
  });

  it('does not guess at an event type that it does not know', async () => {
    await expect(read(line('PAUSED', bookmark))).rejects.toThrow('PAUSED is not known');
  });

  it('throws when the server refuses it at all', async () => {
    const { transport } = aTransport('{"kind":"Status","reason":"Forbidden","message":"no"}', 403);
    await expect(openWatch(transport, ConfigMaps, { signal })).rejects.toMatchObject({
      status: 403,
      reason: 'Forbidden',
    });
  });
});
