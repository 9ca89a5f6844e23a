/** Shows manifests to a reader: as they are applied, but without the long values that are not read. */
import { isScalar, parseAllDocuments, stringify, visit } from 'yaml';

/** A longer value is cut: certificates, metadata of identity providers. */
const LONGEST_VALUE = 100;

/** The same YAML (or JSON) documents as YAML, with their comments. Each long value is cut and says how long it is. */
export function shownManifests(text: string): string {
  // JSON is what kubectl is given, and hard to read.
  const yaml = text.trimStart().startsWith('{') ? stringify(JSON.parse(text), { lineWidth: 0 }) : text;
  return parseAllDocuments(yaml)
    .map((document) => {
      visit(document, {
        Scalar: (key, node) => {
          if (key === 'key' || !isScalar(node) || typeof node.value !== 'string') return;
          if (node.value.length <= LONGEST_VALUE) return;
          const [first = ''] = node.value.trim().split('\n');
          node.value = `${first.slice(0, 60)} … (${node.value.length} characters)`;
          node.type = 'PLAIN';
        },
      });
      // The line between two documents is ours: one that the file has would be a second.
      document.directives.docStart = null;
      return document.toString({ lineWidth: 0, directives: null, flowCollectionPadding: false }).trim();
    })
    .join('\n---\n');
}
