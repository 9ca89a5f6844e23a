/**
 * `npm run test:mutation`: draws single changes with a fixed seed, tries each against the tests of its room that import the
 * changed file, and says which went unnoticed. Ends with 1 when a room notices fewer than nine in ten.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { filesBelow } from '../../test/kit/architecture/source-files.ts';
import { endWithParent } from '../end-with-parent.ts';
import { draw } from './draw.ts';
import { isEquivalent, readEquivalents } from './equivalent.ts';
import { applied, type Mutant, mutantsOf } from './mutants.ts';
import { readRelatedTests } from './related-tests.ts';
import { leastScore, type Room, rooms } from './rooms.ts';
import { compiles, endRunningTests, runTests } from './run-tests.ts';
import { type Fate, report, scoreOf, type Tried } from './score.ts';
import { aScratch, type Scratch } from './scratch.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({
  options: {
    /** Only this room; may be given more than once. */
    room: { type: 'string', multiple: true },
    /** How many changes per room, instead of the room's own number. */
    sample: { type: 'string' },
    seed: { type: 'string', default: '20261130' },
    /** After this many minutes no further change is begun. */
    minutes: { type: 'string', default: '60' },
    /** How many are tried at a time. */
    workers: { type: 'string', default: '2' },
  },
});

const numberFrom = (name: string, text: string): number => {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new Error(`--${name} must be a whole number from 1`);
  return number;
};
const seed = numberFrom('seed', values.seed);
const deadline = performance.now() + numberFrom('minutes', values.minutes) * 60_000;
const limits = { limitMs: 60_000 };

const unknown = (values.room ?? []).filter((name) => !rooms.some((room) => room.name === name));
if (unknown.length > 0)
  throw new Error(`No such room: ${unknown.join(', ')}. Rooms: ${rooms.map(({ name }) => name).join(', ')}`);
const wanted = rooms.filter(({ name }) => values.room?.includes(name) ?? true);

const scratches = Array.from({ length: numberFrom('workers', values.workers) }, () => aScratch(root));
const clear = (): void => {
  endRunningTests();
  for (const scratch of scratches) scratch.remove();
};
const giveUp = (): never => {
  clear();
  process.exit(130);
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, giveUp);
endWithParent(giveUp);

const relatedTests = readRelatedTests();
const equivalents = readEquivalents(join(root, 'tools/mutation/equivalent.json'));

function sampleOf(room: Room): readonly Mutant[] {
  const files = room.sources.flatMap((source) => filesBelow(source)).filter((path) => path.endsWith('.ts'));
  const all = files.flatMap((path) => mutantsOf(path, readFileSync(join(root, path), 'utf8')));
  return draw(all, values.sample ? numberFrom('sample', values.sample) : room.sample, seed);
}

/** Without a change everything must pass and compile; else each change would look noticed, or impossible. */
async function isGreen(room: Room, sample: readonly Mutant[]): Promise<boolean> {
  const tests = new Set(sample.flatMap(({ path }) => relatedTests.of(path, room.tests)));
  const [scratch] = scratches;
  const generously = { limitMs: 10 * limits.limitMs, tell: true };
  if (scratch === undefined || !(await compiles(scratch.folder, generously))) return false;
  return (await runTests(scratch.folder, [...tests], generously)) === 'passed';
}

async function tryOne(room: Room, mutant: Mutant, scratch: Scratch): Promise<Tried> {
  if (isEquivalent(equivalents, mutant)) return { mutant, fate: 'equivalent' };
  if (performance.now() > deadline) return { mutant, fate: 'not run' };
  const tests = relatedTests.of(mutant.path, room.tests);
  const fate = await scratch.with(
    mutant.path,
    (text) => applied(text, mutant),
    async (): Promise<Fate> => {
      const noticed = tests.length > 0 && (await runTests(scratch.folder, tests, limits)) !== 'passed';
      if (noticed) return 'killed';
      return (await compiles(scratch.folder, limits)) ? 'survived' : 'does not compile';
    },
  );
  return { mutant, fate };
}

async function tryAll(room: Room, sample: readonly Mutant[]): Promise<readonly Tried[]> {
  const left = [...sample];
  const tried: Tried[] = [];
  const worker = async (scratch: Scratch): Promise<void> => {
    for (let mutant = left.shift(); mutant; mutant = left.shift())
      tried.push(await tryOne(room, mutant, scratch));
  };
  await Promise.all(scratches.map(worker));
  return tried;
}

let low = 0;
try {
  // Everything is read before the first change is tried: going on to work in the tree does not disturb the run.
  const samples = wanted.map((room) => ({ room, sample: sampleOf(room) }));
  for (const { room, sample } of samples) {
    if (!(await isGreen(room, sample))) {
      console.log(`${room.name}: it fails without any change`);
      low += 1;
      continue;
    }
    const tried = await tryAll(room, sample);
    for (const line of report(room.name, tried)) console.log(line);
    const { share, notRun } = scoreOf(tried);
    if (share < leastScore || notRun > 0) low += 1;
  }
} finally {
  clear();
}
if (low > 0) {
  console.log(
    `${low} of ${wanted.length} rooms notice fewer than ${leastScore * 100} % of the changes, or were not finished`,
  );
  process.exitCode = 1;
}
