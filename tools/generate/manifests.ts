/** Reads the CustomResourceDefinitions of `crds/manifests`, the source of truth that every generator starts from. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** One rule in CEL. Where the expression of a message gives no text, the message is said. */
export interface ValidationRule {
  rule: string;
  message?: string;
  messageExpression?: string;
  reason?: string;
  fieldPath?: string;
}

/** A structural schema: the part of JSON Schema that the API server takes. */
export interface Schema {
  type?: string;
  description?: string;
  format?: string;
  pattern?: string;
  enum?: string[];
  default?: unknown;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  required?: string[];
  nullable?: boolean;
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema | boolean;
  'x-kubernetes-int-or-string'?: boolean;
  'x-kubernetes-preserve-unknown-fields'?: boolean;
  'x-kubernetes-list-type'?: string;
  'x-kubernetes-list-map-keys'?: string[];
  'x-kubernetes-validations'?: ValidationRule[];
}

/** One column that `kubectl get` prints. */
export interface PrinterColumn {
  name: string;
  type: string;
  jsonPath: string;
  description?: string;
  priority?: number;
}

/** A CustomResourceDefinition, as far as we look into it. */
export interface Definition {
  metadata: { name: string };
  spec: {
    group: string;
    scope: 'Cluster' | 'Namespaced';
    names: {
      kind: string;
      plural: string;
      singular: string;
      listKind: string;
      shortNames?: string[];
      categories?: string[];
    };
    versions: {
      name: string;
      served: boolean;
      storage: boolean;
      subresources?: { status?: object };
      selectableFields?: { jsonPath: string }[];
      additionalPrinterColumns?: PrinterColumn[];
      schema: { openAPIV3Schema: Schema };
    }[];
  };
}

/** One file of `crds/manifests`. */
export interface Manifest {
  readonly file: string;
  readonly text: string;
  readonly definition: Definition;
}

/** All kinds, in the order of their files' names. */
export function readManifests(root: string): Manifest[] {
  const folder = join(root, 'crds/manifests');
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  return files.sort().map((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    return { file, text, definition: parse(text) as Definition };
  });
}

/** The schema of the one version that is stored. */
export function storedSchema(definition: Definition): Schema {
  const stored = definition.spec.versions.find((version) => version.storage);
  if (!stored) throw new Error(`${definition.metadata.name} stores no version`);
  return stored.schema.openAPIV3Schema;
}
