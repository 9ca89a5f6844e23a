import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { readTarGz } from '../../../kit/machine/archives.ts';
import { aTarGz } from '../../../kit/objects/tar.ts';

it('reads regular files and passes over folders', () => {
  const archive = aTarGz([
    { name: 'folder/', kind: '5' },
    { name: 'folder/etcd', content: 'a program' },
    { name: 'folder/empty' },
  ]);
  const files = readTarGz(archive).map(({ name, content }) => [name, content.toString()]);
  expect(files).toEqual([
    ['folder/etcd', 'a program'],
    ['folder/empty', ''],
  ]);
});

it.each([
  ['climbs out', '../etcd'],
  ['climbs out from inside', 'folder/../../etcd'],
  ['is absolute', '/usr/bin/etcd'],
  ['climbs out the Windows way', '..\\etcd'],
])('refuses an archive with a name that %s', (_, name) => {
  expect(() => readTarGz(aTarGz([{ name, content: 'x' }]))).toThrow(/leaves its folder/);
});

it.each([
  ['symbolic link', '2'],
  ['hard link', '1'],
  ['device', '3'],
])('refuses an archive with a %s', (_, kind) => {
  expect(() => readTarGz(aTarGz([{ name: 'etcd', kind }]))).toThrow(/no file/);
});

it('refuses an archive that is cut short', () => {
  const whole = gunzipSync(aTarGz([{ name: 'etcd', content: 'x'.repeat(2000) }]));
  expect(() => readTarGz(gzipSync(whole.subarray(0, 1024)))).toThrow(/cut short/);
});
