/** Runs a program as a user who may not write where file modes forbid it, also when the test runs as root. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';

/** Root may write anywhere, so it gives up that one power first (setpriv of util-linux). */
export function runPowerless(program: string, words: readonly string[]): SpawnSyncReturns<string> {
  const before = process.getuid?.() === 0 ? ['setpriv', '--bounding-set', '-dac_override'] : [];
  const [first = program, ...rest] = [...before, program, ...words];
  return spawnSync(first, rest, { encoding: 'utf8' });
}
