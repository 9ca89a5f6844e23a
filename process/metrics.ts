/** Writes the figures of a process in the text format that Prometheus scrapes (version 0.0.4). It counts nothing itself. */

/** One figure, as it is at the moment of the scrape. */
export interface Metric {
  /** Without the product's prefix; a counter ends in `_total`. */
  readonly name: string;
  /** What it says, in one line. */
  readonly help: string;
  /** A counter only grows while the process lives; a gauge goes up and down. */
  readonly type: 'counter' | 'gauge';
  readonly value: number;
}

const prefix = 'supportaccess_';

export const metricsContentType = 'text/plain; version=0.0.4; charset=utf-8';

/** The metrics in the order in which they are given. */
export function metricsText(metrics: readonly Metric[]): string {
  return metrics
    .map(({ name, help, type, value }) => {
      const full = `${prefix}${name}`;
      return `# HELP ${full} ${escaped(help)}\n# TYPE ${full} ${type}\n${full} ${value}\n`;
    })
    .join('');
}

// A line break would end the comment, and the rest would be read as a figure.
function escaped(help: string): string {
  return help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
