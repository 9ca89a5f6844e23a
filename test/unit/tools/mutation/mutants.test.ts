import { parseSync } from 'oxc-parser';
import { describe, expect, it } from 'vitest';
import { applied, described, mutantsOf } from '../../../../tools/mutation/mutants.ts';

/** Every text that a change of that kind makes of a source. */
function made(kind: string, text: string): readonly string[] {
  return mutantsOf('a.ts', text)
    .filter((mutant) => mutant.kind === kind)
    .map((mutant) => applied(text, mutant));
}

it.each([
  ['operator', 'f(a === b)', ['f(a !== b)']],
  ['operator', 'f(a < b)', ['f(a <= b)']],
  ['operator', 'f(a >= b)', ['f(a > b)']],
  ['operator', 'f(a && b)', ['f(a || b)']],
  ['operator', 'f(a + b)', []],
  ['operand dropped', 'f(a && b)', ['f(a)', 'f(b)']],
  ['operand dropped', 'f(a ?? b)', ['f(a)']],
  ['condition negated', 'if (a) b(); else c();', ['if (!(a)) b(); else c();']],
  ['condition negated', 'f(a ? b : c)', ['f(!(a) ? b : c)']],
  ['condition negated', 'if (!a) b(); else c();', ['if (a) b(); else c();']],
  ['guard dropped', 'if (a) throw b;', [';']],
  ['guard dropped', 'if (a) b(); else c();', []],
  ['call dropped', 'a(b);', [';']],
  ['call dropped', 'await a(b);', [';']],
  ['call dropped', 'a = b;', []],
  ['await dropped', 'f(await a());', ['f((a()));']],
  ['anchor dropped', 'f(/^a$/u)', ['f(/a$/u)', 'f(/^a/u)']],
  ['anchor dropped', 'f(/a\\$/)', []],
  ['anchor dropped', 'f(/^/)', []],
  ['number moved', 'f(10)', ['f(9)', 'f(11)']],
  ['number moved', 'f(0)', ['f(1)']],
  ['number moved', 'f(9_999)', ['f(9998)', 'f(10000)']],
  ['number moved', 'f(10_000)', []],
  ['boolean flipped', 'f(true)', ['f(false)']],
  ['word emptied', "f('GET')", ["f('')"]],
  ['word emptied', "f('a sentence for people')", []],
  ['word emptied', "import a from 'a'; export * from 'b'; f(import('c'));", []],
  ['word emptied', "f({ 'a-b': c })", []],
  ['returned nothing', 'function f() { return a; }', ['function f() { return undefined; }']],
  ['returned nothing', 'const f = () => a;', ['const f = () => undefined;']],
  ['returned nothing', 'function f() { return undefined; }', []],
  ['entry dropped', 'f([a, b, c])', ['f([b, c])', 'f([a, c])', 'f([a, b])']],
  ['entry dropped', 'f([\n  a,\n])', ['f([\n  ])']],
  [
    'entry dropped',
    'const all = { a: 1, b: 2 } as const;',
    ['const all = { b: 2 } as const;', 'const all = { a: 1 } as const;'],
  ],
  ['entry dropped', 'const f = () => ({ a, b });', []],
])('%s: %s', (kind, text, expected) => {
  expect(made(kind, text).toSorted()).toEqual([...expected].toSorted());
});

it('changes no type: it would change nothing that runs', () => {
  const types = "type A = 'x' | 1; interface B { readonly c: true } let d: 'y' = e; f<'z'>(g as 'w');";
  expect(mutantsOf('a.ts', types).filter(({ kind }) => kind !== 'call dropped')).toEqual([]);
});

it('changes the value of a cast', () => {
  expect(made('number moved', 'f((1 + a) as number)')).toHaveLength(2);
  expect(made('boolean flipped', 'f(true satisfies boolean)')).toEqual(['f(false satisfies boolean)']);
});

it('makes only text that still parses, and never the text that was there', () => {
  const text =
    'async function f(a) { if (a?.b ?? [1, 2,].length > 3) await g(/^x$/, `y`, true ? "z" : -a); return !a && { a }; }';
  const mutants = mutantsOf('a.ts', text);
  expect(mutants.length).toBeGreaterThan(15);
  for (const mutant of mutants) {
    const changed = applied(text, mutant);
    expect(changed).not.toBe(text);
    expect(parseSync('a.ts', changed).errors, changed).toEqual([]);
  }
});

describe('a mutant', () => {
  it('says its line, what stood there and what stands there now', () => {
    const [mutant] = mutantsOf('room/a.ts', 'f();\ng(a\n  < b);\n').filter(({ kind }) => kind === 'operator');
    expect(mutant && described(mutant)).toBe('room/a.ts:2  a < b  ->  a <= b');
    expect(mutant?.context).toBe('g(a');
  });

  it('shows of a long text the part that changed', () => {
    const long = `f(${'a && '.repeat(60)}b < c)`;
    const [mutant] = mutantsOf('a.ts', long).filter(({ after }) => after.endsWith('b <= c'));
    expect(mutant && described({ ...mutant, before: long, after: long.replace('<', '<=') })).toMatch(
      /^a\.ts:1 {2}\.\.\..{0,90}b < c\) {2}-> {2}\.\.\..{0,90}b <= c\)$/,
    );
  });

  it('says that nothing stands there', () => {
    const [mutant] = mutantsOf('a.ts', 'f([a, b])').filter(({ kind }) => kind === 'entry dropped');
    expect(mutant && described(mutant)).toBe('a.ts:1  a,  ->  (nothing)');
  });
});
