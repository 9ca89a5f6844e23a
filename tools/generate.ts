/** Writes every generated file of the repository; with `--check` it writes nothing and exits 1 naming the stale ones. */
import { fileURLToPath } from 'node:url';
import { generateChartDefinitions } from './generate/chart-definitions.ts';
import { generateChartFiles } from './generate/chart-files.ts';
import { generateChartValues } from './generate/chart-values/outputs.ts';
import { generateExampleMatrices } from './generate/example-matrices.ts';
import { generateFiltersPage } from './generate/filters-page.ts';
import { makeFresh, staleFiles } from './generate/freshness.ts';
import { generateInterfaces } from './generate/interfaces.ts';
import { schemaFile } from './generate/kind-schema.ts';
import { generateLifePage } from './generate/life-page.ts';
import { readManifests } from './generate/manifests.ts';
import { generateMetricsPage } from './generate/metrics-page.ts';
import type { Output } from './generate/output.ts';
import { generatePluginPage } from './generate/plugin-page.ts';
import { generateRecordedPage } from './generate/recorded-page.ts';
import { generateRightsTable } from './generate/rights-table.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The list of generators. */
async function outputs(): Promise<Output[]> {
  const manifests = readManifests(root);
  return [
    await generateInterfaces(manifests, {
      'application-schema.ts': schemaFile(manifests, {
        kind: 'SupportApplication',
        name: 'applicationSchema',
      }),
      'matrix-schema.ts': schemaFile(manifests, { kind: 'SupportPermissionMatrix', name: 'matrixSchema' }),
    }),
    generateChartDefinitions(manifests),
    generateChartFiles(root),
    ...generateChartValues(root),
    generateExampleMatrices(),
    generateRightsTable(),
    generatePluginPage(),
    generateFiltersPage(),
    generateMetricsPage(),
    generateLifePage(),
    generateRecordedPage(),
  ];
}

const checking = process.argv.includes('--check');
const stale = (await outputs()).flatMap((output) =>
  checking ? staleFiles(root, output) : makeFresh(root, output),
);
for (const path of stale) console.log(checking ? `stale: ${path}` : `wrote ${path}`);
if (checking && stale.length > 0) {
  console.log('run `npm run generate` and commit the result');
  process.exitCode = 1;
}
