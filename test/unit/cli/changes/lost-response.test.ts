/** A change whose answer is lost is looked at: it is written once, and what is told is what is there. */
import { describe, expect, it } from 'vitest';
import { call } from '../../../kit/cli/call.ts';
import { failure, type Reply, scriptedServer } from '../../../kit/cli/scripted-server.ts';

const now = Date.parse('2026-12-01T12:00:00Z');
const metadata = { name: 'case-1', namespace: 'ecase', uid: 'u-1', generation: 2 };
const status = {
  observedGeneration: 9,
  conditions: [{ type: 'Active', status: 'False', reason: 'Disabled', message: 'It is disabled.' }],
};
const spec = {
  access: 'Disabled',
  userRefs: [{ name: 'ada' }],
  matrixRef: { name: 'm' },
  expirationTime: '2026-12-04T12:00:00Z',
};
const taken: Reply = [
  409,
  {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    code: 409,
    reason: 'AlreadyExists',
    message: 'it is there',
  },
];

/** What happens to a write: lost before it is stored, lost after, or not at all. */
type Fate = 'never arrives' | 'is stored unanswered' | 'is answered';

interface Kept {
  kind: string;
  spec: Record<string, unknown>;
  version: number;
}

interface Written {
  readonly kind: string;
  readonly metadata: { readonly resourceVersion?: string };
  readonly spec: Record<string, unknown>;
}

/** An API server that keeps one object, by version as a real one does, with these fates of the writes to it. */
async function keeping(
  first: Kept | undefined,
  fates: readonly Fate[],
  onLost?: (kept: Kept | undefined) => Kept,
) {
  let kept = first;
  const left = [...fates];
  const shown = ({ kind, spec: has, version }: Kept): Reply => [
    200,
    {
      apiVersion: 'supportaccess.dev/v1beta1',
      kind,
      metadata: { ...metadata, resourceVersion: `${version}` },
      spec: has,
      status,
    },
  ];
  const stored = (method: string, body: unknown): Reply => {
    const written = body as Written;
    if (method === 'POST' && kept !== undefined) return taken;
    if (method === 'PATCH' && written.metadata.resourceVersion !== `${kept?.version}`)
      return failure(409, 'it was modified');
    const { kind, spec: had, version } = kept ?? { kind: written.kind, spec: {}, version: 0 };
    kept = { kind, spec: { ...had, ...written.spec }, version: version + 1 };
    return shown(kept);
  };
  const script = (asked: string, body: unknown): Reply => {
    const [method = ''] = asked.split(' ', 1);
    if (method === 'GET') return read(asked);
    const fate = left.shift() ?? 'is answered';
    const reply = fate === 'never arrives' ? 'lost' : stored(method, body);
    if (fate !== 'is answered' && onLost) kept = onLost(kept);
    return fate === 'is answered' ? reply : 'lost';
  };
  const read = (asked: string): Reply => {
    const [, kind, name] = /\/(support[a-z]+)(?:\/([^/]+))?$/.exec(asked) ?? [];
    if (name === undefined) return [200, { kind: 'List', metadata: { resourceVersion: '1' }, items: [] }];
    const isKept = kept !== undefined && kind === kindsOf[kept.kind];
    if (isKept && kept) return shown(kept);
    return kind === 'supportpermissionmatrices' ? failure(403, 'not for you') : failure(404, 'none', name);
  };
  const { options, calls } = await scriptedServer(script);
  return {
    calling: async (line: string) => call([...line.split(' '), '--yes', ...options], { now }),
    writes: () => calls.filter((each) => !each.startsWith('GET ')).length,
    kept: () => kept,
  };
}

const kindsOf: Readonly<Record<string, string>> = {
  SupportAccessGrant: 'supportaccessgrants',
  SupportAccessLock: 'supportaccesslocks',
};

const aGrant = (own: object = {}): Kept => ({
  kind: 'SupportAccessGrant',
  spec: { ...spec, ...own },
  version: 7,
});
const disabling = 'grant disable case-1';
const creating = 'grant create case-1 --disabled --person ada --matrix m until 2026-12-04T12:00:00Z';

describe('CC-13 a change whose answer is lost', () => {
  it.each<[string, Kept | undefined, readonly Fate[], number]>([
    [disabling, aGrant({ access: 'Enabled' }), ['is stored unanswered'], 1],
    [disabling, aGrant({ access: 'Enabled' }), ['never arrives'], 2],
    ['grant extend case-1 by 4h', aGrant(), ['is stored unanswered'], 1],
    ['grant extend case-1 by 4h', aGrant(), ['never arrives'], 2],
    [creating, undefined, ['is stored unanswered'], 1],
    [creating, undefined, ['never arrives'], 2],
    ['revoke all', undefined, ['is stored unanswered'], 1],
  ])('%s is done once, and told as done', async (line, first, fates, writes) => {
    const server = await keeping(first, fates);
    const { code, out, err } = await server.calling(line);
    expect(err).toContain('No answer says whether it was stored, so it is looked at.');
    expect(err).not.toMatch(/already|refused/);
    expect(out).toContain('Done.');
    expect({ code, writes: server.writes() }).toEqual({ code: 0, writes });
    expect(server.kept()?.version).toBe((first?.version ?? 0) + 1);
    if (line.includes('extend')) expect(server.kept()?.spec['expirationTime']).toBe('2026-12-04T16:00:00Z');
  });

  it('is no change of ours where another made one meanwhile', async () => {
    const another = (kept: Kept | undefined): Kept => ({
      ...(kept ?? aGrant()),
      spec: { ...spec, reason: 'x' },
      version: 20,
    });
    const server = await keeping(undefined, ['never arrives'], another);
    const { code, err } = await server.calling(creating.replace('--person ada', '--person charles'));
    expect(err).toContain('refused: there is a SupportAccessGrant case-1 in namespace ecase already');
    // Ours may have been stored for a moment: what was lost is not made unwritten by a refusal.
    expect(err).toContain('It is not known whether this was stored: SupportAccessGrant case-1');
    expect(code).toBe(2);
    expect(server.kept()?.spec['userRefs']).toEqual([{ name: 'ada' }]);
  });
});

it('ZH-3 a lock that another made in the same moment is as good as ours', async () => {
  let isThere = false;
  const lock = {
    kind: 'SupportAccessLock',
    metadata: { ...metadata, name: 'all' },
    spec: { reason: 'Another alarm' },
  };
  const { options, calls } = await scriptedServer((asked) => {
    if (asked.startsWith('POST')) {
      isThere = true;
      return taken;
    }
    if (asked.endsWith('/supportaccesslocks/all')) return isThere ? [200, lock] : failure(404, 'none', 'all');
    return [200, { kind: 'List', metadata: { resourceVersion: '1' }, items: [] }];
  });
  const { code, out, err } = await call(['revoke', 'all', '--yes', ...options]);
  expect(err).toContain('Another alarm');
  expect(out).toContain('Done. Support access to this cluster is stopped.');
  expect(code).toBe(0);
  expect(calls.filter((each) => each.startsWith('POST'))).toHaveLength(1);
});
