/** Writes the figures of a process in the text format that Prometheus scrapes (version 0.0.4). It counts nothing itself. */

/** One figure, as it is at the moment of the scrape. */
export interface Metric {
  /** Without the product's prefix; a counter ends in `_total`. */
  readonly name: string;
  /** What it says, in one line. */
  readonly help: string;
  /** A counter only grows while the process lives; a gauge goes up and down. */
  readonly type: 'counter' | 'gauge';
  /** Tell the series of one name apart; their values come from closed lists of ours. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

const prefix = 'supportaccess_';

export const metricsContentType = 'text/plain; version=0.0.4; charset=utf-8';

/** The metrics in the order in which they are given; series of one name stand one after the other. */
export function metricsText(metrics: readonly Metric[]): string {
  const described = new Set<string>();
  return metrics
    .map(({ name, help, type, labels = {}, value }) => {
      const full = `${prefix}${name}`;
      const head = described.has(full)
        ? ''
        : `# HELP ${full} ${escaped(help)}
# TYPE ${full} ${type}
`;
      described.add(full);
      return `${head}${full}${labelsText(labels)} ${value}
`;
    })
    .join('');
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

// A line break would end the comment, and the rest would be read as a figure.
function escaped(help: string): string {
  return help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
