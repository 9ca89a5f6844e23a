{{/* Puts a ValidatingAdmissionPolicy in force. Argument: dict root, name. */}}
{{- define "support-access.inForce" -}}
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata:
  name: {{ .name }}
  labels:
    {{- include "support-access.labels" (dict "root" .root "component" "policies") | nindent 4 }}
spec:
  policyName: {{ .name }}
  validationActions: [Deny]
{{- end }}

{{/* The control plane's own controllers, which clean up after a deletion and must never be stopped from it. */}}
{{- define "support-access.cleaners" -}}
['system:kube-controller-manager', 'system:serviceaccount:kube-system:generic-garbage-collector', 'system:serviceaccount:kube-system:namespace-controller']
{{- end }}

{{/* Matches in the namespace of the support identities only. Argument: root. */}}
{{- define "support-access.inIdentities" -}}
matchPolicy: Equivalent
namespaceSelector:
  matchLabels:
    kubernetes.io/metadata.name: {{ .Values.identities.namespace | quote }}
{{- end }}

{{/* Whether a write leaves labels, annotations, owners and finalizers as they were. */}}
{{- define "support-access.sameMetadata" -}}
>-
  object.metadata.?labels.orValue({}) == oldObject.metadata.?labels.orValue({}) &&
  object.metadata.?annotations.orValue({}) == oldObject.metadata.?annotations.orValue({}) &&
  object.metadata.?ownerReferences.orValue([]) == oldObject.metadata.?ownerReferences.orValue([]) &&
  object.metadata.?finalizers.orValue([]) == oldObject.metadata.?finalizers.orValue([])
{{- end }}

{{/*
Matches writes of accounts and Secrets that change something. Encryption at rest is renewed, and storage migrated, by reading
every object and putting it back as it is; dyn, since neither kind has the fields of the other.
*/}}
{{- define "support-access.changes" -}}
- name: changes-something
  expression: >-
    request.operation != 'UPDATE' || !(
    object.metadata.?labels.orValue({}) == oldObject.metadata.?labels.orValue({}) &&
    object.metadata.?annotations.orValue({}) == oldObject.metadata.?annotations.orValue({}) &&
    object.metadata.?ownerReferences.orValue([]) == oldObject.metadata.?ownerReferences.orValue([]) &&
    object.metadata.?finalizers.orValue([]) == oldObject.metadata.?finalizers.orValue([]) &&
    ['secrets', 'imagePullSecrets', 'automountServiceAccountToken', 'type', 'data', 'immutable'].all(field,
    dyn(object)[?field] == dyn(oldObject)[?field]))
{{- end }}
