import { describe, expect, it } from 'vitest';
import {
  apiVersionOf,
  ConfigMaps,
  Namespaces,
  Pods,
  RoleBindings,
  resourcePath,
} from '../../../kube/resources.ts';

describe('the path of', () => {
  it.each([
    ['a core collection everywhere', resourcePath(Pods), '/api/v1/pods'],
    ['a core collection', resourcePath(Pods, { namespace: 'a' }), '/api/v1/namespaces/a/pods'],
    ['a cluster-wide object', resourcePath(Namespaces, { name: 'a' }), '/api/v1/namespaces/a'],
    [
      'a status',
      resourcePath(Pods, { namespace: 'a', name: 'b', subresource: 'status' }),
      '/api/v1/namespaces/a/pods/b/status',
    ],
    [
      'an object of a group, with a colon in its name',
      resourcePath(RoleBindings, { namespace: 'a', name: 'system:b' }),
      '/apis/rbac.authorization.k8s.io/v1/namespaces/a/rolebindings/system%3Ab',
    ],
    [
      'a name that wants to climb',
      resourcePath(ConfigMaps, { namespace: 'a', name: '../secrets/b' }),
      '/api/v1/namespaces/a/configmaps/..%2Fsecrets%2Fb',
    ],
    [
      'a cluster-wide object, a namespace is left out',
      resourcePath(Namespaces, { namespace: 'x', name: 'a' }),
      '/api/v1/namespaces/a',
    ],
  ])('%s', (_, path, expected) => {
    expect(path).toBe(expected);
  });

  it.each([
    { name: 'b' },
    { namespace: '', name: 'b' },
    { namespace: 'a', name: '' },
    { namespace: 'a', name: '..' },
    { namespace: '.', name: 'b' },
  ])('nothing is made for %j', (place) => {
    expect(() => resourcePath(ConfigMaps, place)).toThrow(TypeError);
  });
});

describe('the apiVersion', () => {
  it('has no slash in the core group', () => {
    expect([apiVersionOf(Pods), apiVersionOf(RoleBindings)]).toEqual(['v1', 'rbac.authorization.k8s.io/v1']);
  });
});
