/** Lifting a lock whose target may be gone: the lock that is meant is found by what it says, and never guessed. */
import { describe, expect, it } from 'vitest';
import { lockedName } from '../../../../crds/rules/locks.ts';
import { call } from '../../../kit/cli/call.ts';
import { failure, type Reply, scriptedServer } from '../../../kit/cli/scripted-server.ts';
import { aLock } from '../../../kit/objects/lock.ts';
import { aUser } from '../../../kit/objects/user.ts';

const uid = (end: string): string => `00000000-0000-4000-8000-00000000000${end}`;

function lock(name: string, says?: string) {
  const made = aLock(name);
  const annotations = says === undefined ? {} : { [lockedName]: says };
  return { ...made, metadata: { ...made.metadata, resourceVersion: '3', annotations } };
}

function person(name: string, end: string) {
  const user = aUser();
  return { ...user, metadata: { ...user.metadata, name, uid: uid(end) } };
}

interface There {
  readonly locks: readonly ReturnType<typeof lock>[];
  readonly users?: readonly ReturnType<typeof person>[] | 'hidden';
  /** Grants can be read one by one, and not listed. */
  readonly hidesGrants?: boolean;
}

const listOf = (items: readonly unknown[]): Reply => [
  200,
  { kind: 'List', metadata: { resourceVersion: '1' }, items },
];

async function unlocking(words: readonly string[], { locks, users = [], hidesGrants }: There) {
  const lifted: string[] = [];
  const hidden = (kind: string, name: string | undefined): boolean =>
    (kind === 'supportusers' && users === 'hidden') ||
    (kind === 'supportaccessgrants' && name === undefined && hidesGrants === true);
  const { options } = await scriptedServer((asked) => {
    const [, kind = '', name] = /\/(support[a-z]+)(?:\/([^/]+))?$/.exec(asked) ?? [];
    if (hidden(kind, name)) return failure(403, 'not for you');
    const all: Readonly<Record<string, readonly { metadata: { name: string } }[]>> = {
      supportaccesslocks: locks.filter(({ metadata }) => !lifted.includes(metadata.name)),
      supportusers: users === 'hidden' ? [] : users,
    };
    const objects = all[kind] ?? [];
    if (name === undefined) return listOf(objects);
    const found = objects.find(({ metadata }) => metadata.name === name);
    if (asked.startsWith('DELETE')) lifted.push(name);
    return found === undefined ? failure(404, 'none', name) : [200, found];
  });
  const called = await call(['unlock', ...words, '--reason', 'over', '--yes', ...options]);
  return { ...called, err: called.err.replaceAll(/\s+/g, ' '), lifted };
}

describe('ZH-3 unlock', () => {
  it('lifts the lock on a person who is there, by the UID', async () => {
    const locks = [lock(`user.${uid('1')}`), lock(`user.${uid('2')}`, 'SupportUser ada')];
    const { code, lifted, out } = await unlocking(['person', 'ada'], { locks, users: [person('ada', '1')] });
    expect({ code, lifted }).toEqual({ code: 0, lifted: [`user.${uid('1')}`] });
    expect(out).toContain('Done.');
  });

  it.each<[string, readonly string[], string, string]>([
    ['a person', ['person', 'ada'], `user.${uid('1')}`, 'SupportUser ada'],
    ['a grant', ['grant', 'case-1'], `grant.${uid('1')}`, 'SupportAccessGrant ecase/case-1'],
  ])(
    'lifts the lock that says that it stops %s who is gone, and says that nothing opens',
    async (...each) => {
      const [, words, name, says] = each;
      const { code, err, lifted } = await unlocking(words, { locks: [lock(name, says), lock('all')] });
      expect(err).toContain(`Lift the lock on ${says}, as the lock says`);
      expect(err).toContain('so nothing opens by lifting it');
      expect({ code, lifted }).toEqual({ code: 0, lifted: [name] });
    },
  );

  it('lifts the lock on who had the name before, where another has it now', async () => {
    const locks = [lock(`user.${uid('1')}`, 'SupportUser ada')];
    const { code, lifted } = await unlocking(['person', 'ada'], { locks, users: [person('ada', '2')] });
    expect({ code, lifted }).toEqual({ code: 0, lifted: [`user.${uid('1')}`] });
  });

  it.each<[string, string, readonly string[]]>([
    ['everything', 'all', ['person', 'ada']],
    ['a namespace', 'ns.ecase', ['person', 'ada']],
    ['a person who is there', `user.${uid('1')}`, ['person', 'ada']],
    ['a grant', `grant.${uid('2')}`, ['person', 'ada']],
    ['everything', 'all', ['grant', 'case-1']],
    ['a person who is gone', `user.${uid('2')}`, ['grant', 'case-1']],
  ])('never takes the lock on %s for the one that is meant, whatever it says: %s, %j', async (...each) => {
    const [, name, words] = each;
    const says = words[0] === 'person' ? 'SupportUser ada' : 'SupportAccessGrant ecase/case-1';
    const users = [person('charles', '1')];
    const { code, err, lifted } = await unlocking(words, { locks: [lock(name, says)], users });
    expect(err).toContain(`unlock lock ${name}`);
    expect({ code, lifted }).toEqual({ code: 3, lifted: [] });
  });

  it('takes the lock that is meant where others say the same of what they do not stop', async () => {
    const gone = `user.${uid('2')}`;
    const says = 'SupportUser ada';
    const locks = [lock('all', says), lock(`user.${uid('1')}`, says), lock(gone, says)];
    const { code, lifted } = await unlocking(['person', 'ada'], { locks, users: [person('charles', '1')] });
    expect({ code, lifted }).toEqual({ code: 0, lifted: [gone] });
  });

  it('believes no lock where it may not be seen whether its target is gone', async () => {
    const locks = [lock(`grant.${uid('1')}`, 'SupportAccessGrant ecase/case-1')];
    const { code, err, lifted } = await unlocking(['grant', 'case-1'], { locks, hidesGrants: true });
    expect(err).toContain(
      `To lift one by its own name: kubectl support-access unlock lock grant.${uid('1')}`,
    );
    expect({ code, lifted }).toEqual({ code: 3, lifted: [] });
  });

  it('says whom a lock stops by its UID, whatever the lock says', async () => {
    const name = `user.${uid('1')}`;
    const users = [person('charles', '1')];
    const { err } = await unlocking(['lock', name], { locks: [lock(name, 'SupportUser ada')], users });
    expect(err).toContain('(SupportUser charles)');
  });

  it('does not guess where several say it, and lifts one by its own name', async () => {
    const locks = [lock(`user.${uid('1')}`, 'SupportUser ada'), lock(`user.${uid('2')}`, 'SupportUser ada')];
    const asked = await unlocking(['person', 'ada'], { locks });
    expect(asked.err).toContain('2 locks say that they stop SupportUser ada');
    expect(asked.err).toContain(`kubectl support-access unlock lock user.${uid('1')}`);
    expect({ code: asked.code, lifted: asked.lifted }).toEqual({ code: 3, lifted: [] });
    const byName = await unlocking(['lock', `user.${uid('2')}`], { locks, users: 'hidden' });
    expect(byName.err).toContain('it is not said what opens by lifting it');
    expect({ code: byName.code, lifted: byName.lifted }).toEqual({ code: 0, lifted: [`user.${uid('2')}`] });
  });

  it('lifts the lock on a namespace that is gone, and says what is locked where nothing of the name is', async () => {
    const locks = [lock('ns.ecase')];
    const { code, lifted } = await unlocking(['namespace', 'ecase'], { locks });
    expect({ code, lifted }).toEqual({ code: 0, lifted: ['ns.ecase'] });
    const nothing = await unlocking(['person', 'zoe'], { locks: [], users: [person('ada', '1')] });
    expect(nothing.err).toContain(
      'no SupportUser zoe; there is ada; name another one, or create it; nothing is locked; see kubectl get supportaccesslocks',
    );
    const wrong = await unlocking(['person', 'ad'], { locks, users: [person('ada', '1')] });
    expect(wrong.err).toContain('no SupportUser ad; did you mean ada?; locked are: ns.ecase (stop).');
    expect(wrong.code).toBe(3);
  });
});

it('ZH-3 says what was written, and how to go on, where other writes come in between all the time', async () => {
  const conflict: Reply = [
    409,
    { kind: 'Status', status: 'Failure', code: 409, reason: 'Conflict', message: 'x' },
  ];
  const { options } = await scriptedServer((asked) => {
    if (asked.startsWith('DELETE ')) return conflict;
    return asked.endsWith('/all') ? [200, lock('all')] : listOf([]);
  });
  const { code, err } = await call(['unlock', 'all', '--reason', 'over', '--yes', ...options]);
  expect(err).toContain('other writes come in between all the time; run it again, or see with kubectl get');
  expect(err).toContain('Already written: the reason for lifting SupportAccessLock all.');
  expect(code).toBe(2);
});
