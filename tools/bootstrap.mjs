/**
 * Makes any Linux machine with Node 20 or newer and npm able to run this repository, then runs one task on the
 * repository's own Node 24. It is the only file that must work before `npm ci`, so it imports nothing but Node itself.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const modules = join(root, 'node_modules');
const bin = join(modules, '.bin');
const stamp = join(modules, '.installed-for');

/** Every task that `npm run` offers, and the file that does it. */
const tasks = {
  demo: ['test/demo/main.ts'],
  test: ['tools/test.ts'],
  'test:unit': ['tools/test.ts', '--suite=unit'],
  'test:stores': ['tools/test.ts', '--suite=stores'],
  'test:laws': ['tools/test.ts', '--suite=laws'],
  'test:integration': ['tools/test.ts', '--suite=integration'],
  'test:e2e': ['tools/test.ts', '--suite=e2e'],
  'test:node': ['tools/test.ts', '--suite=node'],
  'test:mutation': ['tools/mutation/main.ts'],
  'test:long': ['tools/test-long.ts'],
  'test:versions': ['tools/test-versions.ts'],
  'test:k3s': ['tools/test-k3s.ts'],
  check: ['tools/check.ts'],
  generate: ['tools/generate.ts'],
  bench: ['test/bench/main.ts'],
  bundle: ['tools/bundle.ts'],
  image: ['tools/image/main.ts'],
};

/** Says why it cannot go on, in words and without a stack trace. */
function giveUp(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(2);
}

/** What the installed modules must agree with; another Node major or another lock file means: install again. */
function wanted() {
  const lock = readFileSync(join(root, 'package-lock.json'));
  return createHash('sha256').update(lock).update(`${process.platform}-${process.arch}`).digest('hex');
}

/** Whether the lock file was made for this package.json; `npm install` would otherwise pick versions of its own. */
function lockAgrees() {
  const read = (file) => JSON.parse(readFileSync(join(root, file), 'utf8'));
  const locked = read('package-lock.json').packages[''] ?? {};
  const manifest = read('package.json');
  return ['dependencies', 'devDependencies', 'optionalDependencies'].every(
    (field) => JSON.stringify(locked[field] ?? {}) === JSON.stringify(manifest[field] ?? {}),
  );
}

/**
 * Installs exactly what the lock file names, unless that is what lies there already. `npm ci` would do as well, but deletes
 * first what is there, and some registries do not serve the optional packages of other platforms, which it asks for.
 */
function install() {
  const want = wanted();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === want) return;
  if (!lockAgrees())
    giveUp('package.json and package-lock.json disagree; run `npm install` and commit both.');
  process.stderr.write('Installing the packages of package-lock.json (about a minute) …\n');
  const done = spawnSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (done.error)
    giveUp(`npm could not be started (${done.error.message}). Install npm 10 or newer and try again.`);
  if (done.status !== 0) giveUp('npm could not install the packages; its own words are above.');
  writeFileSync(stamp, want);
}

const [name, ...rest] = process.argv.slice(2);
const task = Object.hasOwn(tasks, name ?? '') ? tasks[name] : undefined;
if (!task) giveUp(`Unknown task "${String(name).slice(0, 40)}". Tasks: ${Object.keys(tasks).join(', ')}.`);
if (process.platform !== 'linux')
  giveUp('This repository runs on Linux only: its control plane is built for it.');
if (Number(process.versions.node.split('.')[0]) < 20) giveUp('Node 20 or newer is needed to begin with.');
install();
const node = join(bin, 'node');
if (!existsSync(node))
  giveUp(`There is no Node 24 for ${process.arch} among the packages; x64 and arm64 have one.`);

const child = spawn(node, [join(root, task[0]), ...task.slice(1), ...rest], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` },
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
/** Who started us, and who started that: npm puts a shell in between. */
function ancestors() {
  try {
    const stat = readFileSync(`/proc/${process.ppid}/stat`, 'utf8');
    return `${process.ppid} ${stat.slice(stat.lastIndexOf(')')).split(' ')[2]}`;
  } catch {
    return 'gone';
  }
}

// A killed npm must not leave the work of its task running.
const started = ancestors();
setInterval(() => ancestors() === started || child.kill('SIGTERM'), 500).unref();
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 130 : 1)));
