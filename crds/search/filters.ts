/**
 * By what records are found. The list from which the records API, the plugin, the index and the documentation are made: an
 * index only narrows, and whether a record is meant is said by `matches` alone, so that a file and an installation answer alike.
 */
import type { RecordTarget, StoredRecord } from '../audit/record.ts';
import { readReference, referenceOf } from '../audit/reference.ts';
import { parseCIDR } from '../rules/address/cidr.ts';
import { isProblem } from '../rules/problem.ts';
import { isInRange, keysOfAddress, keysOfRange, rangeText } from './address-keys.ts';
import { asGiven, type RecordFilter, whole } from './filter.ts';
import { readDecision, readReason, readType } from './known-values.ts';
import { searchWords, wordsIn } from './words.ts';

/** An object by its name, in any namespace or in one. */
const named = (object: Pick<RecordTarget, 'namespace' | 'name'> | undefined): (string | undefined)[] =>
  object?.name === undefined ? [] : [object.name, object.namespace && `${object.namespace}/${object.name}`];

const ofKind = ({ target }: StoredRecord, kind: string): RecordTarget | undefined =>
  target?.kind === kind ? target : undefined;

const reference: RecordFilter = {
  value: '<number>',
  says: 'the record with this reference number, as the page of a refusal shows it',
  example: 'A1B2-C3D4-E5F6',
  read(text) {
    const wanted = readReference(text);
    if (wanted !== undefined) return { wanted };
    const rule = 'must be a reference number of twelve digits and letters from A to F';
    return { rule, fix: 'write for example A1B2-C3D4-E5F6' };
  },
  // Each record has its own, so an index holds them in another way.
  keysOf: () => [],
  keysFor: () => [],
  matches: ({ id }, wanted) => referenceOf(id) === wanted,
};

const address: RecordFilter = {
  value: '<address>',
  says: 'what came from this address, or from this range of addresses',
  example: '203.0.113.0/24',
  read(text) {
    const cidr = parseCIDR(text);
    return isProblem(cidr) ? { rule: cidr.rule, fix: cidr.fix } : { wanted: rangeText(cidr) };
  },
  keysOf: ({ source }) => (source === undefined ? [] : keysOfAddress(source.ip)),
  keysFor: keysOfRange,
  matches: ({ source }, wanted) => source !== undefined && isInRange(source.ip, wanted),
};

const text: RecordFilter = {
  value: '<words>',
  says: 'records that hold all of these words: in the message, in what changed, in names and parameters of what it was about',
  example: 'lock lifted',
  read(given) {
    if (/["'`*]/.test(given))
      return { rule: 'must be words alone, all of which are looked for', fix: 'leave out quotes and *' };
    const words = searchWords([given]);
    if (words.length > 0) return { wanted: words.join(' ') };
    return { rule: 'must have a letter or a digit', fix: 'write for example lock lifted' };
  },
  keysOf: wordsIn,
  keysFor: (wanted) => wanted.split(' '),
  matches(record, wanted) {
    const words = new Set(wordsIn(record));
    return wanted.split(' ').every((each) => words.has(each));
  },
};

/** THE list, the narrowest first: an index begins with the first that is asked for. */
const table = {
  reference,
  session: whole(
    {
      value: '<handle>',
      says: 'what was done in this session, by its handle or the name of its SupportSession',
      example: 'k3Zr0a',
    },
    (record) => [record.session, ofKind(record, 'SupportSession')?.name],
  ),
  case: whole(
    {
      value: '<name>',
      says: 'of this SupportCase: mail-jobs, or ecase/mail-jobs',
      example: 'ecase/mail-jobs',
    },
    (record) => named(ofKind(record, 'SupportCase')),
  ),
  grant: whole(
    {
      value: '<name>',
      says: 'of this grant: case-4711, ecase/case-4711, or its UID',
      example: 'ecase/case-4711',
    },
    (record) =>
      [record.grant, ofKind(record, 'SupportAccessGrant')].flatMap((grant) => [...named(grant), grant?.uid]),
  ),
  address,
  text,
  person: whole(
    {
      value: '<name>',
      says: 'what this person or program did or asked for, by the name in the records',
      example: 'ada',
    },
    ({ actor, requester }) => [actor.name, actor.userId, requester?.username],
  ),
  resource: whole(
    {
      value: '<object>',
      says: 'about this kind of objects or this object: SupportUser, SupportUser/ada, SupportAccessGrant/ecase/case-4711',
      example: 'SupportUser/ada',
    },
    ({ target }) => {
      const kind = target?.kind;
      return kind === undefined ? [] : [kind, ...named(target).map((name) => name && `${kind}/${name}`)];
    },
  ),
  reason: whole(
    {
      value: '<reason>',
      says: 'refused or ended for this reason',
      example: 'ActionNotPermitted',
    },
    ({ decision, outcome }) => [decision?.reason, outcome?.reason],
    { read: readReason },
  ),
  module: whole(
    {
      value: '<module>',
      says: 'requests of this module or sub-module of the matrix',
      example: 'Jobs',
    },
    ({ target }) => [target?.module, target?.subModule],
    { fold: true },
  ),
  action: whole(
    { value: '<action>', says: 'requests of this action of the matrix, or this verb', example: 'Run' },
    ({ target }) => [target?.action],
    { fold: true },
  ),
  type: whole(
    { value: '<type>', says: 'of this type, or with this code', example: 'signin.failed' },
    ({ type }) => [type],
    { read: readType },
  ),
  decision: whole(
    { value: '<decision>', says: 'allowed, or refused', example: 'refused' },
    ({ decision }) => [decision?.effect],
    { read: readDecision },
  ),
  'user-type': whole(
    {
      value: '<type>',
      says: 'by users of this type ("Support User"), or by support, customer_admin, system or anonymous',
      example: 'Support User',
    },
    ({ actor }) => [actor.userType, actor.kind],
    { fold: true, read: asGiven },
  ),
} as const satisfies Readonly<Record<string, RecordFilter>>;

export type FilterName = keyof typeof table;

/** By their names, in which they are also given: `--user-type`, `user-type=`. */
export const recordFilters: Readonly<Record<FilterName, RecordFilter>> = table;

export const filterNames = Object.keys(table) as readonly FilterName[];
