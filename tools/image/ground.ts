/**
 * What lies below every program: Node, the libraries that it is linked against, and the few files that a C library looks
 * for. No shell, no package manager, no list of certificates (Node carries Mozilla's; nothing here reads another).
 */
import type { Architecture } from './archive.ts';
import { debianPackages, release, type UnpackedPackage } from './debian.ts';
import { aFile, type Entry } from './entry.ts';
import { type NodeFiles, nodeFor } from './node-binary.ts';

export interface Base {
  readonly entries: readonly Entry[];
  readonly node: NodeFiles;
  readonly packages: readonly UnpackedPackage[];
}

/** The numeric user of every program; a number, so that `runAsNonRoot` can be judged without the user database. */
export const user = '65532:65532';

export const environment = ['PATH=/usr/local/bin:/usr/bin:/bin', 'NODE_ENV=production'];

const triplets = { amd64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' } as const;
const loaders = { amd64: 'lib64/ld-linux-x86-64.so.2', arm64: 'lib/ld-linux-aarch64.so.1' } as const;

/** What `ldd` says of Node. The C library itself knows files and DNS; it loads nothing else for them. */
const libraries: Readonly<Record<string, readonly string[]>> = {
  libc6: ['ld-linux-', 'libc.so.6', 'libm.so.6', 'libdl.so.2', 'libpthread.so.0'],
  'libgcc-s1': ['libgcc_s.so.1'],
  'libstdc++6': ['libstdc++.so.6'],
};

/** The base of an architecture. */
export function baseOf(architecture: Architecture, cache: string): Base {
  const node = nodeFor(architecture, cache);
  const packages = debianPackages(architecture, cache);
  const entries = [
    aFile('usr/local/bin/node', node.program, 0o755),
    aFile('usr/share/doc/node/LICENSE', node.license),
    ...packages.flatMap((one) => librariesOf(one, architecture)),
    ...packages.map(({ name, control }) => aFile(`var/lib/dpkg/status.d/${name}`, control)),
    ...accounts,
    { kind: 'folder', path: 'tmp', mode: 0o1777 } as const,
  ];
  return { entries, node, packages };
}

/** The libraries of a package, and its licence (which another package may hold for it, by a link). */
function librariesOf({ name, entries }: UnpackedPackage, architecture: Architecture): Entry[] {
  const folder = new RegExp(`^(usr/)?lib/${triplets[architecture]}/([^/]+)$`);
  const wanted = libraries[name] ?? [];
  const found = entries.filter(({ path }) => {
    const file = folder.exec(path)?.[2];
    const isLibrary = file !== undefined && wanted.some((one) => file.startsWith(one));
    return (
      isLibrary ||
      path === loaders[architecture] ||
      path === `usr/share/doc/${name}/copyright` ||
      isDocLink(path, name)
    );
  });
  for (const one of wanted)
    if (!found.some(({ path }) => path.includes(`/${one}`))) throw new Error(`${name} holds no ${one}.`);
  return found.filter(({ kind, path }) => kind !== 'folder' || !isDocLink(path, name));
}

function isDocLink(path: string, name: string): boolean {
  return path === `usr/share/doc/${name}`;
}

/** Scanners read the distribution and `status.d` to know which libraries these are; the C library reads the others. */
const accounts: readonly Entry[] = [
  aFile(
    'etc/passwd',
    'root:x:0:0:root:/:/nonexistent\nnonroot:x:65532:65532:nonroot:/nonexistent:/nonexistent\n',
  ),
  aFile('etc/group', 'root:x:0:\nnonroot:x:65532:\n'),
  // Without this file the C library asks DNS before /etc/hosts, for `localhost` too.
  aFile('etc/nsswitch.conf', 'passwd: files\ngroup: files\nhosts: files dns\n'),
  aFile(
    'etc/os-release',
    [
      `PRETTY_NAME="Libraries of Debian GNU/Linux ${release.version} (${release.suite})"`,
      'NAME="Debian GNU/Linux"',
      `VERSION_ID="${release.version}"`,
      `VERSION_CODENAME=${release.suite}`,
      'ID=debian',
      '',
    ].join('\n'),
  ),
];
