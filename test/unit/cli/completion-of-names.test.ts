/** Names of what is in the cluster, completed: of the right kind and place, soon, and silent where they cannot be had. */
import { beforeAll, expect, it } from 'vitest';
import { call } from '../../kit/cli/call.ts';
import { failure, type Reply, scriptedServer } from '../../kit/cli/scripted-server.ts';

const listOf = (...names: string[]): Reply => [
  200,
  {
    kind: 'PartialObjectMetadataList',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { resourceVersion: '1' },
    items: names.map((name) => ({ metadata: { name } })),
  },
];

const there: Readonly<Record<string, Reply>> = {
  'GET /apis/supportaccess.dev/v1beta1/namespaces/ecase/supportaccessgrants': listOf(
    'case-1',
    'case-2',
    'other',
  ),
  'GET /apis/supportaccess.dev/v1beta1/namespaces/hr/supportaccessgrants': listOf('hr-1'),
  'GET /apis/supportaccess.dev/v1beta1/supportusers': listOf('ada', 'bob'),
  'GET /apis/supportaccess.dev/v1beta1/supportpermissionmatrices': listOf('casepoint-ecase-1'),
  'GET /api/v1/namespaces': listOf('ecase', 'hr'),
};

// Read once before: unbundled it takes longer on a busy machine than a person waits for names.
beforeAll(async () => void (await import('@kubernetes/client-node')));

/** What a shell is told for the last of these words. */
async function completed(
  words: readonly string[],
  script = (asked: string): Reply => there[asked] ?? failure(403, 'no'),
) {
  const server = await scriptedServer(script);
  const [first = '', ...others] = words;
  const last = others.pop() ?? '';
  const path =
    others.length > 0 && ['grant', 'matrix'].includes(first) ? [first, others.shift() ?? ''] : [first];
  const line = ['__complete', '--', ...path, ...server.options, ...others, last];
  const { code, out, err } = await call(line);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out.split('\n').slice(0, -1);
}

it.each<[string[], string[]]>([
  [
    ['grant', 'enable', 'case'],
    ['case-1', 'case-2'],
  ],
  [
    ['status', ''],
    ['case-1', 'case-2', 'other'],
  ],
  [['status', '-n', 'hr', ''], ['hr-1']],
  [['status', '--namespace=hr', ''], ['hr-1']],
  [
    ['status', '-n', ''],
    ['ecase', 'hr'],
  ],
  [['can-i', 'a'], ['ada']],
  [['can-i', 'ada', '--grant', 'o'], ['other']],
  [['can-i', 'ada', '--grant=o'], ['--grant=other']],
  [
    ['grant', 'create', 'new', '--person', ''],
    ['ada', 'bob'],
  ],
  [['grant', 'create', 'new', '--matrix', 'case'], ['casepoint-ecase-1']],
  [['revoke', 'person', 'b'], ['bob']],
  [
    ['revoke', 'namespace', ''],
    ['ecase', 'hr'],
  ],
  [['revoke', 'grant', 'case-2'], ['case-2']],
])('completes %j', async (words, names) => {
  expect(await completed(words)).toEqual([...names, ':4']);
});

it.each([
  [
    ['matrix', 'show', 'case'],
    ['casepoint-ecase-1', ':0'],
  ],
  [
    ['matrix', 'diff', 'casepoint-ecase-1', ''],
    ['casepoint-ecase-1', ':0'],
  ],
  [['matrix', 'lint', './case'], [':0']],
  [['matrix', 'lint', 'matrices/'], [':0']],
])('completes %j, where a file may stand as well', async (words, lines) => {
  expect(await completed(words)).toEqual(lines);
});

it('asks nothing where no name is wanted', async () => {
  expect(await completed(['status', '--all'])).toEqual(['--all-namespaces\tin all namespaces', ':4']);
  expect(await completed(['revoke', 'all', ''])).toEqual([':4']);
  expect(await completed(['can-i', 'ada', '--from', ''])).toEqual([':4']);
});

it.each<[string, Reply]>([
  ['may not be listed', failure(403, 'not for you')],
  ['fail', failure(500, 'etcd')],
  ['are not served', failure(404, '404 page not found')],
  ['are cut off', 'lost'],
])('offers nothing and says nothing where names %s', async (_, reply) => {
  expect(await completed(['status', ''], () => reply)).toEqual([':4']);
});

it('waits no longer than a person does with a finger on the key', async () => {
  const before = performance.now();
  expect(await completed(['status', ''], () => 'silent')).toEqual([':4']);
  expect(performance.now() - before).toBeLessThan(4000);
});

it('offers nothing without a kubeconfig, and for a context that is not in it', async () => {
  for (const where of [
    ['--kubeconfig', '/nowhere'],
    ['--context', 'none'],
  ]) {
    const { code, out, err } = await call(['__complete', '--', 'status', ...where, '']);
    expect({ code, out, err }).toEqual({ code: 0, out: ':4\n', err: '' });
  }
});
