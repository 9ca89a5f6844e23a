/**
 * The metrics of a process: what each is called and means stands in a list of definitions, from which both the registry
 * and `docs/metrics.md` are made. Every label has a closed list of values: a name or a path that a client chooses would be
 * a series for each, until the process has no memory left.
 */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

type LabelLists = Readonly<Record<string, readonly string[]>>;

interface Described {
  /** A counter ends in `_total`; a unit stands at the end, in seconds or bytes. */
  readonly name: string;
  /** What it says, in one line. */
  readonly help: string;
  /** Each label with all its values. Any other value is counted as `other`. */
  readonly labels?: LabelLists;
}

export interface CounterDefinition extends Described {
  readonly type: 'counter';
}

export interface GaugeDefinition extends Described {
  readonly type: 'gauge';
}

export interface HistogramDefinition extends Described {
  readonly type: 'histogram';
  /** Upper bounds, ascending. */
  readonly buckets: readonly number[];
}

export type MetricDefinition = CounterDefinition | GaugeDefinition | HistogramDefinition;

/** The definitions of a process, each under the name that the code uses for it. */
export type MetricDefinitions = Readonly<Record<string, MetricDefinition>>;

/** A value for each label of a definition. */
export type LabelsOf<D extends MetricDefinition> = D extends { readonly labels: infer L }
  ? { readonly [Label in keyof L]: string }
  : Readonly<Record<string, never>>;

/** One series, as it is at the moment of a scrape. */
export interface Sample<Labels> {
  readonly labels: Labels;
  readonly value: number;
}

/** What is asked at each scrape: a number, or one for each series. Nothing is said where it is undefined. */
export type MetricReading<Labels> = () => number | undefined | readonly Sample<Labels>[];

interface Read<Labels> {
  /** Has the value read at each scrape; for what is counted or known elsewhere. */
  read(reading: MetricReading<Labels>): void;
}

export interface CounterMetric<Labels> extends Read<Labels> {
  add(labels: Labels, by?: number): void;
}

export type GaugeMetric<Labels> = Read<Labels>;

export interface HistogramMetric<Labels> {
  observe(labels: Labels, value: number): void;
}

type MetricOf<D extends MetricDefinition> = D extends CounterDefinition
  ? CounterMetric<LabelsOf<D>>
  : D extends GaugeDefinition
    ? GaugeMetric<LabelsOf<D>>
    : HistogramMetric<LabelsOf<D>>;

/** What a process counts with: a metric for each definition. */
export type MetricsOf<D extends MetricDefinitions> = { readonly [Name in keyof D]: MetricOf<D[Name]> };

/** The metrics of one process, and their text. */
export interface ProcessMetrics<D extends MetricDefinitions> {
  readonly metrics: MetricsOf<D>;
  readonly page: MetricsPage;
}

/** What a scrape gets. */
export interface MetricsPage {
  readonly contentType: string;
  text(): Promise<string>;
}

/** The value of a label whose value is on no list. */
export const otherValue = 'other';

/** A registry of its own for each call: nothing is shared between two of them. */
export function createMetrics<const D extends MetricDefinitions>(definitions: D): ProcessMetrics<D> {
  const registry = new Registry();
  const made = Object.entries(definitions).map(([key, definition]) => [key, metricOf(definition, registry)]);
  return {
    metrics: Object.fromEntries(made) as MetricsOf<D>,
    page: { contentType: registry.contentType, text: () => registry.metrics() },
  };
}

type AnyLabels = Readonly<Record<string, string>>;
type AnyMetric = CounterMetric<AnyLabels> | GaugeMetric<AnyLabels> | HistogramMetric<AnyLabels>;
type Known = (labels: AnyLabels) => AnyLabels;

function metricOf(definition: MetricDefinition, registry: Registry): AnyMetric {
  const { type, name, help, labels = {} } = definition;
  const known = knownValues(labels);
  const described = { name, help, labelNames: Object.keys(labels), registers: [registry] };
  if (type === 'histogram') {
    const histogram = new Histogram({ ...described, buckets: [...definition.buckets] });
    return { observe: (given, value) => histogram.observe(known(given), value) };
  }
  if (type === 'gauge') return gaugeOf(described, known);
  const counter = counterOf(described, known);
  for (const from of zeros(labels)) counter.add(from, 0);
  return counter;
}

interface DescribedMetric {
  readonly name: string;
  readonly help: string;
  readonly labelNames: string[];
  readonly registers: Registry[];
}

function gaugeOf(described: DescribedMetric, known: Known): GaugeMetric<AnyLabels> {
  let reading: MetricReading<AnyLabels> = () => undefined;
  const gauge: Gauge = new Gauge({
    ...described,
    collect: () => collect(reading, gauge, (labels, value) => gauge.inc(known(labels), value)),
  });
  return {
    read: (next) => {
      reading = next;
    },
  };
}

function counterOf(described: DescribedMetric, known: Known): CounterMetric<AnyLabels> {
  let reading: MetricReading<AnyLabels> | undefined;
  const counter: Counter = new Counter({
    ...described,
    collect: () => {
      if (reading !== undefined)
        collect(reading, counter, (labels, value) => counter.inc(known(labels), value));
    },
  });
  return {
    add: (labels, by = 1) => counter.inc(known(labels), by),
    read: (next) => {
      reading = next;
    },
  };
}

/** What cannot be read now is left out of this scrape; the rest of it must not be lost with it. */
function collect(
  reading: MetricReading<AnyLabels>,
  metric: Counter | Gauge,
  set: (labels: AnyLabels, value: number) => void,
): void {
  metric.reset();
  metric.remove({});
  try {
    const found = reading();
    if (found === undefined) return;
    for (const { labels, value } of typeof found === 'number' ? [{ labels: {}, value: found }] : found)
      set(labels, value);
  } catch {
    metric.reset();
    metric.remove({});
  }
}

/** The labels with `other` in place of each value that is on no list. */
function knownValues(lists: LabelLists): Known {
  const sets = Object.entries(lists).map(([label, values]) => [label, new Set(values)] as const);
  const isKnown = (labels: AnyLabels): boolean => sets.every(([label, set]) => set.has(labels[label] ?? ''));
  return (labels) => {
    if (isKnown(labels)) return labels;
    const named = sets.map(([label, set]) => [label, labels[label] ?? '', set] as const);
    return Object.fromEntries(
      named.map(([label, value, set]) => [label, set.has(value) ? value : otherValue]),
    );
  };
}

/** The series of a counter with one label begin at zero: a rate would else miss the first thing that is counted. */
function zeros(lists: LabelLists): AnyLabels[] {
  const [[label, values] = ['', []], ...more] = Object.entries(lists);
  return more.length > 0 ? [] : values.map((value) => ({ [label]: value }));
}
