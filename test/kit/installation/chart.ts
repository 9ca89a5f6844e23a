/** Renders the product's chart with the real Helm. It applies nothing. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { helm4 } from '../machine/helm.ts';

/** A rendered object; what lies beyond metadata is for the test that asks. */
export interface RenderedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

export type ChartValues = Readonly<Record<string, unknown>>;

export interface RenderOptions {
  /** Path of the Helm program; default Helm 4. */
  readonly helm?: string;
  /** Default `support-access`. */
  readonly namespace?: string;
  /** Default the product's own chart. */
  readonly chart?: string;
  /** More arguments of `helm template`. */
  readonly also?: readonly string[];
}

export const chartFolder = fileURLToPath(new URL('../../../charts/support-access', import.meta.url));

/** All objects of the chart, in Helm's order. Throws with Helm's words when it does not render. */
export async function renderChart(
  values: ChartValues = {},
  options: RenderOptions = {},
): Promise<RenderedObject[]> {
  const text = await renderChartText(values, options);
  return parseAllDocuments(text)
    .map((document) => document.toJS() as RenderedObject | null)
    .filter((object) => object !== null);
}

/** The same as Helm printed it. */
export async function renderChartText(
  values: ChartValues = {},
  options: RenderOptions = {},
): Promise<string> {
  const { namespace = 'support-access', chart = chartFolder, also = [] } = options;
  const args = ['template', 'support-access', chart, '--namespace', namespace, ...also];
  return runHelm(args, values, options.helm);
}

/** Runs one Helm command with these values and a home of its own. */
export async function runHelm(args: readonly string[], values: ChartValues, helm?: string): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), 'support-access-helm-'));
  try {
    const file = join(home, 'values.json');
    writeFileSync(file, JSON.stringify(values));
    const { stdout } = await promisify(execFile)(helm ?? (await helm4()), [...args, '--values', file], {
      env: { PATH: process.env['PATH'], HOME: home },
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
