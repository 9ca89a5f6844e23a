/**
 * Which namespace a prefix means at one element. Must not repair anything: a prefix that is not declared,
 * rebound or relative is a refusal, because a lenient reader and a strict one would see two documents.
 */
import { type Invalid, invalid, type SamlResult, valid } from '../result.ts';

/** Prefix (empty for the default) to namespace. */
export type Scope = ReadonlyMap<string, string>;

export interface RawAttribute {
  readonly prefix: string;
  readonly name: string;
  readonly value: string;
}

export interface XmlAttribute {
  readonly prefix: string;
  readonly namespace: string;
  readonly name: string;
  readonly value: string;
}

const xmlNamespace = 'http://www.w3.org/XML/1998/namespace';

const absolute = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s]+$/;
const reservedNamespaces: ReadonlySet<string> = new Set([xmlNamespace, 'http://www.w3.org/2000/xmlns/']);

/** The scope around a document's root. */
export function outermostScope(): Scope {
  return new Map([['xml', xmlNamespace]]);
}

/** The scope inside an element with these attributes. */
export function scopeWithin(outer: Scope, attributes: readonly RawAttribute[]): SamlResult<Scope> {
  const declarations = attributes.filter(isDeclaration);
  if (declarations.length === 0) return valid(outer);

  const inner = new Map(outer);
  for (const declaration of declarations) {
    const prefix = declaration.prefix === '' ? '' : declaration.name;
    if (/^xml/i.test(prefix) || !isBindable(declaration.value))
      return invalid('saml.xml_namespace_forbidden', prefix);

    inner.set(prefix, declaration.value);
  }
  return valid(inner);
}

/** The attributes that are not declarations, with their namespaces; unique by namespace, not only by spelling. */
export function resolveAttributes(
  attributes: readonly RawAttribute[],
  scope: Scope,
): SamlResult<readonly XmlAttribute[]> {
  const resolved: XmlAttribute[] = [];
  const seen = new Set<string>();
  for (const attribute of attributes) {
    const problem = repeated(seen, `${attribute.prefix}:${attribute.name}`);
    if (problem) return problem;

    if (isDeclaration(attribute)) continue;

    const namespace = attribute.prefix === '' ? '' : scope.get(attribute.prefix);
    if (namespace === undefined) return invalid('saml.xml_prefix_undeclared', attribute.prefix);

    const alias = attribute.prefix === '' ? undefined : repeated(seen, `{${namespace}}${attribute.name}`);
    if (alias) return alias;

    const { prefix, name, value } = attribute;
    resolved.push({ namespace, prefix, name, value });
  }
  return valid(resolved);
}

function repeated(seen: Set<string>, key: string): Invalid | undefined {
  if (seen.has(key)) return invalid('saml.xml_attribute_repeated', key);

  seen.add(key);
  return undefined;
}

function isDeclaration(attribute: RawAttribute): boolean {
  return attribute.prefix === 'xmlns' || (attribute.prefix === '' && attribute.name === 'xmlns');
}

function isBindable(namespace: string): boolean {
  return absolute.test(namespace) && !reservedNamespaces.has(namespace);
}
