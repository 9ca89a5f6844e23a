/** What opens several grants at once says of each whose data becomes visible, and whether it is masked, before it asks. */
import { describe, expect, it } from 'vitest';
import { call } from '../../../kit/cli/call.ts';
import { failure, type Reply, scriptedServer } from '../../../kit/cli/scripted-server.ts';
import { aLock } from '../../../kit/objects/lock.ts';
import { aPolicy } from '../../../kit/objects/policy.ts';

const group = { apiVersion: 'supportaccess.dev/v1beta1' };
const uid = '00000000-0000-4000-8000-000000000001';

function grant(name: string, spec: object = {}) {
  return {
    ...group,
    kind: 'SupportAccessGrant',
    metadata: { name, namespace: 'ecase', uid, resourceVersion: '7', generation: 1 },
    spec: {
      access: 'Enabled',
      userRefs: [{ name: 'bob' }],
      matrixRef: { name: 'm' },
      applicationRef: { name: 'shop' },
      expirationTime: '2099-12-04T12:00:00Z',
      ...spec,
    },
  };
}

interface There {
  readonly grants?: readonly object[] | 'hidden';
  readonly matrix?: object | 'absent' | 'hidden';
  readonly application?: 'absent' | 'hidden';
}

const masking = { system: 'casepoint', revision: 1, masking: 'Enabled', maskedClasses: ['EmailAddress'] };

/** One of several readings: hidden from the caller, not there, or there. */
function shown(state: object | 'absent' | 'hidden', name: string): Reply {
  if (state === 'hidden') return failure(403, 'not for you');
  return state === 'absent' ? failure(404, 'none', name) : [200, state];
}

const ofSpec = (name: string, spec: object | 'absent' | 'hidden') =>
  typeof spec === 'object' ? { ...group, metadata: { name }, spec } : spec;

async function asked(words: readonly string[], there: There): Promise<string> {
  const { grants = [grant('case-1')], matrix = masking, application } = there;
  const policy = aPolicy();
  const { options, calls } = await scriptedServer((to) => {
    const last = to.split('/').at(-1) ?? '';
    if (last === 'supportaccessgrants')
      return grants === 'hidden' ? failure(403, 'not for you') : listOf(grants);
    if (to.endsWith('/supportpermissionmatrices/m')) return shown(ofSpec('m', matrix), 'm');
    if (to.endsWith('/supportapplications/shop'))
      return shown(ofSpec('shop', application ?? { url: 'https://shop' }), 'shop');
    if (last === 'default') return [200, { ...policy, spec: { ...policy.spec, access: 'Disabled' } }];
    if (to.endsWith('/supportaccesslocks/all')) return [200, aLock('all')];
    return failure(404, 'none', last);
  });
  const { code, err } = await call([...words, ...options], { answers: ['n'], columns: 1000 });
  expect(code, err).toBe(5);
  expect(calls.filter((each) => !each.startsWith('GET '))).toEqual([]);
  return err;
}

const listOf = (items: readonly object[]): Reply => [
  200,
  { kind: 'List', metadata: { resourceVersion: '1' }, items },
];

const openers: readonly (readonly [string, readonly string[]])[] = [
  ['policy enable', ['policy', 'enable']],
  ['unlock', ['unlock', 'all', '--reason', 'over']],
  [
    'user add',
    ['user', 'add', 'bob', '--display-name', 'Bob', '--user-id', 's-2', '--name-id', 'bob@example.com'],
  ],
];

describe.each(openers)('ZH-10 %s, before it asks', (_, words) => {
  it('says whose data support will see, and what of it the matrix masks', async () => {
    const said = await asked(words, {});
    expect(said).toContain(
      'By ecase/case-1: Support will see the data of application shop in namespace ecase (https://shop).',
    );
    expect(said).toContain(
      'The matrix m masks EmailAddress; everything else in those pages is seen as it is.',
    );
  });

  it('says that a matrix masks nothing', async () => {
    const said = await asked(words, { matrix: { ...masking, masking: 'Disabled' } });
    expect(said).toContain('The matrix m masks nothing: support sees personal data as it is.');
  });

  it('takes the worst of what it may not read', async () => {
    const said = await asked(words, { matrix: 'hidden', application: 'hidden' });
    expect(said).toContain('Support will see the data of application shop in namespace ecase.');
    expect(said).toContain('take it that support sees the data as it is');
    const unlisted = await asked(words, { grants: 'hidden' });
    expect(unlisted).toContain('You may not list grants');
    expect(unlisted).toContain('take it that it is seen as it is');
  });

  it('says what access waits for where something is not there', async () => {
    const said = await asked(words, { matrix: 'absent', application: 'absent' });
    expect(said).toContain('There is no SupportApplication shop in namespace ecase yet');
    expect(said).toContain('There is no matrix m yet');
  });

  it('says it once for grants that show the same, and for each that shows other data', async () => {
    const grants = [grant('case-1'), grant('case-2'), grant('case-3', { applicationRef: undefined })];
    const said = await asked(words, { grants });
    expect(said).toContain('By ecase/case-1, ecase/case-2: Support will see');
    expect(said).toContain('By ecase/case-3: The matrix m masks EmailAddress');
  });

  it('leaves out a grant that is over or disabled, since it opens nothing', async () => {
    const over = grant('over', { expirationTime: '2020-01-01T00:00:00Z' });
    const said = await asked(words, { grants: [over, grant('off', { access: 'Disabled' })] });
    expect(said).not.toContain('Support will see the data');
    expect(said).toMatch(/no enabled grant|No enabled grant|No grant is enabled/);
  });
});
