/** The names of SAML 2.0 and XML Signature that the door knows, and how to look one up in a tree. Must not judge. */
import type { XmlElement } from './xml/scanner.ts';

export const namespaces = {
  samlp: 'urn:oasis:names:tc:SAML:2.0:protocol',
  saml: 'urn:oasis:names:tc:SAML:2.0:assertion',
  md: 'urn:oasis:names:tc:SAML:2.0:metadata',
  ds: 'http://www.w3.org/2000/09/xmldsig#',
  ec: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  xsi: 'http://www.w3.org/2001/XMLSchema-instance',
} as const;

export const bindings = {
  redirect: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect',
  post: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
} as const;

export const nameIDFormats = {
  EmailAddress: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  Persistent: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
  Unspecified: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
} as const;

export const statusSuccess = 'urn:oasis:names:tc:SAML:2.0:status:Success';
export const bearer = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';
export const entityFormat = 'urn:oasis:names:tc:SAML:2.0:nameid-format:entity';

const prefixes: ReadonlyMap<string, string> = new Map(
  Object.entries(namespaces).map(([prefix, namespace]) => [namespace, prefix]),
);

/** One spelling per element whatever prefix the document uses: `saml:Assertion`; `?:x` for a namespace of nobody here. */
export function nameOf(element: { readonly namespace: string; readonly name: string }): string {
  return `${prefixes.get(element.namespace) ?? '?'}:${element.name}`;
}

/** The spelling of an attribute: its bare name, or prefixed as in {@link nameOf}. */
export function attributeName(attribute: { readonly namespace: string; readonly name: string }): string {
  return attribute.namespace === '' ? attribute.name : nameOf(attribute);
}

/** The direct children of this name. */
export function childrenOf(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.filter((child) => nameOf(child) === name);
}

/** The first direct child of this name; who needs it to be the only one has asked the structure before. */
export function childOf(element: XmlElement, name: string): XmlElement | undefined {
  return childrenOf(element, name)[0];
}

/** The value of an un-namespaced attribute. */
export function valueOf(element: XmlElement, name: string): string | undefined {
  return element.attributes.find((attribute) => attribute.namespace === '' && attribute.name === name)?.value;
}
