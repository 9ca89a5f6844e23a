/** Every change of a stored object that a rule must refuse. */
import { grant, lock, matrix, type Sent, session, user } from '../../kit/objects/valid-objects.ts';
import { type Broken, breaking, set } from './breaking.ts';

const gone = (name: string) =>
  [`taking ${name} away`, set(name, undefined), `spec.${name}`, 'may not be changed'] as const;

/** What an UPDATE of the stored base object must not get through with. */
export const brokenUpdates: readonly Broken[] = [
  ...breaking(grant, [
    [
      'another matrix',
      set('matrixRef', { name: 'casepoint-ecase-2' }),
      'spec.matrixRef.name',
      'may not be changed',
    ],
    ['a smaller consent', set('consent', 1), 'spec.consent', 'must not become smaller'],
    ['consent left out', set('consent', undefined), 'spec.consent', 'must not become smaller'],
    ...[undefined, 1, 4, Number.MAX_SAFE_INTEGER].map((closings) => {
      const change = (_: unknown, object: Sent) => Object.assign(object, { status: { closings } });
      return [
        `ends counted as ${closings}`,
        change,
        'status.closings',
        'must stay as it is or become one more',
      ] as const;
    }),
  ]),
  ...breaking(user, [
    ['another userId', set('userId', 's-0043'), 'spec.userId', 'may not be changed'],
    ['another nameID', set('nameID', 'Ada@vendor.example'), 'spec.nameID', 'may not be changed'],
    ['another email', set('email', 'eve@vendor.example'), 'spec.email', 'may not be changed'],
    [
      'another attribute',
      set('attributes', [{ name: 'employeeNumber', value: '4712' }]),
      'spec.attributes',
      'may not be changed',
    ],
    gone('email'),
    gone('attributes'),
  ]),
  ...breaking(matrix, [
    ['another module', set('modules', [{ name: 'Users', access: 'Read' }]), 'spec', 'may not be changed'],
  ]),
  ...breaking(session, [
    ['another address', set('boundAddress', '203.0.113.8'), 'spec', 'may not be changed'],
  ]),
  ...breaking(lock, [['another reason', set('reason', 'none'), 'spec', 'may not be changed']]),
];
