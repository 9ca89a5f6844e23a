/** CoreDNS as a pod behind its Service, as an installer would set it up. Only objects. */
const NAMESPACE = 'kube-system';
const labels = { 'k8s-app': 'kube-dns' };
const rbac = 'rbac.authorization.k8s.io';

export interface DnsWish {
  readonly image: string;
  /** Where its pod listens. */
  readonly port: number;
  /** Of its Service, which always listens on 53. */
  readonly address: string;
}

/** The objects of the cluster's DNS. */
export function dnsObjects({ image, port, address }: DnsWish) {
  const of = (apiVersion: string, kind: string, name: string, namespace?: string) => ({
    apiVersion,
    kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace, labels }) },
  });
  return [
    of('v1', 'ServiceAccount', 'coredns', NAMESPACE),
    { ...of(`${rbac}/v1`, 'ClusterRole', 'system:coredns'), rules },
    {
      ...of(`${rbac}/v1`, 'ClusterRoleBinding', 'system:coredns'),
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'system:coredns' },
      subjects: [{ kind: 'ServiceAccount', name: 'coredns', namespace: NAMESPACE }],
    },
    { ...of('v1', 'ConfigMap', 'coredns', NAMESPACE), data: { Corefile: corefile(port) } },
    {
      ...of('apps/v1', 'Deployment', 'coredns', NAMESPACE),
      spec: { selector: { matchLabels: labels }, template: podTemplate(image, port) },
    },
    {
      ...of('v1', 'Service', 'kube-dns', NAMESPACE),
      spec: {
        clusterIP: address,
        selector: labels,
        ports: [
          { name: 'dns', port: 53, targetPort: port, protocol: 'UDP' },
          { name: 'dns-tcp', port: 53, targetPort: port, protocol: 'TCP' },
        ],
      },
    },
  ];
}

const rules = [
  { apiGroups: [''], resources: ['services', 'pods', 'namespaces'], verbs: ['list', 'watch', 'get'] },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
];

function corefile(port: number): string {
  return `.:${port} {
  errors
  health :8080
  ready :8181
  kubernetes cluster.local in-addr.arpa ip6.arpa {
    pods verified
  }
  cache 5
}
`;
}

function podTemplate(image: string, port: number) {
  return {
    metadata: { labels },
    spec: {
      serviceAccountName: 'coredns',
      priorityClassName: 'system-cluster-critical',
      dnsPolicy: 'Default',
      containers: [
        {
          name: 'coredns',
          image,
          args: ['-conf', '/etc/coredns/Corefile'],
          ports: [
            { name: 'dns', containerPort: port, protocol: 'UDP' },
            { name: 'dns-tcp', containerPort: port, protocol: 'TCP' },
          ],
          readinessProbe: { httpGet: { path: '/ready', port: 8181 }, periodSeconds: 1 },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] },
          },
          volumeMounts: [{ name: 'config', mountPath: '/etc/coredns', readOnly: true }],
        },
      ],
      volumes: [{ name: 'config', configMap: { name: 'coredns' } }],
    },
  };
}
