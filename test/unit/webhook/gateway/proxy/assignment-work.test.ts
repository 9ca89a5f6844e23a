/**
 * How much work may one body of support's own make? No more than so much for each of its bytes, whatever it holds and however many
 * people there are. Counted in what is asked of the rule, and in steps of the search, never in time.
 */
import { describe, expect, it } from 'vitest';
import { type AssignmentRule, assignmentRule } from '../../../../../crds/rules/request/assignment.ts';
import { watchForAssignment } from '../../../../../webhook/gateway/proxy/body-watches.ts';
import { withMetadata, withSpec } from '../../../../kit/objects/object.ts';
import { aUser } from '../../../../kit/objects/user.ts';

const json = 'application/json';
const form = 'application/x-www-form-urlencoded';
const multipart = 'multipart/form-data; boundary=B';
const header = (name: string): string => `--B\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n`;
const longName = 'a.'.repeat(2000);

/** What stands once, and what follows it again and again. */
const bodies: readonly (readonly [what: string, type: string, start: string, again: string])[] = [
  ['many values below many names', json, `${'{"k":'.repeat(500)}[`, '1,'],
  ['many names below many names', json, `${'{"k":'.repeat(500)}{`, '"n":1,'],
  ['many values below one long name', json, `{"${longName}":[`, '1,'],
  ['many values of a field that assigns', json, '{"assignee":[', '"a",'],
  ['long lists in a field that assigns', json, '{"assignee":[', `"${'x,'.repeat(2000)}",`],
  ['a part of many lines', multipart, header('assignee'), 'a\n'],
  ['another part of many lines', multipart, header('file'), 'a\n'],
  ['a part whose header goes on and on', multipart, 'Content-Disposition: form-data', '\n name=a'],
  ['many parts', multipart, '', `${header('assignee')}a\r\n`],
  ['a form of long names', form, '', `${longName}=1&`],
  ['a form of many fields', form, '', 'assignee=a&'],
];

/** How many characters the rule is asked about while the body passes. */
function askedAbout(type: string, body: string): number {
  const real = assignmentRule(['assignee'], () => [aUser()]);
  if (real === undefined) throw new Error('there is no rule');
  let asked = 0;
  const note = (texts: readonly string[]): void => {
    for (const text of texts) asked += text.length;
  };
  const counted: AssignmentRule = {
    fieldAmong: (names) => (note(names), real.fieldAmong(names)),
    personIn: (value) => (note([value]), real.personIn(value)),
    find: (names, value) => (note([...names, value]), real.find(names, value)),
  };
  const watch = watchForAssignment(type, counted);
  expect(watch).toBeDefined();
  watch?.sees(Buffer.from(body));
  watch?.ends();
  return asked;
}

describe('the work that a body makes', () => {
  it.each(bodies)('CC-6 grows with its length alone: %s', (_, type, start, again) => {
    for (const bytes of [16_384, 131_072]) {
      const body = start + again.repeat(bytes / again.length);
      // Forms are read in two ways, parts by line and as a whole.
      expect(askedAbout(type, body) / body.length, `${body.length} bytes`).toBeLessThanOrEqual(2.1);
    }
  });
});

describe('the search for people in a value', () => {
  const texts = ['a', 'user-1x user-999y,user-5 '.repeat(160), 'x,'.repeat(2000), 'user-'.repeat(800)];

  it.each(texts.map((text) => [text.slice(0, 12), text] as const))(
    'CC-6 takes as many steps with a thousand people as with twenty: %s',
    (_, text) => {
      const [few, many] = [20, 1000].map((number) => {
        const people = Array.from({ length: number }, (_each, at) => {
          const address = `user-${at + 1000}@vendor.example`;
          return aUser(
            withMetadata({ name: `p${at}` }),
            withSpec({ displayName: `P ${at}`, userId: `cp-${at + 1000}`, nameID: address, email: address }),
          );
        });
        const rule = assignmentRule(['assignee'], () => people);
        // The names are laid out once.
        expect(rule?.personIn('x <USER-1003@vendor.example>')).toBe('p3');
        return stepsOf(() => rule?.personIn(text));
      });
      expect(many).toBe(few);
      expect(many).toBeLessThan(4 * text.length + 100);
    },
  );
});

/** Each text that is laid out, taken or compared while this runs. */
function stepsOf(act: () => unknown): number {
  let steps = 0;
  const natives = [
    [String.prototype, 'slice'],
    [String.prototype, 'indexOf'],
    [String.prototype, 'startsWith'],
    [Map.prototype, 'get'],
    [Set.prototype, 'has'],
  ] as const;
  const originals = natives.map(([of, name]) => Object.getOwnPropertyDescriptor(of, name) ?? {});
  for (const [at, [of, name]] of natives.entries()) {
    const original = originals[at]?.value as (...given: unknown[]) => unknown;
    Object.defineProperty(of, name, {
      configurable: true,
      writable: true,
      value(this: unknown, ...given: unknown[]) {
        steps += 1;
        return Reflect.apply(original, this, given);
      },
    });
  }
  try {
    act();
  } finally {
    for (const [at, [of, name]] of natives.entries()) Object.defineProperty(of, name, originals[at] ?? {});
  }
  return steps;
}
