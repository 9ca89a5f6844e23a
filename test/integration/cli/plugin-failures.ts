/** Each failure of the plugin that a call, a file, a right or an object leads to: how it is called, and a part of what it says. */

export interface Way {
  readonly words: readonly string[];
  /** Whose kubeconfig; without one the call needs no cluster. */
  readonly as?: string;
  /** A part of what is said. */
  readonly says: string | RegExp;
  readonly code: number;
}

/** A file of the test's folder; the test puts its path there. */
export const fileOf = (name: string): string => `FOLDER/${name}`;

const create = [
  'grant',
  'create',
  'case-1',
  '--person',
  'ada',
  '--matrix',
  'casepoint-ecase-1',
  '--from',
  '203.0.113.7',
];
const ref = ['-n', 'default'];

/** What was typed could have been typed rightly: exit 4 before anything is asked, exit 1 where a rule of the product refuses. */
export const refused: readonly Way[] = [
  {
    words: ['grant', 'create', 'x', '--matrix', 'm', 'for', '4h'],
    as: 'admin',
    code: 4,
    says: 'who is let in',
  },
  {
    words: ['grant', 'create', 'x', '--person', 'ada', 'for', '4h'],
    as: 'admin',
    code: 4,
    says: 'what they may do',
  },
  {
    words: ['grant', 'create', 'x', '--person', ',', 'for', '4h'],
    as: 'admin',
    code: 4,
    says: 'must have a name in it',
  },
  { words: create, as: 'admin', code: 4, says: 'the end must be given' },
  { words: [...create, 'soon'], as: 'admin', code: 4, says: 'must be words about time' },
  { words: [...create, '--for', '4h', 'for', '5h'], as: 'admin', code: 4, says: 'can only be given once' },
  { words: [...create, 'for', 'ever'], as: 'admin', code: 4, says: 'must be a length of time' },
  { words: [...create, 'until', 'doomsday'], as: 'admin', code: 4, says: 'must be a point in time' },
  {
    words: [...create, '--start', 'today', 'for', '4h'],
    as: 'admin',
    code: 4,
    says: 'is today, which has begun',
  },
  { words: [...create, '--reason', '', 'for', '4h'], as: 'admin', code: 4, says: 'must not be empty' },
  { words: [...create, 'for', '4h'], as: 'admin', code: 4, says: 'a person must confirm it' },
  {
    words: [...create, '--timeout', '0', 'for', '4h'],
    as: 'admin',
    code: 4,
    says: '--timeout must not be 0',
  },
  {
    words: [...create, '--timeout', 'x', 'for', '4h'],
    as: 'admin',
    code: 4,
    says: '--timeout must be a duration',
  },
  { words: [...create, '--as-group', 'g', 'for', '4h'], as: 'admin', code: 4, says: 'need --as' },
  {
    words: ['grant', 'extend', 'case-4711', ...ref],
    as: 'admin',
    code: 4,
    says: 'the new end must be given',
  },
  { words: ['revoke', 'grant', 'a', 'b'], as: 'admin', code: 4, says: 'only one target' },
  { words: ['revoke', 'grant'], as: 'admin', code: 4, says: 'it must be said what is meant' },
  { words: ['revoke', 'all', 'x'], as: 'admin', code: 4, says: 'can have no name' },
  { words: ['unlock', 'all'], as: 'admin', code: 4, says: 'say why it may be lifted' },
  { words: ['user', 'add', 'bob'], as: 'admin', code: 4, says: 'it must be said who it is' },
  {
    words: [
      'user',
      'add',
      'bob',
      '--display-name',
      'B',
      '--user-id',
      's',
      '--name-id',
      'b',
      '--attribute',
      'x',
    ],
    as: 'admin',
    code: 4,
    says: '--attribute must be name=value, not "x"',
  },
  {
    words: ['routes', 'test', 'GET', 'jobs', 'x'],
    as: 'admin',
    code: 4,
    says: 'the address must be a path such as /jobs/7',
  },
  { words: ['matrix', 'compile'], code: 4, says: '--system must be given' },
  { words: ['matrix', 'compile', '--system', 'x'], code: 4, says: 'must be one of' },
  {
    words: ['records', 'print', '--file', 'a', '--url', 'https://a'],
    code: 4,
    says: 'only one of --file and --url',
  },
  { words: ['records', 'print', '--url', 'http://a'], code: 4, says: 'must begin with https://' },
  { words: ['records', 'print', '--url', 'https://a'], code: 4, says: 'needs a token' },
  {
    words: ['records', 'print', '--file', 'a', '--limit', 'x'],
    code: 4,
    says: '--limit must be a whole number',
  },
  { words: ['records', 'print', '--file', 'a', '--since', 'x'], code: 4, says: 'must be a point in time' },
  {
    words: ['records', 'print', '--file', 'a', '--since', '1h', '--until', '2h'],
    code: 4,
    says: 'must be before --until',
  },
  { words: ['records', 'verify', '--file', 'a', '--head', 'x'], code: 4, says: '--head must look like' },
  {
    words: ['grant', 'create', 'case-4711', ...create.slice(3), 'for', '4h', ...ref, '-y'],
    as: 'admin',
    code: 1,
    says: 'a name can be used once',
  },
  {
    words: ['grant', 'create', 'x', ...create.slice(3), '--from', '10.0.0.1/8', 'for', '4h', '-y'],
    as: 'admin',
    code: 1,
    says: 'spec.allowedCIDRs',
  },
  {
    words: ['grant', 'extend', 'case-4711', 'until', '2026-12-02T08:00:00Z', ...ref, '-y'],
    as: 'admin',
    code: 1,
    says: 'must be later than the present one',
  },
  {
    words: ['grant', 'enable', 'over', ...ref, '-y'],
    as: 'admin',
    code: 1,
    says: 'the end must be later than now',
  },
  {
    words: ['grant', 'enable', 'ended', ...ref, '-y'],
    as: 'admin',
    code: 1,
    says: 'consent must be given again',
  },
  {
    words: ['user', 'add', 'ada', '--display-name', 'A', '--user-id', 's', '--name-id', 'a', '-y'],
    as: 'admin',
    code: 1,
    says: 'can never be changed',
  },
];

/** It could not be looked at: exit 3. */
export const untold: readonly Way[] = [
  {
    words: ['grant', 'enable', 'x', '--context', 'nope'],
    as: 'admin',
    code: 3,
    says: /no context is named "nope"/,
  },
  {
    words: ['grant', 'enable', 'x'],
    as: 'unreachable',
    code: 3,
    says: 'nothing listens at 127.0.0.1, port 9',
  },
  { words: ['grant', 'enable', 'x'], as: 'untrusted', code: 3, says: 'is not trusted' },
  { words: ['grant', 'enable', 'x'], as: 'unknown', code: 3, says: 'does not accept the credentials' },
  {
    words: ['grant', 'enable', 'case-4711', ...ref],
    as: 'powerless',
    code: 3,
    says: 'To get the right: ask for',
  },
  { words: ['grant', 'enable', 'case-4712', ...ref], as: 'admin', code: 3, says: 'did you mean case-4711?' },
  {
    words: ['grant', 'enable', 'x', '-n', 'kube-public'],
    as: 'admin',
    code: 3,
    says: 'there is none yet; name another one',
  },
  { words: ['user', 'deactivate', 'zoe'], as: 'admin', code: 3, says: 'there is ada; name another one' },
  {
    words: [...create.slice(0, 6), 'nope-1', 'for', '4h', '-y'],
    as: 'admin',
    code: 3,
    says: 'no SupportPermissionMatrix nope-1',
  },
  {
    words: [...create, '--application', 'nope', 'for', '4h', '-y'],
    as: 'admin',
    code: 3,
    says: 'no SupportApplication nope',
  },
  {
    words: ['unlock', 'all', '--reason', 'x', '-y'],
    as: 'admin',
    code: 3,
    says: 'there is no lock on this cluster',
  },
  { words: ['revoke', 'namespace', 'nope', '-y'], as: 'admin', code: 3, says: 'no Namespace nope' },
  {
    words: ['policy', 'enable', '-y'],
    as: 'admin',
    code: 3,
    says: 'there is no SupportAccessPolicy default',
  },
  { words: ['matrix', 'compile', '/nowhere.yaml'], code: 3, says: 'the file /nowhere.yaml does not exist' },
  { words: ['matrix', 'compile', fileOf('two.yaml')], code: 3, says: 'holds 2 documents and must hold one' },
  { words: ['matrix', 'compile', fileOf('empty.yaml')], code: 3, says: 'is empty and must hold one' },
  {
    words: ['matrix', 'compile', fileOf('broken.yaml')],
    code: 3,
    says: 'must be YAML or JSON; correct this',
  },
  { words: ['matrix', 'compile', fileOf('alias.yaml')], code: 3, says: 'must have no aliases' },
  { words: ['records', 'print', '--file', '/nowhere'], code: 3, says: 'cannot read /nowhere' },
  {
    words: ['records', 'print', '--file', fileOf('other.db')],
    code: 3,
    says: 'holds no records; name the file of a records store',
  },
  { words: ['records', 'head', '--file', fileOf('empty.yaml')], code: 3, says: 'there are no records yet' },
  {
    words: ['records', 'print', '-n', 'nowhere'],
    as: 'admin',
    code: 3,
    says: 'there is no installation in the namespace nowhere',
  },
  {
    words: ['records', 'print'],
    as: 'admin',
    code: 3,
    says: /no pod of the records is ready|holds no authority yet/,
  },
  { words: ['records', 'print'], as: 'powerless', code: 3, says: 'ask for the Role support-access-auditor' },
];
