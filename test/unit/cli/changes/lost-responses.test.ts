/** What is said of a change whose replies get lost: never that nothing was written where something may have been. */
import { describe, expect, it } from 'vitest';
import { call } from '../../../kit/cli/call.ts';
import { failure, type Reply, type Script, scriptedServer } from '../../../kit/cli/scripted-server.ts';

const group = '/apis/supportaccess.dev/v1beta1';
const aGrant = `${group}/namespaces/ecase/supportaccessgrants/case-1`;
const locks = `${group}/supportaccesslocks`;
const metadata = { name: 'case-1', namespace: 'ecase', uid: 'u-1', resourceVersion: '7', generation: 2 };
const kind = { apiVersion: 'supportaccess.dev/v1beta1', kind: 'SupportAccessGrant' };

const enabled = {
  ...kind,
  metadata,
  spec: {
    access: 'Enabled',
    userRefs: [{ name: 'ada' }],
    matrixRef: { name: 'm' },
    expirationTime: '2026-12-04T12:00:00Z',
  },
};
const closed = {
  ...enabled,
  spec: { ...enabled.spec, access: 'Disabled' },
  status: {
    observedGeneration: 2,
    conditions: [{ type: 'Active', status: 'False', reason: 'Disabled', message: 'It is disabled.' }],
  },
};
const none: Reply = [200, { kind: 'List', metadata: { resourceVersion: '1' }, items: [] }];

/** Closes case-1, with these replies to its write and to what is read after it, one after the other. */
async function closing(write: Reply, ...after: readonly Reply[]) {
  let isWritten = false;
  const replies = [...after];
  const script: Script = (asked) => {
    if (asked.startsWith('PATCH')) {
      isWritten = true;
      return write;
    }
    if (!asked.endsWith(aGrant)) return none;
    if (!isWritten) return [200, enabled];
    return (replies.length > 1 ? replies.shift() : replies[0]) ?? 'silent';
  };
  const { options } = await scriptedServer(script);
  return call(['grant', 'disable', 'case-1', '--yes', '--timeout', '2s', ...options]);
}

describe('CC-13 a change whose answer is lost', () => {
  it.each<[string, Reply, Reply, boolean]>([
    ['no answer, twice', 'lost', [200, enabled], true],
    ['an error on the way', failure(502, 'bad gateway'), [200, enabled], true],
    ['no answer, and none to the look at it', 'lost', failure(500, 'etcd'), false],
  ])('may have been written, after %s', async (_, write, look, isSeen) => {
    const { code, err } = await closing(write, look);
    expect(err).toContain(
      'It is not known whether this was stored: SupportAccessGrant case-1 in namespace ecase disabled.',
    );
    expect(err.includes('By now it is not stored.')).toBe(isSeen);
    expect(code).toBe(2);
  });

  it.each<[string, Reply]>([
    ['refused for want of the right', failure(403, 'not for you')],
    ['refused by a rule', failure(422, 'it must not be')],
    ['a conflict, whose plan is refused', failure(409, 'it was modified')],
  ])('may have been written where the answer was lost and writing it again is %s', async (_, again) => {
    let writes = 0;
    const { options } = await scriptedServer((asked) => {
      if (asked.startsWith('PATCH')) {
        writes += 1;
        return writes === 1 ? 'lost' : again;
      }
      if (!asked.endsWith(aGrant)) return none;
      // After a conflict it is planned anew, and may not be looked at any more.
      return writes > 1 && again[0] === 409 ? failure(403, 'not for you') : [200, enabled];
    });
    const { code, err } = await call(['grant', 'disable', 'case-1', '--yes', ...options]);
    expect(err).toContain('By now it is not stored.');
    expect(err).toContain('It is not known whether this was stored: SupportAccessGrant case-1');
    expect({ code, writes }).toEqual({ code: 2, writes: 2 });
  });

  it('was not written where the API server refuses it', async () => {
    const { code, err } = await closing(failure(403, 'not for you'));
    expect(err).not.toContain('stored');
    expect(code).toBe(3);
  });
});

describe('CC-13 a wait in which the API server fails', () => {
  it.each<[string, Reply]>([
    ['an overloaded server', failure(429, 'too many')],
    ['a failing server', failure(500, 'etcd')],
  ])('looks again after %s', async (_, fails) => {
    const { code, out, err } = await closing([200, closed], fails, [200, closed]);
    expect(err).toContain('the API server does not answer now, so it is looked at again');
    expect(out).toContain('is closed, and no session is left');
    expect(code).toBe(0);
  });

  it('ends in time, and says what is stored, where nothing replies any more', async () => {
    for (const dead of ['lost', 'silent'] as const) {
      const { code, out, err } = await closing([200, closed], dead);
      expect(out).toContain('case-1 in namespace ecase disabled, and stored.');
      expect(err).toContain('After 2 s it is not confirmed yet');
      expect(code).toBe(2);
    }
  });

  it('says what is stored where it may not be looked at', async () => {
    const { code, err } = await closing([200, closed], failure(403, 'not for you'));
    expect(err).toContain('Already written: SupportAccessGrant case-1 in namespace ecase disabled.');
    expect(code).toBe(2);
  });
});

it('CC-13 a lock whose reason was stored and whose deletion is refused is not told as untouched', async () => {
  const lock = {
    ...kind,
    kind: 'SupportAccessLock',
    metadata: { name: 'all', uid: 'u-2', resourceVersion: '3', creationTimestamp: '2026-12-01T00:00:00Z' },
    spec: { reason: 'alarm' },
  };
  const { options } = await scriptedServer((asked) => {
    if (asked.startsWith('DELETE')) return failure(403, 'not for you');
    return asked.endsWith(`${locks}/all`) ? [200, lock] : none;
  });
  const { code, err } = await call(['unlock', 'all', '--reason', 'false alarm', '--yes', ...options]);
  expect(err).toContain('Already written: the reason for lifting SupportAccessLock all.');
  expect(err).not.toContain('not known whether');
  expect(code).toBe(2);
});

it('CC-13 extending by so much counts once, also where the write came through and its answer was a conflict', async () => {
  let end = '2026-12-04T12:00:00Z';
  const { options, calls } = await scriptedServer((asked, patch) => {
    if (asked.startsWith('PATCH')) {
      end = (patch as typeof enabled).spec.expirationTime;
      return failure(409, 'it was modified');
    }
    if (asked.endsWith(aGrant)) return [200, { ...enabled, spec: { ...enabled.spec, expirationTime: end } }];
    return asked.includes('supportaccesslocks') ? failure(404, 'none', 'none') : failure(403, 'not for you');
  });
  const now = Date.parse('2026-12-01T12:00:00Z');
  const words = ['grant', 'extend', 'case-1', 'by', '4h', '--yes', '--wait=false', ...options];
  const { code, out, err } = await call(words, { now });
  expect(out).toContain('2026-12-04T16:00:00Z) already');
  expect(err).not.toContain('refused');
  expect(code).toBe(0);
  expect(calls.filter((each) => each.startsWith('PATCH'))).toHaveLength(1);
  expect(end).toBe('2026-12-04T16:00:00Z');
});
