/** Reads the table that `kubectl support-access check` prints. */
import type { Called } from './call.ts';

/** State and words by the first column, as the table shows them; a line that begins with spaces goes on with the one before. */
export function rowsOf({ out }: Called): Record<string, [state: string, says: string]> {
  const lines = out
    .replaceAll(/\n {3,}/g, ' ')
    .split('\n')
    .slice(1, -1);
  return Object.fromEntries(
    lines.map((line) => {
      const [what = '', state = '', ...says] = line.split(/ {3,}/);
      return [what, [state, says.join(' ')]];
    }),
  );
}
