/** What is refused without a word of the application: each form by itself, and the attacks against each form that is allowed. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isProblem, type Problem } from '../../../../../crds/rules/problem.ts';
import { type CanonicalTarget, canonicalPath } from '../../../../../crds/rules/request/canonical-path.ts';
import { meaningOf } from '../../../../../crds/rules/request/meaning.ts';
import { type PathForm, pathForms } from '../../../../../crds/rules/request/path-forms.ts';
import { compileRoutes } from '../../../../../crds/rules/request/routes.ts';
import { refused } from './refused-targets.ts';

/** Judged, forwarded, and what else it could be read as. */
const allowed: readonly (readonly [PathForm, string, string, string, readonly string[]])[] = [
  [
    'MatrixParameters',
    '/app/;jsessionid=0A1B2C',
    '/app/',
    '/app/;jsessionid=0A1B2C',
    ['/app/;jsessionid=0A1B2C'],
  ],
  ['MatrixParameters', '/a;x=1;y/b', '/a/b', '/a;x=1;y/b', ['/a;x=1;y/b']],
  ['EmptySegments', '/api//jobs', '/api/jobs', '/api/jobs', []],
  ['EmptySegments', '//evil.example///x', '/evil.example/x', '/evil.example/x', []],
  [
    'EncodedSlash',
    '/api/queues/%2F/mail',
    '/api/queues/%2F/mail',
    '/api/queues/%2F/mail',
    ['/api/queues/mail'],
  ],
  ['EncodedSlash', '/q/a%2fb', '/q/a%2Fb', '/q/a%2Fb', ['/q/a/b']],
  ['EncodedPercent', '/files/100%25.pdf', '/files/100%25.pdf', '/files/100%25.pdf', []],
];

describe('a form of a path that an application allows', () => {
  it.each(allowed)('%s: %s is judged and forwarded in one form', (...[form, raw, path, target, readings]) => {
    expect(canonicalPath(raw, [form])).toMatchObject({ path, target, readings, forms: [form] });
    const others = pathForms.filter((other) => other !== form);
    expect(canonicalPath(raw, others)).toMatchObject({
      fix: expect.stringContaining(`add ${form} to spec.pathForms`),
    });
  });

  it.each([
    '/a/..;/admin',
    '/a/..;x=1/admin',
    '/a/.;/b',
    '/a/%2e%2e;/admin',
    '/a;/b',
    '/a/;x=1/b',
    '/a;x=%2e/b',
    '/a;x=../b',
    '/a;x=%2F..%2Fadmin',
    '/a;_method=DELETE',
    '/a;X-HTTP-Method-Override=DELETE',
    '/a%3Bx=1',
    '/a;x=1\\b',
    '/a/..%2Fadmin',
    '/a/..%2f..%2fadmin',
    '/a%2F..',
    '/a%2F./b',
    '/a%2F%2e%2e/b',
    '/a%5C..%5Cadmin',
    '/a%252e%252e/b',
    '/a%252Fadmin',
    '/a%2500',
    '/a%25%32%65/b',
    '/a%2525%32e',
    '//a/../b',
    '/a//./b',
    '/a//%2e%2e/b',
    '/a%c0%af/%2F',
    '/%ef%bc%8f%2F',
  ])('leaves %s refused, whatever is allowed', (raw) => {
    expect(canonicalPath(raw, pathForms)).toMatchObject({ rule: expect.stringMatching(/^must /) });
  });

  it.each(pathForms)('lets no attack pass that is another one: %s', (form) => {
    for (const [title, raw] of Object.entries(refused)) {
      const read: CanonicalTarget | Problem = canonicalPath(raw, [form]);
      if (isProblem(read)) continue;
      // What passes has that very form, and nothing else that was odd.
      expect([title, read.forms]).toEqual([title, [form]]);
      expect([title, dotsIn(read.path), dotsIn(read.target.split('?', 1)[0] ?? '')]).toEqual([
        title,
        false,
        false,
      ]);
    }
  });
});

/** Programs that read a path in ways of their own: what they serve must have been judged. */
const readers: Readonly<Record<string, (path: string) => string>> = {
  'as it is': (path) => path,
  'without parameters': (path) => path.replaceAll(/;[^/]*/g, ''),
  'with slashes merged': (path) => path.replaceAll(/\/{2,}/g, '/'),
  'decoded before it is split': (path) => path.replaceAll('%2F', '/').replaceAll(/\/{2,}/g, '/'),
  'without parameters, then decoded': (path) =>
    path
      .replaceAll(/;[^/]*/g, '')
      .replaceAll('%2F', '/')
      .replaceAll(/\/{2,}/g, '/'),
};

function dotsIn(path: string): boolean {
  return decodedTwice(path)
    .split(/[/\\]/)
    .some((segment) => segment === '.' || segment === '..');
}

function decodedTwice(path: string): string {
  const once = path.replaceAll(/%[0-9A-Fa-f]{2}/g, (code) =>
    String.fromCharCode(Number.parseInt(code.slice(1), 16)),
  );
  return once.replaceAll(/%[0-9A-Fa-f]{2}/g, (code) =>
    String.fromCharCode(Number.parseInt(code.slice(1), 16)),
  );
}

describe('a generated request target with every form allowed', () => {
  const text =
    '/ // . .. ; ;x=1 ;jsessionid=A %2e %2F %2f %5c %00 %25 %252e %25zz %20 a Z 0 \\ ? ~ %7e %c0%af : @ * admin';
  const pieces = fc.constantFrom(...text.split(' '));
  const targets = fc.array(pieces, { maxLength: 10 }).map((parts) => `/${parts.join('')}`);

  it('is served by each reader as something that was judged, and by none above its place', () => {
    fc.assert(
      fc.property(targets, (raw) => {
        const read = canonicalPath(raw, pathForms);
        if (isProblem(read)) return;
        const forwarded = read.target.split('?', 1)[0] ?? '';
        for (const [name, reader] of Object.entries(readers)) {
          const served = reader(forwarded);
          expect([name, dotsIn(served)]).toEqual([name, false]);
          expect([read.path, ...read.readings]).toContain(served);
        }
        expect(new URL(read.target, 'https://application.example').pathname).toBe(forwarded);
        expect(canonicalPath(read.target, pathForms)).toMatchObject({ path: read.path, target: read.target });
      }),
      { numRuns: 20_000 },
    );
  });
});

describe('what a path of such a form means', () => {
  const route = (name: string, path: string, action: string) => ({
    name,
    methods: ['GET' as const],
    path,
    module: 'Queues',
    action,
  });
  const table = compileRoutes([
    route('queue', '/queues/{vhost}/{name}', 'Read'),
    route('purge', '/queues/{vhost}/{name}/purge', 'Delete'),
    route('app', '/app/', 'Read'),
  ]);
  const meant = (raw: string, forms: readonly PathForm[] = pathForms) => {
    const read = canonicalPath(raw, pathForms);
    return isProblem(read) ? read.rule : meaningOf(table, { method: 'GET', ...read }, forms);
  };

  it('is that of the placeholder which holds it', () => {
    expect(meant('/queues/%2F/mail')).toMatchObject({ name: 'queue' });
    expect(meant('/queues/%2F/mail')).not.toHaveProperty('also');
    expect(meant('/app/;jsessionid=0A1B2C')).toMatchObject({ name: 'app' });
  });

  it('is that of its other reading as well, where that has one', () => {
    expect(meant('/queues/a/mail%2Fpurge')).toMatchObject({
      name: 'queue',
      also: [{ name: 'purge', action: 'Delete' }],
    });
  });

  it('is nothing where the application does not allow it', () => {
    for (const raw of ['/queues/%2F/mail', '/app/;jsessionid=0A1B2C', '/queues/a//mail', '/queues/a/100%25'])
      expect(meant(raw, [])).toBeUndefined();
  });
});
