/**
 * Reads a page of metrics as strictly as the format is written (Prometheus text, version 0.0.4), and says what a good
 * exporter would not do. It shares nothing with the library that writes the page.
 */

export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

interface Family {
  readonly name: string;
  readonly help: string;
  type: string;
  readonly series: Series[];
}

/** The families of a page in their order. Throws at the first line that the format does not know. */
export function readExposition(text: string): Family[] {
  if (text !== '' && !text.endsWith('\n')) throw new Error('the last line must end');
  const families: Family[] = [];
  for (const line of text.split('\n').filter((each) => each !== '')) readLine(families, line);
  return families;
}

const help = /^# HELP ([a-zA-Z_:][\w:]*) (.*)$/;
const type = /^# TYPE ([a-zA-Z_:][\w:]*) (counter|gauge|histogram)$/;
const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? ([-+]?(?:\d+(?:\.\d+)?(?:e[-+]?\d+)?|Inf|NaN))$/;

function readLine(families: Family[], line: string): void {
  const described = help.exec(line);
  if (described !== null) {
    families.push(familyOf(families, described));
    return;
  }
  const current = families.at(-1);
  if (current === undefined) throw new Error(`no HELP before: ${line}`);
  const typed = type.exec(line);
  if (typed === null) {
    current.series.push(seriesOf(current, line));
    return;
  }
  const [, name, kind = ''] = typed;
  if (name !== current.name || current.type !== '') throw new Error(`unexpected: ${line}`);
  current.type = kind;
}

function familyOf(families: readonly Family[], [, name = '', told = '']: readonly string[]): Family {
  if (families.some((family) => family.name === name)) throw new Error(`${name} is described twice`);
  return { name, help: told, type: '', series: [] };
}

function seriesOf(family: Family, line: string): Series {
  const [, name = '', labels = '', value = ''] = sample.exec(line) ?? [];
  const suffixes = family.type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
  if (!suffixes.some((suffix) => name === `${family.name}${suffix}`)) throw new Error(`unexpected: ${line}`);
  return { name, labels: labelsIn(labels), value: Number(value.replace('Inf', 'Infinity')) };
}

function labelsIn(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  let rest = text;
  while (rest !== '') {
    const [whole, name = '', value = ''] =
      /^([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/.exec(rest) ?? [];
    if (whole === undefined || name in labels) throw new Error(`labels that cannot be read: ${text}`);
    labels[name] = value;
    rest = rest.slice(whole.length);
  }
  return labels;
}

/** Every series of a page, by its name with its labels as they are written. */
export function seriesIn(text: string): Series[] {
  return readExposition(text).flatMap(({ series }) => series);
}

/** The sum of the series of this name that have these labels; undefined where there is none. */
export function valueIn(
  text: string,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const wanted = Object.entries(labels);
  const found = seriesIn(text).filter(
    (one) => one.name === name && wanted.every(([label, value]) => one.labels[label] === value),
  );
  return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
}

/** What a linter of Prometheus names would say, and what would make the page grow without end. */
export function complaintsAbout(families: readonly Family[], mostSeries = 1000): string[] {
  const all = families.flatMap((family) => complaintsAboutOne(family));
  const count = families.reduce((sum, { series }) => sum + series.length, 0);
  return count > mostSeries ? [...all, `${count} series`] : all;
}

function complaintsAboutOne({ name, help: told, type: kind, series }: Family): string[] {
  const keys = series.map((one) => `${one.name}${Object.entries(one.labels).join(' ')}`);
  const rules: readonly (readonly [boolean, string])[] = [
    [kind === '', 'has no type'],
    [told.length < 20 || !/[.?]$/.test(told), 'has no help that is a sentence'],
    [(kind === 'counter') !== name.endsWith('_total'), '_total is for counters, and each counter has it'],
    [/_(ms|milliseconds|minutes|hours|kb|mb|kib|mib|percent)(_|$)/.test(name), 'must be in base units'],
    [kind === 'histogram' && !/_(seconds|bytes)$/.test(name), 'a histogram names its unit'],
    [!/^[a-z][a-z0-9_]*$/.test(name), 'must be lower case'],
    [new Set(keys).size !== keys.length, 'has a series twice'],
    [series.some(({ value }) => Number.isNaN(value)), 'is no number'],
    [kind === 'counter' && series.some(({ value }) => value < 0), 'is a counter below zero'],
  ];
  return rules.filter(([isBroken]) => isBroken).map(([, rule]) => `${name}: ${rule}`);
}
