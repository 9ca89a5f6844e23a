/** The plugin promises Node 20: what its sources call must be in that Node, or be added in `tools/plugin/one-file.ts`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../../../../tools/image/bundles.ts';

/** The rooms of which the plugin's one file is made. */
const rooms = ['cli', 'crds', 'kube', 'process', 'trail'];

/** What came with Node 22 or later. `Promise.withResolvers` is added to the file, and `await using` is rewritten for it. */
const newer = [
  /\.(?:isDisjointFrom|isSubsetOf|isSupersetOf|symmetricDifference|intersection|union|difference)\(/,
  /\.(?:values|keys|entries)\(\)\s*\.(?:map|filter|some|every|find|take|drop|flatMap|reduce|forEach|toArray)\(/,
  /\b(?:Object|Map)\.groupBy\(|\bArray\.fromAsync\(|\bPromise\.try\(|\bRegExp\.escape\(|\bIterator\.from\(/,
  /\.(?:toBase64|toHex)\(|\bUint8Array\.from(?:Base64|Hex)\(|\bError\.isError\(|\bMath\.sumPrecise\(/,
];

function newerIn(text: string): string[] {
  return newer.flatMap((pattern) => pattern.exec(text)?.[0] ?? []);
}

it('calls nothing that Node 20 lacks', () => {
  const found = rooms.flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .flatMap((path) =>
        newerIn(readFileSync(join(root, room, path), 'utf8')).map((call) => `${room}/${path}: ${call}`),
      ),
  );
  expect(found).toEqual([]);
});

it('would see it', () => {
  expect(newerIn('ipsOf(one).isDisjointFrom(ipsOf(other))')).toEqual(['.isDisjointFrom(']);
  expect(newerIn('map.values()\n  .map(String)')).toEqual(['.values()\n  .map(']);
});
