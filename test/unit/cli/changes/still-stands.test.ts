/** What stops access is looked at last: what another took back meanwhile is never confirmed as stopped. */
import { describe, expect, it } from 'vitest';
import { unlockReason } from '../../../../crds/audit/requester.ts';
import { call } from '../../../kit/cli/call.ts';
import { failure, type Reply, scriptedServer } from '../../../kit/cli/scripted-server.ts';
import { aPolicy } from '../../../kit/objects/policy.ts';

const api = 'supportaccess.dev/v1beta1';
const none: Reply = [200, { kind: 'List', metadata: { resourceVersion: '1' }, items: [] }];
const metadata = { name: 'all', uid: 'u-1', resourceVersion: '7', generation: 2 };
const status = {
  observedGeneration: 9,
  conditions: [{ type: 'Active', status: 'False', reason: 'Disabled', message: 'It is disabled.' }],
};

interface Kept {
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly spec: Readonly<Record<string, unknown>>;
}

const enabled: Readonly<Record<string, Kept>> = {
  'policy disable': {
    kind: 'SupportAccessPolicy',
    metadata: { ...metadata, name: 'default' },
    spec: { ...aPolicy().spec },
  },
  'user deactivate ada': {
    kind: 'SupportUser',
    metadata: { ...metadata, name: 'ada' },
    spec: { access: 'Enabled', displayName: 'Ada', userId: 's-1', nameID: 'ada@example.com' },
  },
  'grant disable case-1': {
    kind: 'SupportAccessGrant',
    metadata: { ...metadata, name: 'case-1', namespace: 'ecase' },
    spec: {
      access: 'Enabled',
      userRefs: [{ name: 'ada' }],
      matrixRef: { name: 'm' },
      expirationTime: '2099-12-04T12:00:00Z',
    },
  },
};

type Hidden = 'hidden';

/** Types a line where another write makes this of what was stored, while sessions are listed after it. */
async function stopping(
  line: string,
  first: Kept | undefined,
  meanwhile: (kept: Kept) => Kept | undefined | Hidden,
) {
  let kept: Kept | undefined | Hidden = first;
  let isWritten = false;
  const shown = (object: Kept): Reply => [200, { apiVersion: api, ...object, status }];
  const write = (written: Kept): Reply => {
    const had = kept === 'hidden' ? undefined : kept;
    const now: Kept = had ?? { ...written, metadata: { ...metadata, ...written.metadata } };
    kept = { ...now, spec: { ...now.spec, ...written.spec } };
    isWritten = true;
    return shown(kept);
  };
  const list = (kind: string): Reply => {
    const isNow = isWritten && kind === 'supportsessions';
    if (isNow && typeof kept === 'object') kept = meanwhile(kept);
    return none;
  };
  const read = (name: string): Reply => {
    if (kept === 'hidden') return failure(403, 'not for you');
    return kept === undefined ? failure(404, 'none', name) : shown(kept);
  };
  const { options } = await scriptedServer((asked, body) => {
    const [, kind = '', name] = /\/(support[a-z]+)(?:\/([^/]+))?$/.exec(asked) ?? [];
    if (!asked.startsWith('GET ')) return write(body as Kept);
    return name === undefined ? list(kind) : read(name);
  });
  return call([...line.split(' '), '--yes', '--timeout', '5s', ...options]);
}

const withMetadata =
  (change: object) =>
  (kept: Kept): Kept => ({ ...kept, metadata: { ...kept.metadata, ...change } });

describe('CC-13 what stops access', () => {
  it.each(Object.keys(enabled))('%s: is not confirmed where it is enabled again meanwhile', async (line) => {
    const { code, out } = await stopping(line, enabled[line], (kept) => ({
      ...kept,
      spec: { ...kept.spec, access: 'Enabled' },
    }));
    expect(out).toContain('by another write Support');
    expect(out).toContain('is enabled again');
    expect(out).not.toContain('Done.');
    expect(code).toBe(2);
  });

  it.each(Object.keys(enabled))('%s: is confirmed where it stays', async (line) => {
    const { code, out } = await stopping(line, enabled[line], (kept) => kept);
    expect(out).toContain('Done.');
    expect(code).toBe(0);
  });

  it.each<[string, (kept: Kept) => Kept | undefined, string]>([
    ['lifted', () => undefined, 'SupportAccessLock all is lifted again: what it stops may open again'],
    [
      'lifted, and made again',
      withMetadata({ uid: 'u-2' }),
      'was lifted, and another one of its name made since',
    ],
    ['being deleted', withMetadata({ deletionTimestamp: '2026-12-01T12:00:00Z' }), 'is being deleted'],
    [
      'being lifted',
      withMetadata({ annotations: { [unlockReason]: 'a false alarm' } }),
      'stands; it is being lifted ("a false alarm")',
    ],
  ])('a lock is not confirmed where it is %s meanwhile', async (_, meanwhile, said) => {
    const { code, out } = await stopping('revoke all', undefined, meanwhile);
    expect(out).toContain(said);
    expect(out).not.toContain('Done.');
    expect(code).toBe(2);
  });

  it('a lock that may not be read again is confirmed with that said', async () => {
    const { code, out } = await stopping('revoke all', undefined, () => 'hidden');
    expect(out).toContain('Done. Support access to this cluster is stopped.');
    expect(out).toContain('it was not looked whether it still does');
    expect(code).toBe(0);
  });
});

describe('CC-13 a lock that is there already', () => {
  const there: Kept = {
    kind: 'SupportAccessLock',
    metadata: { ...metadata, creationTimestamp: '2026-12-01T11:00:00Z' },
    spec: { reason: 'alarm' },
  };

  it('is told as being lifted where the reason for that is stored', async () => {
    const lifting = withMetadata({ annotations: { [unlockReason]: 'over' } })(there);
    const { code, out, err } = await stopping('revoke all', lifting, (kept) => kept);
    expect(err).toContain(
      'Locked already, since 2026-12-01T11:00:00Z ("alarm"); it is being lifted ("over")',
    );
    expect(out).not.toContain('Done.');
    expect(code).toBe(2);
  });

  it('is no lock where it is being deleted', async () => {
    const going = withMetadata({ deletionTimestamp: '2026-12-01T12:00:00Z' })(there);
    const { code, out, err } = await stopping('revoke all', going, (kept) => kept);
    expect(err).toContain('SupportAccessLock all is being deleted since 2026-12-01T12:00:00Z');
    expect(err).not.toContain('already');
    expect({ code, out }).toEqual({ code: 3, out: '' });
  });
});
