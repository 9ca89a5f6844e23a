/**
 * Runs the bench: all rows, or those named on the command line. Prints a table as it goes, and ends with 1 when a
 * target is missed by more than the spread of the rounds.
 */
import { rows } from './index.ts';
import { isMissed, type Result } from './row.ts';

const wanted = process.argv.slice(2).map((id) => id.toLowerCase());
const unknown = wanted.filter((id) => !rows.some((row) => row.id === id));
if (unknown.length > 0) {
  console.error(`There is no row ${unknown.join(', ')}. Rows: ${rows.map(({ id }) => id).join(', ')}`);
  process.exit(2);
}

const missed: string[] = [];
for (const { id, load } of rows) {
  if (wanted.length > 0 && !wanted.includes(id)) continue;
  const row = await load();
  console.log(`\n${row.id.toUpperCase()}  ${row.title}`);
  const results = await row.run((sentence) => console.error(`    ${sentence}`));
  for (const result of results) {
    console.log(lineOf(result));
    if (isMissed(result)) missed.push(`${row.id.toUpperCase()} ${result.what}`);
  }
}

if (missed.length > 0) {
  console.log(`\nMissed by more than the spread: ${missed.join('; ')}`);
  process.exitCode = 1;
} else {
  console.log('\nEvery target is met.');
}

function lineOf(result: Result): string {
  const { what, value, unit, low, high, limit, detail } = result;
  const spread = low === high ? '' : ` (${shown(low)} to ${shown(high)})`;
  const mark = isMissed(result) ? 'MISSED' : 'ok';
  return [
    `  ${what.padEnd(44)}`,
    `${shown(value)} ${unit}${spread}`.padEnd(32),
    `<= ${shown(limit)} ${unit}`.padEnd(16),
    mark.padEnd(7),
    detail,
  ]
    .join(' ')
    .trimEnd();
}

function shown(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toPrecision(3);
}
