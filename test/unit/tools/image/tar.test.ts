/** Layers and archives are written so that the same things make the same bytes, and read back as they were. */
import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aFile, completed, type Entry, modeOf } from '../../../../tools/image/entry.ts';
import { readTar, tarOf } from '../../../../tools/image/tar.ts';

const part = fc.stringMatching(/^[a-zA-Z0-9_+-][a-zA-Z0-9._+-]{0,19}$/);
const path = fc.array(part, { minLength: 1, maxLength: 9 }).map((parts) => parts.join('/'));
const entry: fc.Arbitrary<Entry> = fc.oneof(
  fc
    .tuple(path, fc.uint8Array({ maxLength: 1500 }), fc.constantFrom(0o644, 0o755, 0o600))
    .map(([at, bytes, mode]) => aFile(at, Buffer.from(bytes), mode)),
  fc.record({ kind: fc.constant('folder'), path, mode: fc.constantFrom(0o755, 0o1777) }),
  fc.record({ kind: fc.constant('link'), path, target: path }),
);
/** No two at one place, none below a file. */
const entries = fc.uniqueArray(entry, {
  maxLength: 12,
  selector: ({ path: at }) => at.split('/')[0],
});

const plain = (one: Entry) => ({
  ...one,
  mode: modeOf(one),
  ...(one.kind === 'file' ? { content: one.content.toString('hex') } : {}),
});

describe('an archive', () => {
  it('reads back as what was written, folders above included, in whichever order it was told', () => {
    fc.assert(
      fc.property(entries, (told) => {
        const archive = tarOf(told);
        expect(tarOf(told.toReversed()).equals(archive)).toBe(true);
        expect(readTar(archive).map(plain)).toEqual(completed(told).map(plain));
      }),
      { numRuns: 60 },
    );
  });

  it('is what tar itself reads, a path of 200 characters included, and holds no time and no owner', () => {
    const long = `${'folder-'.repeat(14)}/${'folder-'.repeat(13)}/file`;
    const archive = tarOf([aFile(long, 'x', 0o755), { kind: 'link', path: 'link', target: '/a' }]);
    const lines = execFileSync('tar', ['-tvf', '-', '--numeric-owner', '--utc'], {
      input: archive,
      encoding: 'utf8',
    })
      .trim()
      .split('\n')
      .map((line) => line.replaceAll(/ +/g, ' '));
    expect(lines.at(-2)).toBe(`-rwxr-xr-x 0/0 1 1970-01-01 00:00 ${long}`);
    expect(lines.at(-1)).toBe('lrwxrwxrwx 0/0 0 1970-01-01 00:00 link -> /a');
  });

  it('refuses a place outside, one taken twice, one below a file, and names that do not fit', () => {
    const refused: readonly (readonly [readonly Entry[], RegExp])[] = [
      [[aFile('/etc/passwd', '')], /no path below the root/],
      [[aFile('a/../../b', '')], /no path below the root/],
      [[aFile('', '')], /no path below the root/],
      [[aFile('a', ''), aFile('a', '')], /stands twice/],
      [[aFile('a', ''), aFile('a/b', '')], /is a file with things below it/],
      [[aFile('a'.repeat(101), '')], /too long/],
      [[{ kind: 'link', path: 'a', target: 'b'.repeat(101) }], /too long/],
    ];
    for (const [told, why] of refused) expect(() => tarOf(told)).toThrow(why);
  });

  it('of GNU tar is read too, with its long names', () => {
    const name = `${'n'.repeat(60)}/${'m'.repeat(120)}`;
    const make = `mkdir -p "$1/${'n'.repeat(60)}" && cd "$1" && printf hello > ${name}`;
    const script = `set -e; d=$(mktemp -d); set -- "$d"; (${make}); tar -C "$d" --format="$FORMAT" -cf - .; rm -rf "$d"`;
    for (const format of ['gnu', 'pax']) {
      const archive = execFileSync('sh', ['-c', script], { env: { ...process.env, FORMAT: format } });
      const file = readTar(archive).find(({ kind }) => kind === 'file');
      expect(file).toMatchObject({ path: name, content: Buffer.from('hello') });
    }
  });
});
