/** Finds elements and attributes of a tree by one spelling of their names, whatever prefix the document uses. */
import { namespaces } from '../saml-names.ts';
import type { XmlElement } from './scanner.ts';

const prefixes: ReadonlyMap<string, string> = new Map(
  Object.entries(namespaces).map(([prefix, namespace]) => [namespace, prefix]),
);

/** The element's name under our own prefix, as in `saml:Assertion`; `?:x` in a namespace that is not on our list. */
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

/** The first direct child of this name. Where only one may be there, the grammar has checked it before. */
export function childOf(element: XmlElement, name: string): XmlElement | undefined {
  return childrenOf(element, name)[0];
}

/** The value of an un-namespaced attribute. */
export function valueOf(element: XmlElement, name: string): string | undefined {
  return element.attributes.find((attribute) => attribute.namespace === '' && attribute.name === name)?.value;
}
