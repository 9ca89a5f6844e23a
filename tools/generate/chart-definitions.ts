/** Copies the CustomResourceDefinitions into the chart, where two values say whether they are installed and kept. */
import type { Manifest } from './manifests.ts';
import type { Output } from './output.ts';

const header = '{{- /* Generated from crds/manifests by tools/generate.ts, do not edit. */ -}}';
const metadata = [
  '  labels:',
  '    {{- include "support-access.labels" (dict "root" . "component" "kinds") | nindent 4 }}',
  '{{- if .Values.crds.keep }}',
  '  annotations:',
  '    # Helm must not take every grant and user along when the release is uninstalled.',
  '    helm.sh/resource-policy: keep',
  '{{- end }}',
].join('\n');

/** One template per kind. */
export function generateChartDefinitions(manifests: readonly Manifest[]): Output {
  const files = new Map(manifests.map(({ file, text }) => [file, template(text)]));
  return { folder: 'charts/support-access/templates/crds', files };
}

function template(text: string): string {
  const name = /^metadata:\n {2}name: .+$/m.exec(text)?.[0];
  if (!name) throw new Error('a manifest must begin its metadata with the name');
  const body = escaped(text).replace(name, () => `${name}\n${metadata}`);
  return `${header}\n{{- include "support-access.fill" . }}\n{{- if .Values.crds.enabled }}\n${body}{{- end }}\n`;
}

/** Braces in a description must not become a template action. */
function escaped(text: string): string {
  return text.replaceAll('{{', '{{ "{{" }}');
}
